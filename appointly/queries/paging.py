"""Keyset paging: a cursor names the last row seen, so a page never shifts while rows come and go."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from appointly.errors import ValidationFailed

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows, and the cursor of what follows them; None at the end."""

    items: Sequence[Item]
    next_cursor: str | None


def cursor_after(instant: datetime, row_id: UUID) -> str:
    """The cursor of what comes after this row."""
    return base64.urlsafe_b64encode(f"{instant.isoformat()} {row_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The row a cursor names. Raises `ValidationFailed` for one we did not make."""
    try:
        instant, row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        at = datetime.fromisoformat(instant)
        if at.tzinfo is None:
            raise ValueError
        return at, UUID(row_id)
    except (ValueError, binascii.Error):
        raise ValidationFailed(
            fields={"cursor": "This cursor is not one of ours. Start from the first page."}
        ) from None
