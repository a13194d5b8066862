"""Runs real events through Reflex's real pipeline (guard, chaining, deltas), without a browser or a server."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor

from appointly.errors import AppointlyError
from appointly.origin import Origin
from appointly.state import sockets
from appointly.state.base import explain
from appointly.state.live import BY_ITSELF


class Tab:
    """One browser tab: its token, its cookies, its address, and what the server has sent to it."""

    def __init__(self, processor: BaseStateEventProcessor, states: StateManagerMemory) -> None:
        self.processor, self.states = processor, states
        self.token = str(uuid4())
        self.cookie = ""
        self.path = "/"
        self.address = "203.0.113.9"
        self.by_itself = False
        self.browser_events: list[Event] = []
        self.shown: dict[str, dict[str, Any]] = {}

    async def send(self, handler: Any, /, **payload: Any) -> dict[str, dict[str, Any]]:
        """Call a handler (or an event by its full name) as a browser would; what was sent back, by state."""
        name = handler if isinstance(handler, str) else f"{handler.state.get_full_name()}.{handler.fn.__name__}"
        router: dict[str, Any] = {
            "pathname": self.path,
            "asPath": self.path,
            "query": {},
            "headers": {"host": "test"},
            "ip": "127.0.0.1",
            "sid": self.token,
            "token": self.token,
        }
        if self.by_itself:
            router[BY_ITSELF] = True
        sockets.left[self.token] = Origin(self.address, self.cookie)
        sent: dict[str, dict[str, Any]] = {}
        event = Event(name=name, payload=payload, router_data=router)
        with contextlib.suppress(AppointlyError):  # a refusal has become a sentence on the page by now
            async for delta in self.processor.enqueue_stream_delta(self.token, event):
                for state, values in delta.items():
                    sent.setdefault(state, {}).update(values)
                    self.shown.setdefault(state, {}).update(values)
        return sent

    async def state(self, cls: type[rx.State]) -> Any:
        """The tab's state as the server holds it."""
        root = await self.states.get_state(rx.BaseStateToken(ident=self.token, cls=cls))
        return await root.get_state(cls)

    def redirects(self) -> list[str]:
        """Where the browser was sent, in order."""
        return [event.payload["path"] for event in self.browser_events if event.name == "_redirect"]


@contextlib.asynccontextmanager
async def browser_tab(app: rx.App, cookie: str = "", path: str = "/") -> AsyncIterator[Tab]:
    """A tab that is open as long as the block."""
    states = StateManagerMemory()
    with app.set_contexts():
        processor = BaseStateEventProcessor(middleware=app, backend_exception_handler=explain).configure(
            state_manager=states
        )
        tab = Tab(processor, states)
        tab.cookie, tab.path = cookie, path

        async def to_browser(_: str, *events: Event) -> None:
            tab.browser_events += events

        processor._root_context = dataclasses.replace(processor._root_context, emit_event_impl=to_browser)
        async with processor:
            yield tab
