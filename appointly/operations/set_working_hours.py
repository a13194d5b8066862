"""Sets the week of a provider."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import HoursChanged, ValidationFailed
from appointly.models import WorkingHours
from appointly.operations.hours import WeekdayHours, require_apart
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.queries.hours import WeekdayRange, working_hours

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_RANGES = 100


async def set_working_hours(
    session: AsyncSession,
    actor: Actor,
    ranges: Sequence[WeekdayHours],
    now: datetime,
    seen: Sequence[WeekdayRange] | None = None,
) -> Regenerated:
    """Replace the actor's whole week and bring the free times in line. Booked times stay as they are.

    Ranges of a day may touch but not overlap. `seen` is the week the actor has in mind: where it has become another
    one meanwhile, nothing is changed. Raises `Forbidden`, `ValidationFailed` and `HoursChanged`.
    """
    if len(ranges) > MOST_RANGES:
        raise ValidationFailed(fields={"ranges": f"Please give at most {MOST_RANGES} ranges."})
    for number, weekday in enumerate(WEEKDAYS, start=1):
        require_apart([hours for hours in ranges if hours.weekday == number], weekday, "ranges")
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    if seen is not None:
        require_unchanged(seen, await working_hours(session, provider_id))
    await execute(session, "DELETE FROM working_hours WHERE provider_id = %(id)s", id=provider_id)
    session.add_all(
        WorkingHours(
            provider_id=provider_id,
            weekday=entry.weekday,
            opens_minute=entry.hours.opens_minute,
            closes_minute=entry.hours.closes_minute,
        )
        for entry in ranges
    )
    result = await regenerate_slots(session, now=now, provider_id=provider_id)
    await offer_freed(session, [provider_id], now)
    announce_times(session, provider_id)
    return result


def require_unchanged(seen: Sequence[WeekdayRange], stored: Sequence[WeekdayRange]) -> None:
    """Raise `HoursChanged`, naming the days, when the stored week is not the one that was seen."""
    days = [WEEKDAYS[day - 1] for day in sorted({entry.weekday for entry in set(seen) ^ set(stored)})]
    if days:
        raise HoursChanged(f"Your hours were changed elsewhere meanwhile: {', '.join(days)}. Nothing was saved yet.")
