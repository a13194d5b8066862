"""A day drawn to scale: hours down the side, appointments where they lie, a line for now."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from appointly.display.bookings import BookingView, view_of
from appointly.display.formatting import clock_time
from appointly.queries.bookings import Booking
from appointly.queries.dashboard import Hours
from appointly.queries.hours import Blocked

MINUTE = 1.6  # pixels, on a day of ordinary appointments
ROOMY = 3.2  # and on one with appointments so brief that a thumb would miss them
BRIEF = 28  # minutes: what is shorter is lower than a thumb wants it at MINUTE
LOWEST = 24  # pixels: nothing is drawn lower than this
SHORT = 46  # what is lower than this has no room for three lines of words
LOW = 34  # and what is lower than this has room for one line alone
USUAL = (9 * 60, 17 * 60)


@dataclass(frozen=True)
class Mark:
    """A line across the day with its hour."""

    label: str
    top: str


@dataclass(frozen=True)
class Area:
    """Time outside the opening hours, or blocked: then with a label, its times and the key that names it."""

    top: str
    height: str
    label: str = ""
    times: str = ""
    key: str = ""


@dataclass(frozen=True)
class Entry:
    """One appointment on the day. Those at the same time stand side by side.

    `moves` is the reference of one that lies ahead, so that it can be dragged to another time.
    """

    reference: str
    title: str
    who: str
    times: str
    status: str
    token: str
    top: str
    height: str
    left: str
    width: str
    short: bool
    low: bool
    over: bool
    moves: str = ""


@dataclass(frozen=True)
class Timeline:
    """A day to scale. `now` is the place of the line for now, empty when it is not in this day's frame.

    All lengths are in `var(--minute)`, which is to be `minute` on what holds them.
    """

    day: str = ""
    minute: str = f"{MINUTE}px"
    height: str = "0px"
    marks: list[Mark] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    booked: list[Entry] = field(default_factory=list)
    now: str = ""
    now_label: str = ""


def pixels(minutes: float) -> str:
    """The length of so many minutes."""
    return f"calc({minutes:g} * var(--minute))"


def frame_of(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The whole hours, in minutes after midnight, that hold all spans."""
    known = list(spans) or [USUAL]
    first, last = min(start for start, _ in known), max(end for _, end in known)
    return first // 60 * 60, -(-last // 60) * 60


def minute_of(instant: datetime, day: date, zone: str) -> int:
    """Minutes on the clock after the local midnight that starts `day`."""
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return round((local - datetime.combine(day, time())) / timedelta(minutes=1))


def timeline_of(
    bookings: Sequence[Booking],
    hours: Sequence[Hours],
    blocked: Sequence[Blocked],
    day: date,
    zone: str,
    now: datetime,
    frame: tuple[int, int] | None = None,
    classes: Collection[UUID | None] = (),
    minute: float | None = None,
) -> Timeline:
    """The local date `day` to scale, from its first to its last whole hour, or in the given `frame`.

    `classes` are slots with several places: what stands there is many bookings, and none of them is dragged. `minute`
    is its height in pixels; left out, a day with brief appointments is roomy enough for a thumb.
    """
    spans = [(minute_of(b.start, day, zone), minute_of(b.end, day, zone)) for b in bookings]
    first, last = frame or frame_of([*spans, *((h.opens, h.closes) for h in hours)])
    at_now = minute_of(now, day, zone)
    inside = first <= at_now <= last
    minute = minute or (ROOMY if any(end - start < BRIEF for start, end in spans) else MINUTE)

    def hidden(hour: int) -> bool:  # the label for now would lie on it
        return frame is None and inside and abs(hour - at_now) * minute < LOWEST

    return Timeline(
        day=day.isoformat(),
        minute=f"{minute}px",
        height=pixels(last - first),
        marks=[
            Mark("" if hidden(hour) else f"{hour // 60 % 24:02d}:00", pixels(hour - first))
            for hour in range(first, last + 1, 60)
        ],
        areas=[*_closed(hours, first, last), *_blocked(blocked, day, zone, first, last)],
        booked=_entries(bookings, spans, first, classes, now, minute),
        now=pixels(at_now - first) if inside else "",
        now_label=f"{now.astimezone(ZoneInfo(zone)):%H:%M}" if inside else "",
    )


def _closed(hours: Sequence[Hours], first: int, last: int) -> list[Area]:
    edges = [first, *(edge for span in hours for edge in (span.opens, span.closes)), last]
    gaps = [(max(start, first), min(end, last)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [Area(pixels(start - first), pixels(end - start)) for start, end in gaps if end > start]


def _blocked(blocked: Sequence[Blocked], day: date, zone: str, first: int, last: int) -> list[Area]:
    areas = []
    for one in blocked:
        start = max(first, minute_of(one.start, day, zone))
        end = min(last, minute_of(one.end, day, zone))
        if end > start:
            times = f"{clock_time(one.start, zone)} – {clock_time(one.end, zone)}"
            label = one.reason or "Blocked"
            areas.append(Area(pixels(start - first), pixels(end - start), label, times, f"block-{one.id}"))
    return areas


def _entries(
    bookings: Sequence[Booking],
    spans: Sequence[tuple[int, int]],
    first: int,
    classes: Collection[UUID | None],
    now: datetime,
    minute: float,
) -> list[Entry]:
    entries: list[Entry | None] = [None] * len(bookings)
    # Brief ones are drawn longer than they last, so that they can be hit.
    drawn = [(start, max(end, start + LOWEST / minute)) for start, end in spans]
    for group in _meeting(drawn):
        lanes = _lanes([drawn[number] for number in group])
        for number, lane in zip(group, lanes, strict=True):
            start, end = spans[number]
            view = view_of(bookings[number], now)
            entry = _entry(view, start - first, end - start, lane, max(lanes) + 1, minute)
            entries[number] = replace(entry, moves="") if bookings[number].slot_id in classes else entry
    return [entry for entry in entries if entry]


def _meeting(spans: Sequence[tuple[int, float]]) -> Iterator[list[int]]:
    """The places in `spans` of those that touch one another, together."""
    group: list[int] = []
    for number in sorted(range(len(spans)), key=lambda number: spans[number]):
        if group and spans[number][0] >= max(spans[each][1] for each in group):
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def _lanes(spans: Sequence[tuple[int, float]]) -> list[int]:
    """For each of these spans, in order of their start, the first lane that is free again."""
    until: list[float] = []
    lanes = []
    for span in spans:
        lane = next((lane for lane, end in enumerate(until) if end <= span[0]), len(until))
        until[lane : lane + 1] = [span[1]]
        lanes.append(lane)
    return lanes


def _entry(view: BookingView, top: int, length: int, lane: int, lanes: int, minute: float) -> Entry:
    height = max(length * minute - 3, LOWEST)
    return Entry(
        reference=view.reference,
        title=view.service,
        who=view.customer,
        times=f"{view.starts} – {view.ends}",
        status=view.status,
        token=view.token,
        top=pixels(top),
        height=f"max({pixels(length)} - 3px, {LOWEST}px)",
        left=f"{100 * lane / lanes:.2f}%",
        width=f"{100 / lanes:.2f}%",
        short=height < SHORT,
        low=height < LOW,
        over=view.status in ("completed", "no_show"),
        moves=view.reference if view.status in ("pending", "confirmed") and not view.begun else "",
    )
