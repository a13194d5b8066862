"""The editor of a provider's week: what it shows while one types, what saving does, and two windows at once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import GUEST
from appointly.models import Provider
from appointly.operations.book_appointment import book_appointment
from appointly.operations.hours import WeekdayHours
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.hours import WeekdayRange, working_hours
from appointly.queries.offered import free_times
from appointly.state.base import Viewer
from appointly.state.week_editor import WeekEditor
from tests.hostile import fingerprint
from tests.making import asking, every_day, make_provider, make_service, owner_of
from tests.people import signed_in
from tests.state.driver import Tab, browser_tab

NINE_TO_NOON = [WeekdayRange(day, 540, 720) for day in range(1, 8)]


@pytest.fixture
async def provider(database: str) -> Provider:
    """Open from nine to noon every day, with one half-hour service for a week ahead."""
    async with transaction() as session:
        provider = await make_provider(session)
        await make_service(session, provider, horizon_days=8)
        await set_working_hours(session, owner_of(provider), every_day("09:00", "12:00"), now())
    return provider


@pytest.fixture
async def tab(provider: Provider) -> AsyncIterator[Tab]:
    async with browser_tab(app, (await signed_in(provider.user_id, "owner")).cookie) as tab:
        await tab.send(WeekEditor.load)
        yield tab


async def editor(tab: Tab) -> WeekEditor:
    return await tab.state(WeekEditor)


async def stored(provider: Provider) -> list[WeekdayRange]:
    async with reading() as session:
        return await working_hours(session, provider.id)


async def first_range(tab: Tab, weekday: int) -> int:
    return (await editor(tab)).days[weekday - 1].ranges[0].id


async def test_a_change_is_shown_before_it_is_saved_and_happens_as_shown(tab: Tab, provider: Provider) -> None:
    for day in range(1, 8):
        await tab.send(WeekEditor.set_opens, weekday=day, range_id=await first_range(tab, day), value="11:00")
    await tab.send(WeekEditor.preview)
    shown = await editor(tab)
    assert (shown.previewed, await stored(provider)) == (True, NINE_TO_NOON)
    async with reading() as session:
        before = len(await free_times(session, provider.id, now()))
    await tab.send(WeekEditor.save)
    async with reading() as session:
        gone = before - len(await free_times(session, provider.id, now()))
    assert shown.change.times == f"This removes {gone} free times."
    assert (await tab.state(Viewer)).notice == f"Saved. {gone} free times removed."
    assert await stored(provider) == [WeekdayRange(day, 660, 720) for day in range(1, 8)]
    assert not (await editor(tab)).changed
    await tab.send(WeekEditor.save)
    assert len(await stored(provider)) == 7, "pressed twice"


async def test_nothing_is_saved_that_was_not_previewed(tab: Tab, provider: Provider) -> None:
    await tab.send(WeekEditor.toggle_day, weekday=1)
    await tab.send(WeekEditor.save)
    assert await stored(provider) == NINE_TO_NOON


async def test_what_is_wrong_is_said_under_the_day_at_once(tab: Tab, database: str) -> None:
    before = fingerprint(database)
    one = await first_range(tab, 1)
    await tab.send(WeekEditor.add_range, weekday=1)
    added = (await editor(tab)).days[0].ranges[1]
    assert (added.opens, added.closes) == ("13:00", "17:00")
    await tab.send(WeekEditor.set_opens, weekday=1, range_id=added.id, value="11:00")
    monday = (await editor(tab)).days[0]
    assert monday.problem == "09:00 to 12:00 and 11:00 to 17:00 overlap."
    await tab.send(WeekEditor.preview)
    assert not (await editor(tab)).previewed
    await tab.send(WeekEditor.remove_range, weekday=1, range_id=added.id)
    for value, sentence in [
        ("", "Please fill in when it opens and when it closes."),
        ("25:99", "Please fill in when it opens and when it closes."),
        ("12:00", "The hours close when they open. For the whole day, write 00:00 to 24:00."),
    ]:
        await tab.send(WeekEditor.set_opens, weekday=1, range_id=one, value=value)
        assert (await editor(tab)).days[0].problem == sentence
    await tab.send(WeekEditor.discard)
    assert not (await editor(tab)).broken
    assert fingerprint(database) == before


@pytest.mark.parametrize(
    ("opens", "closes", "words", "minutes"),
    [
        ("20:00", "02:00", "until 02:00 on Saturday", (1200, 1560)),
        ("18:00", "00:00", "until midnight", (1080, 1440)),
        ("00:00", "00:00", "The whole day", (0, 1440)),
        ("09:00", "17:00", "", (540, 1020)),
    ],
)
async def test_hours_past_midnight_are_said_in_words(
    tab: Tab, provider: Provider, opens: str, closes: str, words: str, minutes: tuple[int, int]
) -> None:
    friday = await first_range(tab, 5)
    await tab.send(WeekEditor.set_opens, weekday=5, range_id=friday, value=opens)
    await tab.send(WeekEditor.set_closes, weekday=5, range_id=friday, value=closes)
    assert (await editor(tab)).days[4].ranges[0].words == words
    await tab.send(WeekEditor.preview)
    await tab.send(WeekEditor.save)
    assert (await stored(provider))[4] == WeekdayRange(5, *minutes)
    shown = (await editor(tab)).days[4].ranges[0]
    assert (shown.opens, shown.closes, shown.words) == (opens, closes, words)


async def test_hours_that_overlap_across_midnight_are_said_under_the_day(tab: Tab) -> None:
    friday, saturday = await first_range(tab, 5), await first_range(tab, 6)
    await tab.send(WeekEditor.set_opens, weekday=5, range_id=friday, value="22:00")
    await tab.send(WeekEditor.set_closes, weekday=5, range_id=friday, value="04:00")
    assert [day.note for day in (await editor(tab)).days] == [""] * 7
    for opens, note in [
        ("04:00", ""),
        ("02:00", "Friday's hours run until 04:00. They overlap these, so the two count as one stretch."),
        ("", ""),
    ]:
        await tab.send(WeekEditor.set_opens, weekday=6, range_id=saturday, value=opens)
        assert (await editor(tab)).days[5].note == note
    await tab.send(WeekEditor.set_opens, weekday=6, range_id=saturday, value="02:00")
    await tab.send(WeekEditor.toggle_day, weekday=5)
    assert (await editor(tab)).days[5].note == ""


async def test_a_day_is_copied_closed_and_opened_again_with_its_hours(tab: Tab) -> None:
    await tab.send(WeekEditor.set_closes, weekday=1, range_id=await first_range(tab, 1), value="15:00")
    await tab.send(WeekEditor.choose_copying, weekday=1)
    assert (await editor(tab)).same_as_copied == [1]
    await tab.send(WeekEditor.copy_day, source=1, target=6)
    assert (await editor(tab)).same_as_copied == [1, 6]
    await tab.send(WeekEditor.toggle_day, weekday=6)
    assert not (await editor(tab)).days[5].open
    await tab.send(WeekEditor.toggle_day, weekday=6)
    assert [(each.opens, each.closes) for each in (await editor(tab)).days[5].ranges] == [("09:00", "15:00")]


async def test_of_two_windows_the_second_is_told_and_loses_nothing(tab: Tab, provider: Provider) -> None:
    await tab.send(WeekEditor.toggle_day, weekday=7)
    await tab.send(WeekEditor.preview)
    async with transaction() as session:
        week = [WeekdayHours(weekday=1, opens="08:00", closes="10:00")]
        await set_working_hours(session, owner_of(provider), week, now())
    await tab.send(WeekEditor.save)
    told = await editor(tab)
    assert told.meanwhile.startswith("Your hours were changed elsewhere meanwhile: Monday, Tuesday, Wednesday")
    assert (await stored(provider), told.previewed, told.days[6].open) == ([WeekdayRange(1, 480, 600)], True, False)
    await tab.send(WeekEditor.save)
    assert await stored(provider) == NINE_TO_NOON[:6]
    assert (await editor(tab)).meanwhile == ""


async def test_an_untouched_window_follows_what_another_one_saves(tab: Tab, provider: Provider) -> None:
    async with transaction() as session:
        await set_working_hours(session, owner_of(provider), [], now())
    await tab.send(WeekEditor.refresh)
    assert [day.open for day in (await editor(tab)).days] == [False] * 7


async def test_what_really_happened_is_said_where_somebody_booked_after_the_preview(
    tab: Tab, provider: Provider
) -> None:
    for day in range(1, 8):
        await tab.send(WeekEditor.toggle_day, weekday=day)
    await tab.send(WeekEditor.preview)
    at = now()
    async with transaction() as session:
        far = next(each for each in await free_times(session, provider.id, at) if each.start > at + timedelta(days=2))
        await book_appointment(session, GUEST, asking(far.id), at)
    await tab.send(WeekEditor.save)
    notice = (await tab.state(Viewer)).notice
    assert notice.startswith("Saved. Something was booked or changed meanwhile, so this is what really happened: ")
    assert notice.endswith("1 booking stays and lies outside the new hours.")
