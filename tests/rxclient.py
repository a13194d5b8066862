"""A tab without a browser: speaks Reflex's socket protocol, for load, for live pages and for attacks."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import socketio

NAMESPACE = "/_event"
HYDRATE = "reflex___state____state.hydrate_and_load"
Delta = dict[str, dict[str, Any]]


class RxClient:
    """One tab: `state` is what the server has shown it, `events` what it told the browser to do."""

    def __init__(self, base: str, path: str, cookie: str = "", on_delta: Callable[[float, Delta], None] | None = None):
        self.base, self.path, self.token, self.on_delta = base, path, str(uuid4()), on_delta
        self.headers = {"Cookie": cookie, "Origin": base}
        self.state: Delta = {}
        self.events: list[dict[str, Any]] = []
        self.changed = asyncio.Condition()
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("event", self._receive, namespace=NAMESPACE)
        self.socket.on("new_token", self._new_token, namespace=NAMESPACE)

    async def _new_token(self, token: str) -> None:
        self.token = token

    async def _receive(self, update: Any) -> None:
        now = time.monotonic()
        update = json.loads(update) if isinstance(update, str) else update
        delta: Delta = update.get("delta") or {}
        for name, values in delta.items():
            self.state.setdefault(name, {}).update(values)
        self.events += update.get("events") or []
        if self.on_delta:
            self.on_delta(now, delta)
        async with self.changed:
            self.changed.notify_all()

    def _router(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        return {
            "pathname": path,
            "query": dict(part.split("=", 1) for part in query.split("&") if part),
            "asPath": self.path,
        }

    async def connect(self) -> "RxClient":
        """Open the socket and load the page, as a browser does."""
        boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": self._router()}}
        url = f"{self.base}?token={self.token}"
        options = {
            "transports": ["websocket"],
            "socketio_path": "_event",
            "namespaces": [NAMESPACE],
            "wait_timeout": 20,
        }
        await self.socket.connect(url, headers=self.headers, auth=boot, **options)
        return self

    async def send(self, name: str, **payload: Any) -> None:
        """Call a handler by its full name."""
        event = {"name": name, "payload": payload, "router_data": self._router()}
        await self.socket.emit("event", event, namespace=NAMESPACE)

    def shown(self, state: str, name: str) -> Any:
        """A var of the state whose name ends so; None before it was sent."""
        for full, values in self.state.items():
            if full.endswith(state) and f"{name}_rx_state_" in values:
                return values[f"{name}_rx_state_"]
        return None

    async def until(self, wanted: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until `wanted()`; raises `TimeoutError`."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(wanted), seconds)

    async def close(self) -> None:
        """The tab is closed."""
        await self.socket.disconnect()
