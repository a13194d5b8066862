"""Whom it concerns when a provider cannot work, and what they could be offered instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.domain.slot_times import first_moment
from appointly.errors import Forbidden, ValidationFailed
from appointly.queries.alternatives import Alternative, Wish, alternatives
from appointly.queries.bookings import Booking, bookings_of_provider
from appointly.queries.dashboard import business
from appointly.queries.queue import day_of_line
from appointly.validation import Paragraphs

LONGEST_DAYS = 62
MOST = 2000
LIVE_STATUSES = ("held", "pending", "confirmed")


class Days(BaseModel):
    """From `first_date` to `last_date`, both included, local at the provider."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_date: date
    last_date: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_date < self.first_date:
            raise ValueError("The last day must not be before the first.")
        if (self.last_date - self.first_date).days >= LONGEST_DAYS:
            raise ValueError(f"Please choose {LONGEST_DAYS} days at most.")
        return self


class Absence(Days):
    """`reason` are the words to the customers; `block` keeps the days free of bookings from now on.

    `expected`: the bookings that were shown. Should there be others by now, nothing is cancelled.
    """

    reason: Annotated[Paragraphs, Field(max_length=1000)] = ""
    block: bool = True
    expected: Annotated[list[UUID], Field(max_length=MOST)] | None = None


@dataclass(frozen=True)
class Affected:
    """What has not begun on those days, by start; from when to when that is; and other times by service."""

    bookings: Sequence[Booking]
    start: datetime
    end: datetime
    instead: Mapping[UUID, Sequence[Alternative]]


@dataclass(frozen=True)
class _Edges:
    """What reaches over midnight: the nights that belong to the day before the first, and to the last one."""

    before: datetime | None
    after: datetime | None


EDGES = """
SELECT max(end_time) FILTER (WHERE slot_date < %(first)s AND start_time < %(end)s) AS before,
       max(end_time) FILTER (WHERE slot_date BETWEEN %(first)s AND %(last)s) AS after
FROM slot WHERE provider_id = %(provider_id)s AND slot_date BETWEEN %(first)s::date - 1 AND %(last)s
"""


async def affected(session: AsyncSession, actor: Actor, days: Days, now: datetime) -> Affected:
    """Whom it concerns if the actor cannot work on these days. Beyond midnight today is the night that still runs.

    Raises `Forbidden` and `ValidationFailed`.
    """
    if actor.provider_id is None:
        raise Forbidden("Only providers may do this. Tell us about your business first.")
    require(actor, "booking.cancel", Whose(provider_id=actor.provider_id))
    shop = await business(session, actor.provider_id)
    zone = ZoneInfo(shop.time_zone)
    today = await day_of_line(session, shop, now)
    if not today <= days.first_date <= today + timedelta(days=366):
        raise ValidationFailed(fields={"first_date": "Please choose today or a day of the coming year."})
    start, end = (
        first_moment(datetime.combine(day, time()), zone)
        for day in (days.first_date, days.last_date + timedelta(days=1))
    )
    values = {"provider_id": shop.id, "first": days.first_date, "last": days.last_date, "end": end}
    [edges] = await select(session, _Edges, EDGES, **values)
    start, end = max(start, now, edges.before or start), max(end, edges.after or end)
    page = await bookings_of_provider(session, actor, shop.id, days.first_date, days.last_date, limit=MOST)
    coming = [each for each in page.items if each.status in LIVE_STATUSES and each.start > now]
    first = {each.service_id: each.start for each in reversed(coming)}
    instead = await alternatives(session, [Wish(each, each, first[each], end) for each in first], now)
    return Affected(coming, start, end, instead)
