"""The fixtures themselves: each test gets a clean database, on one engine and one loop."""

import pytest
from sqlmodel import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import transaction


@pytest.mark.parametrize("time", ["first", "second"])
async def test_the_session_works_on_the_shared_loop(session: AsyncSession, time: str) -> None:
    assert (await session.exec(text("SELECT current_database()"))).scalar_one().startswith("worker_")  # type: ignore[call-overload]
    async with transaction() as other:
        assert (await other.exec(text("SELECT 1"))).scalar_one() == 1  # type: ignore[call-overload]
