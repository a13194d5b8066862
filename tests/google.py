"""The stand-in for Google's calendars as a process of its own, and what tests order and ask of it."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from appointly.database.bus import client
from appointly.database.embedded import Servers
from appointly.gateways.google_calendar import google_calendar
from appointly.sandbox import google_store as store
from appointly.sandbox.google_calendar import READ, WRITE
from appointly.settings import settings
from appointly.supervisor import Child
from tests.processes import answers, environment, free_port

NORA = "nora@gmail.example"
KEYS = {"GOOGLE_CLIENT_ID": "appointly-tests", "GOOGLE_CLIENT_SECRET": "a-client-secret-for-tests"}


@dataclass(frozen=True)
class StandIn:
    """A running stand-in: its address, and the environment that leads the product to it."""

    url: str
    http: httpx.AsyncClient

    @property
    def env(self) -> dict[str, str]:
        base = f"{self.url}/dev/google"
        return KEYS | {
            "GOOGLE_OAUTH_AUTHORIZE_URL": f"{base}/authorize",
            "GOOGLE_OAUTH_TOKEN_URL": f"{base}/token",
            "GOOGLE_CALENDAR_API_BASE": f"{base}/calendar/v3",
        }

    async def refresh_token(self, account: str = NORA, scope: str = f"{READ} {WRITE}") -> str:
        """A permission that was given long ago."""
        await store.make_account(account)
        return await store.give("refresh", {"account": account, "scope": scope})

    async def consent(self, address: str, *, answer: str = "yes", account: str = NORA, granted: Any = None) -> str:
        """Allow what a browser was sent to `address` for; where the browser is sent back to."""
        page = await self.http.get(address)
        assert "Access blocked" not in page.text, page.text
        query = dict(parse_qsl(urlsplit(address).query))
        scopes = query["scope"].split() if granted is None else granted
        form = {name: query[name] for name in ("redirect_uri", "state", "code_challenge")}
        sent = await self.http.post(
            f"{self.url}/dev/google/authorize", data={**form, "account": account, "answer": answer, "granted": scopes}
        )
        assert sent.status_code == 303, sent.text
        return sent.headers["location"]

    async def code(self, address: str, **how: Any) -> str:
        """The code of a consent."""
        return parse_qs(urlsplit(await self.consent(address, **how)).query)["code"][0]

    async def order(self, method: str, path: str, status: int = 0, reason: str = "", **more: Any) -> None:
        """Trouble for the next request like this; with `after` it comes when the work is done."""
        ordered = {"method": method, "path": path, "status": status, "reason": reason, **more}
        await client().rpush(store.key("faults"), json.dumps(ordered))

    async def asked(self) -> list[str]:
        """What was asked so far, the first first."""
        return list(reversed(await client().lrange(store.key("log"), 0, -1)))

    async def forget_what_was_asked(self) -> None:
        await client().delete(store.key("log"))

    async def put(self, event_id: str, start: datetime, end: datetime, calendar: str = NORA, **more: Any) -> None:
        """Something private in the owner's calendar."""
        await store.make_account(NORA)
        await store.keep(NORA, calendar, event_id, store.timed("Private", start, end) | more)

    async def standing(self, calendar: str = NORA) -> dict[str, dict[str, Any]]:
        """Our own events that stand in a calendar, by id."""
        found = await store.events(NORA, calendar)
        return {e["id"]: e for e in found if e["status"] != "cancelled" and e.get("extendedProperties")}


@contextmanager
def running_stand_in(servers: Servers, log: Path) -> Iterator[str]:
    """The product's own stand-in behind a server of its own; its address."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "appointly.api.http:api"]
    child = Child("The stand-in", command, log=log, env=environment(servers) | KEYS)
    try:
        child.wait_until(lambda: answers(port, "/healthz"))
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


@pytest.fixture(scope="module")
def stand_in_process(worker_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_stand_in(worker_servers, tmp_path_factory.mktemp("google") / "log") as running:
        yield running


@pytest.fixture
async def google(stand_in_process: str, database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    """The stand-in, which this process's own client talks to."""
    async with httpx.AsyncClient(timeout=20) as http:
        stand_in = StandIn(stand_in_process, http)
        for name, value in stand_in.env.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        google_calendar.cache_clear()
        yield stand_in
        await google_calendar().client.aclose()
        monkeypatch.undo()
        settings.cache_clear()
        google_calendar.cache_clear()
