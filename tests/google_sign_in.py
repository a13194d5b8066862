"""Browsers that sign in with Google, against a real provider process."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.http import api
from appointly.gateways.google import google
from appointly.settings import settings
from tests.oidc import Provider, running_provider
from tests.people import PASSWORD

SAME = {"origin": "http://127.0.0.1:8000"}
COOKIES = ("appointly_google", "appointly_google_link", "appointly_session")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("oidc") / "provider.log") as provider:
        yield provider


@pytest.fixture
async def provider(process: Provider, database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    process.reset()
    for name, value in process.settings.items():
        monkeypatch.setattr(settings(), name.lower(), value)
    google.cache_clear()
    yield process
    await google().close()
    google.cache_clear()


@dataclass
class Browser:
    """A browser of one person, with cookies of its own."""

    http: httpx.AsyncClient
    provider: Provider

    async def begin(self, page: str = "login", **query: str) -> str:
        """To Google; its address."""
        answer = await self.http.get("/session/google", params={"page": page, **query})
        assert answer.status_code == 303
        return answer.headers["location"]

    async def consent(self, address: str, subject: str = "ada", **form: str) -> str:
        """The person says yes there; the address they are sent back to."""
        async with httpx.AsyncClient(timeout=60) as outside:
            answer = await outside.post(address, data={"sub": subject, **form})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def open(self, address: str) -> str:
        """Where one is led on to."""
        answer = await self.http.get(address)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def sign_in(self, subject: str = "ada", **query: str) -> str:
        """The whole way; where it ends."""
        return await self.open(await self.consent(await self.begin(**query), subject))

    async def link(self, password: str = PASSWORD) -> str:
        answer = await self.http.post("/session/google/link", data={"password": password}, headers=SAME)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def who(self) -> str:
        """The address of whoever is signed in here; empty for nobody."""
        answer = await self.http.get("/api/v1/auth/me")
        return answer.json()["user"]["email"] if answer.is_success else ""


@pytest.fixture
async def open_browser(provider: Provider) -> AsyncIterator[Any]:
    clients = []

    def opened(cookie: str = "") -> Browser:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(api, client=("203.0.113.9", 4711)), base_url="http://127.0.0.1:8000"
        )
        if cookie:
            name, _, value = cookie.partition("=")
            client.cookies.set(name, value)
        clients.append(client)
        return Browser(client, provider)

    yield opened
    for client in clients:
        await client.aclose()


@pytest.fixture
def ada(open_browser: Any) -> Browser:
    return open_browser()


def error_of(location: str) -> str:
    return parse_qs(urlsplit(location).query).get("error", [""])[0]


async def count(session: AsyncSession, table: str) -> int:
    query = text(f'SELECT count(*) FROM "{table}"')  # noqa: S608
    found: int = (await session.exec(query)).scalar_one()  # type: ignore[call-overload]
    return found
