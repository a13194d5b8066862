"""No announcement is missed: a tab is listed before it reads, and a reading that could not begin is made up for."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import book_appointment
from appointly.state import dashboard, live
from appointly.state.dashboard import Dashboard
from tests.making import asking, in_two_days, make_open_provider, make_service, make_slots
from tests.people import signed_in
from tests.state.driver import browser_tab


async def test_who_books_while_a_dashboard_reads_for_the_first_time_is_not_missed(
    database: str, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = await make_open_provider(session)
    slots = await make_slots(session, await make_service(session, provider), 2, in_two_days())
    await session.commit()
    owner = await signed_in(provider.user_id, "")
    told: list[set[str]] = []
    read_then: list[int] = []

    def then_books(read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def wrapped(*args: Any) -> Any:
            figures = await read(*args)
            read_then.append(figures.new_bookings)
            if not told:
                async with transaction() as own:
                    await book_appointment(own, GUEST, asking(slots[0]), now())
                told.append(live.watchers.of(frozenset({f"provider:{provider.id}"})))
            return figures

        return wrapped

    monkeypatch.setattr(dashboard, "figures", then_books(dashboard.figures))
    async with browser_tab(app, owner.cookie, "/dashboard") as tab:
        await tab.send(Dashboard.load)
        assert told == [{tab.token}], "the tab was there to be told when the booking was made"
        assert read_then[0] == 0, "its own reading had come too early"
        await tab.send(Dashboard.refresh)
        assert (await tab.state(Dashboard)).week_note.startswith("1 ")
        live.watchers.remove(tab.token)


async def test_a_reading_that_could_not_begin_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[str] = []

    class Busy:
        """Refuses the first event, takes the next."""

        async def enqueue(self, token: str, event: Any) -> Any:
            began.append(event.name)
            if len(began) == 1:
                raise RuntimeError
            return SimpleNamespace(add_done_callback=lambda _: None)

    monkeypatch.setattr(live, "connected", lambda *_: True)
    topics = frozenset({"provider:1"})
    for tab in ("first", "second"):
        live.watchers.add(tab, live.Tab(tab, topics))
    working: Any = SimpleNamespace(event_processor=Busy())
    await live.refresh_all(working, topics)
    refused, _ = began
    assert set(began) == {"first", "second"}, "one that cannot begin keeps no other one from it"
    await live.refresh_all(working, topics)
    for tab in ("first", "second"):
        live.watchers.remove(tab)
    assert began[2:] == [refused], "the other one still reads"
