"""What a business still lacks, on its dashboard."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.models import WorkingHours
from appointly.state.checklist import Checklist
from tests.making import make_provider, make_service
from tests.people import signed_in
from tests.state.driver import Tab, browser_tab


async def opened(tab: Tab) -> Any:
    await tab.send(Checklist.load)
    return await tab.state(Checklist)


async def test_it_stays_until_people_can_book_and_then_goes_for_good(session: AsyncSession) -> None:
    provider = await make_provider(session)
    await session.commit()
    cookie = (await signed_in(provider.user_id, "owner@example.com")).cookie
    async with browser_tab(app, cookie, "/dashboard") as tab:
        state = await opened(tab)
        assert [part.name for part in state.parts if part.needed and not part.done] == [
            "Where you work", "Your hours", "A service",
        ]  # fmt: skip
        await tab.send(Checklist.dismiss)
        assert (await opened(tab)).dismissed is False
        provider.places = ["online"]
        session.add_all([provider, WorkingHours(provider_id=provider.id, weekday=1, opens_minute=0, closes_minute=60)])
        await make_service(session, provider)
        await session.commit()
        state = await opened(tab)
        assert (state.bookable, state.done, len(state.parts)) == (True, 4, 7)  # online there is no place on the map
        assert state.dismissed is False
        await tab.send(Checklist.dismiss)
    async with browser_tab(app, cookie, "/dashboard") as other:
        assert (await opened(other)).dismissed is True
