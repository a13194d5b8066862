"""The line of a day: whoever stands in it, the estimates keep their promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from appointly.domain.queue import FASTEST, GRACE, SLOWEST, Place, Turn, estimates, missed, pace_of, turn_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
minutes = st.integers(-600, 600).map(lambda each: timedelta(minutes=each))
lengths = st.integers(1, 240).map(lambda each: timedelta(minutes=each))
delays = st.integers(0, 600).map(lambda each: timedelta(minutes=each))


@st.composite
def places(draw: st.DrawFn) -> Place:
    turn = draw(st.sampled_from(Turn))
    called = NOW - abs(draw(minutes)) if turn in (Turn.SERVING, Turn.DONE) else None
    finished = called + draw(lengths) if called and turn == Turn.DONE else None
    return Place(NOW + draw(minutes), draw(lengths), turn, called, finished, draw(st.booleans()))


lines = st.lists(places(), max_size=12).map(lambda line: sorted(line, key=lambda place: place.ready))


@given(lines, delays)
def test_estimates_are_never_past_never_before_those_in_front_and_never_before_their_own_start(
    line: list[Place], delay: timedelta
) -> None:
    pace = pace_of(line)
    begins = estimates(line, NOW, delay, pace)
    assert [begin is not None for begin in begins] == [place.state == Turn.WAITING for place in line]
    waiting = [(begin, place) for begin, place in zip(begins, line, strict=True) if begin is not None]
    for begin, place in waiting:
        assert begin >= NOW
        assert begin >= place.ready + delay
    for booked in (True, False):
        kind = [begin for begin, place in waiting if place.booked is booked]
        assert kind == sorted(kind)
    waiting.sort(key=lambda each: each[0])
    for (begin, place), (following, _) in pairwise(waiting):
        assert begin + place.planned * pace <= following


@given(lines, delays)
def test_walk_ins_hold_no_appointment_up(line: list[Place], delay: timedelta) -> None:
    alone = [replace(place, state=Turn.DONE) if _walks_in(place) else place for place in line]
    for begin, undisturbed in zip(estimates(line, NOW, delay), estimates(alone, NOW, delay), strict=True):
        assert undisturbed is None or (begin is not None and begin <= undisturbed + GRACE)


def _walks_in(place: Place) -> bool:
    return place.state == Turn.WAITING and not place.booked


@given(lines.map(lambda line: [place for place in line if not _walks_in(place)]), delays, delays)
def test_a_longer_delay_brings_no_appointment_forward(line: list[Place], one: timedelta, other: timedelta) -> None:
    shorter, longer = sorted((one, other))
    for early, late in zip(estimates(line, NOW, shorter), estimates(line, NOW, longer), strict=True):
        assert early is None or (late is not None and early <= late)


def test_a_walk_in_comes_before_an_appointment_where_it_fits() -> None:
    def at(minutes: int) -> datetime:
        return NOW + timedelta(minutes=minutes)

    def line(*due: int, long: int = 30, came: int = -5) -> list[Place]:
        half = timedelta(minutes=30)
        booked = [Place(at(each), half, Turn.WAITING) for each in due]
        return [Place(at(came), timedelta(minutes=long), Turn.WAITING, booked=False), *booked]

    none = timedelta()
    assert estimates(line(30, 60), NOW, none) == [at(0), at(30), at(60)]
    assert estimates(line(20, 60), NOW, none) == [at(0), at(30), at(60)], "ten minutes may be made up"
    assert estimates(line(19, 60), NOW, none) == [at(90), at(19), at(60)]
    assert estimates(line(4), NOW, none) == [at(34), at(4)]
    assert estimates(line(0, long=5), NOW, none) == [at(30), at(0)], "whose time has come is not passed by"
    assert estimates(line(5, came=-60), NOW, timedelta(minutes=15)) == [at(0), at(30)], "on a day that runs late"


@given(lines)
def test_the_pace_stays_within_reason(line: list[Place]) -> None:
    assert FASTEST <= pace_of(line) <= SLOWEST


def test_the_pace_follows_the_real_durations_slowly() -> None:
    half, hour = timedelta(minutes=30), timedelta(hours=1)
    took_an_hour = Place(NOW, half, Turn.DONE, NOW - hour, NOW)
    assert pace_of([]) == 1
    assert pace_of([took_an_hour]) == 4 / 3
    assert pace_of([took_an_hour] * 2) == 1.5
    forgotten = Place(NOW, half, Turn.DONE, NOW - timedelta(hours=9), NOW)
    assert pace_of([forgotten]) == (2 + SLOWEST) / 3


def test_those_behind_wait_for_whoever_is_served() -> None:
    half = timedelta(minutes=30)
    line = [
        Place(NOW - half, half, Turn.SERVING, NOW - timedelta(minutes=10)),
        Place(NOW, half, Turn.WAITING),
        Place(NOW + timedelta(minutes=5), half, Turn.SKIPPED),
        Place(NOW + timedelta(hours=3), half, Turn.WAITING),
    ]
    assert estimates(line, NOW, timedelta()) == [
        None, NOW + timedelta(minutes=20), None, NOW + timedelta(hours=3)
    ]  # fmt: skip


def test_where_a_token_stands() -> None:
    def turn(ticket: str | None = None, **more: bool) -> Turn:
        return turn_of(ticket=ticket, **{"live": True, "booked": True, "here": False, "missed": False, **more})

    assert turn() == Turn.WAITING
    assert turn(missed=True) == Turn.OVERDUE
    assert turn(missed=True, here=True) == Turn.WAITING
    assert turn("waiting", missed=True) == Turn.WAITING
    assert turn("serving", missed=True) == Turn.SERVING
    assert turn("skipped") == Turn.SKIPPED
    assert turn("done") == Turn.WAITING, "the appointment was put back elsewhere"
    assert turn("serving", live=False) == Turn.DONE
    assert turn("done", booked=False) == Turn.DONE
    assert turn("waiting", booked=False) == Turn.WAITING


def test_a_late_line_goes_past_nobody() -> None:
    over, none = [NOW, NOW, NOW + timedelta(hours=1)], timedelta()
    assert missed(over, [False, False, False], NOW, none) == [True, True, False], "a day by the clock"
    assert missed(over, [True, False, False], NOW, none) == [False, False, False], "the second still waits"
    assert missed(over, [False, False, True], NOW, none) == [True, True, False]
    assert missed(over, [False, False, True], NOW, timedelta(minutes=1)) == [False] * 3
    assert missed([None, NOW], [False, False], NOW, none) == [False, True]
