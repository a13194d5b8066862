"""Exceptions, time off and blocked time on their page: told before they are saved, removed and put back."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.exceptions import exceptions_of
from appointly.domain.actor import GUEST
from appointly.errors import ValidationFailed
from appointly.models import Provider
from appointly.models.base import uuid7
from appointly.operations.block_time import TimeToBlock, add_blocked_time
from appointly.operations.book_appointment import book_appointment
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.hours import Blocked, DateRange, blocked_times, date_overrides
from appointly.queries.offered import free_times
from appointly.state.base import Viewer
from appointly.state.exception_form import ExceptionForm, proposed, shown_by
from appointly.state.exceptions import Exceptions
from tests.hostile import fingerprint
from tests.making import asking, every_day, make_provider, make_service, owner_of
from tests.people import signed_in
from tests.state.driver import Tab, browser_tab

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)


@pytest.fixture
async def provider(database: str) -> Provider:
    async with transaction() as session:
        provider = await make_provider(session)
        await make_service(session, provider, horizon_days=20)
        await set_working_hours(session, owner_of(provider), every_day("09:00", "12:00"), now())
    return provider


@pytest.fixture
async def tab(provider: Provider) -> AsyncIterator[Tab]:
    async with browser_tab(app, (await signed_in(provider.user_id, "owner")).cookie) as tab:
        await tab.send(Exceptions.load)
        yield tab


def in_days(number: int) -> date:
    """A local date of the provider's, ahead of now."""
    return now().astimezone(BERLIN).date() + timedelta(days=number)


async def fill(tab: Tab, **values: str) -> ExceptionForm:
    for name, value in values.items():
        await tab.send(ExceptionForm.put, name=name, value=value)
    return await tab.state(ExceptionForm)


async def count_free(provider: Provider) -> int:
    async with reading() as session:
        return len(await free_times(session, provider.id, now()))


async def test_time_off_is_told_saved_removed_and_put_back(tab: Tab, provider: Provider) -> None:
    free = await count_free(provider)
    await tab.send(ExceptionForm.begin, kind="off")
    first, last = in_days(2), in_days(4)
    form = await fill(tab, first=str(first), last=str(last), reason="Holiday")
    assert (form.ready, form.change.times) == (True, "This removes 18 free times.")
    assert await count_free(provider) == free, "not yet"
    await tab.send(ExceptionForm.save)
    assert (await tab.state(Viewer)).notice == "Saved. 18 free times removed."
    await tab.send(ExceptionForm.save)
    assert await count_free(provider) == free - 18, "pressed twice"
    await tab.send(Exceptions.refresh)
    [entry] = (await tab.state(Exceptions)).shown
    assert (entry.what, entry.reason, entry.series) == ("Closed", "Holiday", "")
    await tab.send(Exceptions.remove, key=entry.key)
    exceptions = await tab.state(Exceptions)
    assert (exceptions.removed, exceptions.shown) == ("Removed. 18 free times added.", [])
    await tab.send(Exceptions.undo)
    await tab.send(Exceptions.undo)
    assert (await tab.state(Exceptions)).shown == [entry]
    assert await count_free(provider) == free - 18


async def test_what_repeats_is_removed_one_by_one_or_all_at_once(tab: Tab, provider: Provider) -> None:
    await tab.send(ExceptionForm.begin, kind="hours")
    await fill(tab, first=str(in_days(3)), start="18:00", end="20:00", repeat="week", until=str(in_days(40)))
    await tab.send(ExceptionForm.save)
    await tab.send(Exceptions.refresh)
    shown = (await tab.state(Exceptions)).shown
    assert [each.what for each in shown] == ["18:00 – 20:00"] * 6
    assert shown[0].series == "one of 6 entries that repeat"
    await tab.send(Exceptions.remove, key=shown[1].key)
    await tab.send(Exceptions.undo)
    await tab.send(Exceptions.remove, key=shown[1].key, whole=True)
    assert (await tab.state(Exceptions)).shown == []
    await tab.send(Exceptions.undo)
    assert (await tab.state(Exceptions)).shown == shown


