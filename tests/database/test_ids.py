"""Ids say when they were made, whoever makes them: their order is the order of what they name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.models.base import uuid7


@dataclass(frozen=True)
class Made:
    id: UUID


def moments(ids: list[UUID]) -> list[int]:
    """Their first 64 bits: the time, with the version in it."""
    return [each.int >> 64 for each in ids]


async def test_ids_are_of_version_7_and_in_order_within_a_millisecond(session: AsyncSession) -> None:
    first = [uuid7() for _ in range(500)]
    then = [made.id for made in await select(session, Made, "SELECT uuid7() AS id FROM generate_series(1, 500)")]
    last = [uuid7() for _ in range(500)]
    made = first + then + last
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}
    assert moments(made) == sorted(moments(made))
    assert len(set(made)) == 1500
    for each in (first, then):
        assert len(set(moments(each))) > len({moment >> 16 for moment in moments(each)}), "finer than a millisecond"


async def test_an_id_begins_with_the_time(session: AsyncSession) -> None:
    [by_database] = await select(session, Made, "SELECT uuid7() AS id")
    for made in (uuid7(), by_database.id):
        at = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
