"""A client of the HTTP API in this very process."""

from collections.abc import AsyncIterator

import httpx
import pytest

from appointly.api.http import api


@pytest.fixture
async def http(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the API as a program would: no cookies but those it is given."""
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client
