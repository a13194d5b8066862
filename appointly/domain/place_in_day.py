"""Where a moment stands in a service's day: outside the hours, between the starts, beyond the cap, or a start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from appointly.domain.slot_times import (
    DAY,
    MINUTE,
    ROUND_THE_CLOCK_DAYS,
    Hours,
    SlotRules,
    chosen,
    grid,
    openings,
    runs,
)

LONGEST_DAYS = 3  # a range may pass midnight by a day, and a service may last one


@dataclass(frozen=True)
class Place:
    """`kind` is outside, past_closing, off_grid, capped or start.

    `date` is the local date whose hours it belongs to, `starts` what is offered of that date as far as hours and cap
    go, `near` the starts before and after, `closes` the end of the hours it lies in.
    """

    kind: str
    date: date
    starts: list[datetime] = field(default_factory=list)
    near: list[datetime] = field(default_factory=list)
    closes: datetime | None = None


def place_in_day(
    rules: SlotRules,
    zone: ZoneInfo,
    week: Mapping[int, Sequence[Hours]],
    overrides: Mapping[date, Sequence[Hours]],
    moment: datetime,
) -> Place:
    """The place of `moment` by the rules of `domain.slot_times` alone: nothing booked or blocked counts here."""
    day = moment.astimezone(zone).date()
    found = openings(day - DAY * (ROUND_THE_CLOCK_DAYS + 2), day + DAY * LONGEST_DAYS, zone, week, overrides)
    around = [run for run in runs(found) if run[0].opens <= moment < max(opening.closes for opening in run)]
    if not around:
        return Place("outside", day)
    [run] = around
    duration, before, after = MINUTE * rules.duration, MINUTE * rules.buffer_before, MINUTE * rules.buffer_after
    step = MINUTE * rules.interval if rules.interval else before + duration + after
    starts = [each for part in runs(found) for each in grid(part, duration, step)]
    closes = max(opening.closes for opening in run)
    own = next((on for on, start in starts if start == moment), None)
    if own is not None:
        picked = chosen([start for on, start in starts if on == own], rules.daily_cap, rules.spread)
        return Place("start" if moment in picked else "capped", own, picked, closes=closes)
    belongs = max((opening for opening in run if opening.opens <= moment), key=lambda opening: opening.opens).date
    near = [start for _, start in starts if start < moment][-1:] + [start for _, start in starts if start > moment][:1]
    kind = "past_closing" if moment + duration > closes else "off_grid"
    return Place(kind, belongs, [start for on, start in starts if on == belongs], near, closes)
