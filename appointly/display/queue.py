"""A day's line in words: for everybody (tokens alone), and for the provider who runs it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appointly.display.formatting import clock_time, count, duration, time_within
from appointly.domain.queue import Turn
from appointly.queries.queue import InLine, Line

STEP = 5  # minutes: an estimate is no promise, so it is not told to the minute
SOON = timedelta(minutes=90)
SHOWN = 12


@dataclass(frozen=True)
class Waiting:
    """A token that waits: its estimate as a time of day, and as a wait where that is short."""

    token: str = ""
    at: str = ""
    wait: str = ""
    mine: bool = False


@dataclass(frozen=True)
class PublicLine:
    """What everybody may see of a line. `own_at`: when the reader's turn is likely; `empty`: closed, nobody or done."""

    serving: str = ""
    serving_mine: bool = False
    waiting: list[Waiting] = field(default_factory=list)
    more: str = ""
    skipped: list[Waiting] = field(default_factory=list)
    own: str = ""
    own_at: str = ""
    delay: str = ""
    note: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Row:
    """A token in the provider's own view. `href` opens the booking beside the list."""

    id: str = ""
    token: str = ""
    name: str = ""
    about: str = ""
    when: str = ""
    at: str = ""
    here: bool = False
    can_check_in: bool = False
    can_go_back: bool = False
    walk_in: bool = False
    turn: str = ""


def turn_at(begins: datetime, zone: str, now: datetime) -> str:
    """The time of day "14:35", and the day too where that is no longer today: "tomorrow, 00:20"."""
    local = begins.astimezone(ZoneInfo(zone))
    about = begins + timedelta(minutes=-local.minute % STEP, seconds=-local.second)
    return time_within(about, zone, now)


def wait_of(begins: datetime | None, now: datetime) -> str:
    """ "now", "about 25 min"; nothing for what is further away than people count in minutes."""
    if begins is None or begins - now > SOON:
        return ""
    minutes = -(-(begins - now) // timedelta(minutes=STEP)) * STEP
    return f"about {duration(minutes)}" if minutes else "now"


def late(minutes: int) -> str:
    """ "20 min late"; nothing for none."""
    return f"{duration(minutes)} late" if minutes else ""


def public_line(line: Line, is_open: bool, now: datetime) -> PublicLine:
    """The line for everybody: no names."""
    waiting, zone = line.of(Turn.WAITING), line.shop.time_zone
    serving = line.serving
    mine = [place.entry.token for place in line.places if place.entry.mine and place.turn != Turn.DONE]
    empty = ""
    if serving is None and not waiting:
        empty = "done" if line.of(Turn.DONE) else "nobody" if is_open else "closed"
    return PublicLine(
        serving=serving.entry.token if serving else "",
        serving_mine=serving is not None and serving.entry.mine,
        waiting=[waiting_of(place, zone, now) for place in waiting[:SHOWN]],
        more=f"and {count(len(waiting) - SHOWN, 'more', 'more')}" if len(waiting) > SHOWN else "",
        skipped=[waiting_of(place, zone, now) for place in line.of(Turn.SKIPPED)],
        own=", ".join(mine),
        own_at=next((turn_at(place.begins, zone, now) for place in waiting if place.entry.mine and place.begins), ""),
        delay=late(line.delay),
        note=line.said.note if line.said and line.delay else "",
        empty=empty,
    )


def waiting_of(place: InLine, zone: str, now: datetime) -> Waiting:
    """One token of the public line."""
    at = turn_at(place.begins, zone, now) if place.begins else ""
    return Waiting(place.entry.token, at, wait_of(place.begins, now), place.entry.mine)


def rows_of(line: Line, places: Iterable[InLine], now: datetime) -> list[Row]:
    """These places for the provider."""
    return [row_of(line, place, now) for place in places]


def row_of(line: Line, place: InLine, now: datetime) -> Row:
    """One place for the provider: who it is, what for, since or from when."""
    entry, zone = place.entry, line.shop.time_zone
    first, others = entry.names[0], len(entry.names) - 1
    began = f"since {clock_time(entry.called_at, zone)}" if entry.called_at else ""
    finished = f"until {clock_time(entry.finished_at, zone)}" if entry.finished_at else ""
    ready = clock_time(entry.ready, zone)
    return Row(
        id=str(entry.id),
        token=entry.token,
        name=(first or "No name given") + (f" and {count(others, 'other')}" if others > 0 else ""),
        about=entry.service,
        when=ready if entry.booked else f"came at {ready}",
        at={Turn.SERVING: began, Turn.DONE: finished}.get(place.turn, expected(place, zone, now)),
        here=entry.booked and entry.here > 0,
        can_check_in=len(entry.expected) == 1 and not entry.here and entry.ends is not None and entry.ends > now,
        can_go_back=place.turn in (Turn.SERVING, Turn.SKIPPED) or place is line.last_done,
        walk_in=not entry.booked,
        turn=place.turn.value,
    )


def expected(place: InLine, zone: str, now: datetime) -> str:
    """When it is likely to be this one's turn: "14:35, about 25 min"."""
    if place.begins is None:
        return ""
    return ", ".join(part for part in (f"≈ {turn_at(place.begins, zone, now)}", wait_of(place.begins, now)) if part)


def place_in_line(line: Line, ids: Iterable[str], now: datetime) -> tuple[str, str]:
    """Where one's own appointment stands, in a heading and a sentence; both empty where it is not in the line."""
    wanted, now_serving = set(ids), line.serving
    ahead = 0
    for place in line.places:
        if not wanted & {str(each) for each in place.entry.ids}:
            ahead += place.turn == Turn.WAITING
            continue
        if place.turn == Turn.SERVING:
            return "It is your turn", "Please come in."
        if place.turn == Turn.SKIPPED:
            return "You were called", "Please tell them at the desk that you are here now: you can still be served."
        if place.turn == Turn.WAITING and place.begins:
            at = turn_at(place.begins, line.shop.time_zone, now)
            before = f"{count(ahead, 'person', 'people')} before you" if ahead else "You are next"
            serving = f", now serving {now_serving.entry.token}" if now_serving else ""
            return before + serving, f"Your turn is likely to come at about {at}."
        break
    return "", ""
