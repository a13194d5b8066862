"""A day's line at a provider: who stands where, and when each turn is likely to begin."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# How many turns as planned stand against the real ones of today, and how far a single one can pull: somebody who was
# forgotten to be finished says nothing about the next ones.
AS_PLANNED = 2
FASTEST, SLOWEST = 0.25, 3.0
# How much later than its time an appointment may begin so that a walk-in still fits before it.
GRACE = timedelta(minutes=10)


class Turn(StrEnum):
    """Where somebody stands in today's line. `overdue`: their time is over, and the line has gone past them."""

    WAITING = "waiting"
    SERVING = "serving"
    SKIPPED = "skipped"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True)
class Place:
    """One token of the line: `ready` is an appointment's start or a walk-in's arrival, `planned` how long it takes."""

    ready: datetime
    planned: timedelta
    state: Turn
    called_at: datetime | None = None
    finished_at: datetime | None = None
    booked: bool = True


def turn_of(*, live: bool, ticket: str | None, booked: bool, here: bool, missed: bool) -> Turn:
    """Where a token stands.

    For a booked one the appointment says whether it is over (`live`: somebody of it is still expected), the ticket
    whether it was called; a walk-in has the ticket alone. `missed`: its time is over and the line has gone past it.
    """
    if not live or (not booked and ticket in ("done", "left")):
        return Turn.DONE
    if ticket == "serving":
        return Turn.SERVING
    if ticket == "skipped":
        return Turn.SKIPPED
    # Put back by hand, they are waited for however late it is.
    if booked and missed and not here and ticket != "waiting":
        return Turn.OVERDUE
    return Turn.WAITING


def missed(ends: Sequence[datetime | None], called: Sequence[bool], now: datetime, delay: timedelta) -> list[bool]:
    """Of each place of the line, whether its time is over and the line has gone past it: somebody behind was called.

    On a day on which nobody was called, the clock alone says so. A line that runs late goes past nobody.
    """
    furthest = max((place for place, was in enumerate(called) if was), default=len(called))
    return [end is not None and end + delay <= now and place < furthest for place, end in enumerate(ends)]


def pace_of(places: Iterable[Place]) -> float:
    """How long today's turns really take, compared with what was planned for them: 1 is as planned."""
    ratios = [
        min(max((place.finished_at - place.called_at) / place.planned, FASTEST), SLOWEST)
        for place in places
        if place.called_at and place.finished_at and place.planned > timedelta()
    ]
    return (AS_PLANNED + sum(ratios)) / (AS_PLANNED + len(ratios))


def estimates(line: Sequence[Place], now: datetime, delay: timedelta, pace: float = 1.0) -> list[datetime | None]:
    """When each waiting place of the line is likely to be called, which is also the order; None for the others.

    Appointments come in their order and walk-ins in theirs, a walk-in before an appointment only where it fits. Never
    in the past, never before the place in front, and an appointment never before its own start. An announced delay
    holds back everybody who still waits.
    """
    free = now
    for place in line:
        if place.state == Turn.SERVING and place.called_at is not None:
            free = max(free, place.called_at + place.planned * pace)
    waiting = [number for number, place in enumerate(line) if place.state == Turn.WAITING]
    booked = deque(number for number in waiting if line[number].booked)
    walk_ins = deque(number for number in waiting if not line[number].booked)
    begins: list[datetime | None] = [None] * len(line)
    while booked or walk_ins:
        comes_in = walk_ins and (not booked or _fits(line[walk_ins[0]], line[booked[0]], free, delay, pace))
        number = (walk_ins if comes_in else booked).popleft()
        begin = max(free, line[number].ready + delay)
        begins[number] = begin
        free = begin + line[number].planned * pace
    return begins


def _fits(walk_in: Place, appointment: Place, free: datetime, delay: timedelta, pace: float) -> bool:
    begin, due = max(free, walk_in.ready + delay), appointment.ready + delay
    return begin < due and begin + walk_in.planned * pace <= due + GRACE
