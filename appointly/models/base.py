"""What all tables share: naming of constraints, time-ordered ids, instants in UTC."""

import secrets
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def uuid7() -> UUID:
    """A time-ordered UUID, version 7: 48 bits of milliseconds, 12 bits of their fraction, then random bits.

    RFC 9562, 5.7 and 6.2 (method 3); the database's function of this name makes the same.
    """
    time_bits = time.time_ns() * 4096 // 1_000_000
    milliseconds, fraction = time_bits >> 12, time_bits & 0xFFF
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | secrets.randbits(62))


class Instant(TypeDecorator[datetime]):
    """`timestamptz`: an aware datetime; a naive one is a mistake and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value


def identifier() -> Any:
    """The primary key column of most tables."""
    return Field(default_factory=uuid7, primary_key=True, sa_column_kwargs={"server_default": text("uuid7()")})


def created() -> Any:
    """A column the database fills with the time of the insert."""
    return Field(default=None, sa_type=Instant, nullable=False, sa_column_kwargs={"server_default": text("now()")})


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """An enumeration as text with a CHECK, never a PostgreSQL ENUM type."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def length(column: str, low: int, high: int) -> CheckConstraint:
    """Text of `low` to `high` characters."""
    return CheckConstraint(f"char_length({column}) BETWEEN {low} AND {high}", name=f"{column}_length")