async def test_a_drawn_block_names_what_it_hides_and_who_is_inside(tab: Tab, provider: Provider) -> None:
    day = in_days(3)
    async with transaction() as session:
        ten = datetime.combine(day, time(10), BERLIN).astimezone(UTC)
        inside = next(each for each in await free_times(session, provider.id, now()) if each.start == ten)
        await book_appointment(session, GUEST, asking(inside.id), now())
    await tab.send(ExceptionForm.draw, day=str(day), start=600, end=690)
    form = await tab.state(ExceptionForm)
    assert (form.start, form.end, form.change.times) == ("10:00", "11:30", "This removes 2 free times.")
    assert form.change.bookings == "1 booking stays and lies inside."
    assert [each.who for each in form.change.left_behind] == ["Grace Hopper"]
    await tab.send(ExceptionForm.save)
    async with reading() as session:
        [blocked] = await blocked_times(session, provider.id, now())
    assert (blocked.start, blocked.end) == (ten, ten + timedelta(minutes=90))
    form = await fill(tab, start="22:00", end="02:00")
    assert form.words.startswith("until 02:00 on ")


@pytest.mark.parametrize(
    ("kind", "values", "problem"),
    [
        ("off", {"first": ""}, "Please choose a day."),
        ("off", {"first": "2026-02-30"}, "Please choose a day."),
        ("off", {"first": "9999-12-31"}, "Please choose a day of these years."),
        ("off", {"first": "2150-01-01"}, "Please choose a date from today on, at most two years ahead."),
        ("off", {"last": "2025-01-01"}, "The last day must not lie before the first one."),
        ("off", {"repeat": "week", "until": ""}, "Please choose until when it repeats."),
        ("off", {"repeat": "hourly"}, "'no', 'week' or 'year'."),
        ("hours", {"start": ""}, "Please write the time as hours and minutes, for example 09:30."),
        ("hours", {"start_again": "10:00", "end_again": "11:00"}, "09:00 to 13:00 and 10:00 to 11:00 overlap."),
        ("block", {"end": "x"}, "Please fill in when it begins and when it ends."),
        ("block", {"first": "2026-01-01", "last": "2026-01-01"}, "This time is over. Please choose a later one."),
        ("block", {"reason": "a\u202eb"}, "This contains characters that cannot be printed. Please remove them."),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_saved(
    tab: Tab, database: str, kind: str, values: dict[str, str], problem: str
) -> None:
    before = fingerprint(database)
    await tab.send(ExceptionForm.begin, kind=kind)
    form = await fill(tab, **values)
    assert form.problem.endswith(problem)
    await tab.send(ExceptionForm.save)
    assert fingerprint(database) == before
    for name, value in values.items():
        assert getattr(form, name) == value, "what was typed is kept"


def test_a_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(ValidationFailed, match="On Sunday 28 March the clocks skip 02:30"):
        shown_by(datetime(2027, 3, 28, 2, 30), BERLIN)  # noqa: DTZ001
    assert shown_by(datetime(2027, 10, 31, 2, 30), BERLIN).hour == 0, "the first of the two"  # noqa: DTZ001


def test_entries_are_told_in_order_and_days_in_a_row_as_one() -> None:
    series = uuid7()
    dates = [
        *(DateRange(date(2026, 12, day), None, None, "Holiday", series) for day in (24, 25, 26)),
        DateRange(date(2026, 12, 27), None, None, "", None),
        DateRange(date(2026, 12, 28), 1320, 1560, "Party", None),
    ]
    start = datetime(2026, 11, 30, 11, tzinfo=UTC)
    blocked = [Blocked(uuid7(), start, start + timedelta(hours=1), "Lunch")]
    found = exceptions_of(dates, blocked, "Europe/Berlin", TODAY)
    assert [(each.month, each.days, each.what) for each in found] == [
        ("November 2026", "Mon 30 Nov", "Blocked, 12:00 – 13:00"),
        ("December 2026", "Thu 24 – Sat 26 Dec", "Closed"),
        ("", "Sun 27 Dec", "Closed"),
        ("", "Mon 28 Dec", "22:00 – 02:00"),
    ]


async def test_entries_of_another_provider_cannot_be_removed(tab: Tab, database: str) -> None:
    async with transaction() as session:
        other = await make_provider(session, "Other")
    async with browser_tab(app, (await signed_in(other.user_id, "other")).cookie) as stranger:
        await stranger.send(ExceptionForm.begin, kind="off")
        await stranger.send(ExceptionForm.save)
        await stranger.send(Exceptions.load)
        [entry] = (await stranger.state(Exceptions)).shown
    before = fingerprint(database)
    for whole in (False, True):
        await tab.send(Exceptions.remove, key=entry.key, whole=whole)
        await tab.send(Exceptions.remove, key=f"block-{uuid7()}", whole=whole)
    await tab.send(Exceptions.undo)
    assert fingerprint(database) == before
    async with reading() as session:
        assert len(await date_overrides(session, other.id, in_days(0))) == 1


async def test_time_is_blocked_on_the_day_that_is_looked_at_unless_it_is_over(tab: Tab) -> None:
    for shown, expected in ((4, 4), (-3, 1)):
        await tab.send(ExceptionForm.begin_on, day=str(in_days(shown)))
        form = await tab.state(ExceptionForm)
        assert (form.kind, form.first, form.last) == ("block", str(in_days(expected)), str(in_days(expected)))


def test_today_the_next_full_hour_is_proposed_as_long_as_there_is_one() -> None:
    today, noon = date(2026, 11, 21), ("12:00", "13:00")
    for hour, expected in ((9, (today, "10:00", "11:00")), (21, (today, "22:00", "23:00"))):
        assert proposed("block", today, datetime(2026, 11, 21, hour, 40, tzinfo=UTC)) == expected
    late = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)
    assert proposed("block", today, late) == (today + timedelta(days=1), *noon)
    assert proposed("block", today + timedelta(days=3), late) == (today + timedelta(days=3), *noon)
    assert proposed("off", None, late)[0] == today + timedelta(days=1)


async def test_what_is_refused_on_saving_stays_open_and_says_why(
    tab: Tab, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tab.send(ExceptionForm.begin, kind="block")
    assert (await fill(tab, reason="Dentist", first=str(in_days(2)))).ready
    async with transaction() as session:  # another window has blocked as much as there may be
        wanted = TimeToBlock(start=now(), end=now() + timedelta(hours=1))
        await add_blocked_time(session, owner_of(provider), wanted, now())
    monkeypatch.setattr("appointly.operations.block_time.MOST_AHEAD", 1)
    await tab.send(ExceptionForm.save)
    form = await tab.state(ExceptionForm)
    assert form.problem == "This was not saved. At most 1 blocked times can lie ahead. Please remove some first."
    assert (form.saved, form.reason, form.first) == (False, "Dentist", str(in_days(2)))
    monkeypatch.undo()
    await tab.send(ExceptionForm.save)
    form = await tab.state(ExceptionForm)
    assert (form.saved, form.problem) == (True, "")
    async with reading() as session:
        assert len(await blocked_times(session, provider.id, now())) == 2


@pytest.mark.parametrize("booked", [True, False])
async def test_what_really_happened_is_said_where_somebody_booked_after_the_preview(
    tab: Tab, provider: Provider, booked: bool
) -> None:
    await tab.send(ExceptionForm.begin, kind="off")
    await fill(tab, first=str(in_days(2)), last=str(in_days(2)))
    if booked:
        async with transaction() as session:
            start = datetime.combine(in_days(2), time(10), BERLIN)
            there = next(each for each in await free_times(session, provider.id, now()) if each.start == start)
            await book_appointment(session, GUEST, asking(there.id), now())
    await tab.send(ExceptionForm.save)
    notice = (await tab.state(Viewer)).notice
    if not booked:
        assert notice == "Saved. 6 free times removed."
        return
    assert notice == (
        "Saved. Something was booked or changed meanwhile, so this is what really happened: "
        "5 free times removed. 1 booking stays and lies inside."
    )
