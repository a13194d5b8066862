"""Open pages that change by themselves: one listener a web worker, and which tab of this worker shows which topic.

A message carries topics only. Each tab gets a normal guarded event, which re-reads what its user may see; whoever
calls that handler without a reason has merely reloaded the own page.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import redis
import reflex as rx
import structlog
from reflex_base.event import Event
from reflex_base.utils.format import format_event_handler

from appointly.clock import now
from appointly.database import bus

RETRY_SECONDS = 1.0
BREATH_SECONDS = 0.05  # between two tabs that only the clock moves: news goes first
BY_ITSELF = "by_itself"  # marks an event that nobody clicked: it does not keep the person signed in
MINUTE = "minute"  # the topic of pages that show how late it is
Answer = TypeVar("Answer")
log = structlog.get_logger()


@dataclass
class Tab:
    """What one browser tab shows: the event that re-reads it, its address, and how far the reading has got."""

    event: str
    topics: frozenset[str]
    route: dict[str, Any] = field(default_factory=dict)  # so that the page comes back when Redis has forgotten it
    reading: bool = False
    again: bool = False


@dataclass
class Watchers:
    """The tabs connected to this worker, by client token and by topic; and what they read together."""

    tabs: dict[str, Tab] = field(default_factory=dict)
    tokens: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    answers: dict[str, dict[Hashable, "asyncio.Task[Any]"]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, token: str, tab: Tab) -> None:
        """Show `tab` from now on; what the token showed before is forgotten."""
        self.remove(token)
        self.tabs[token] = tab
        for topic in tab.topics:
            self.tokens[topic].add(token)

    def remove(self, token: str) -> None:
        """Forget a tab that is gone or shows something else."""
        if tab := self.tabs.pop(token, None):
            for topic in tab.topics:
                self.tokens[topic].discard(token)
                if not self.tokens[topic]:
                    del self.tokens[topic]
                    self.answers.pop(topic, None)

    def of(self, topics: frozenset[str]) -> set[str]:
        """The tokens that show any of the topics."""
        if topics == bus.EVERYTHING:
            return set(self.tabs)
        return set().union(*(self.tokens.get(topic, set()) for topic in topics))

    def forget(self, topics: frozenset[str]) -> None:
        """What was read together before these topics changed is no longer so."""
        for topic in set(self.answers) if topics == bus.EVERYTHING else topics:
            self.answers.pop(topic, None)


watchers = Watchers()


def watch(state: rx.State, refresh: Any, *topics: str) -> None:
    """Run `refresh` in this tab whenever one of the topics changes; replaces what the tab watched before.

    To be called from on_load, after the right to see the topics was checked. Reflex runs on_load again when a dropped
    connection returns, on whichever worker it returns to, so the tab re-reads and is registered there.
    """
    token = state.router.session.client_token
    watchers.add(token, Tab(format_event_handler(refresh), frozenset(topics), dict(state.router_data)))


async def once(topic: str, key: Hashable, read: Callable[[], Awaitable[Answer]]) -> Answer:
    """What `read` answers, asked once after each change of the topic, however many tabs of this worker refresh.

    For what everybody may see, and for refreshing alone: a page that opens reads for itself.
    """
    answers = watchers.answers[topic]
    if key not in answers:
        answers[key] = asyncio.ensure_future(read())
    try:
        answer: Answer = await asyncio.shield(answers[key])
    except Exception:
        answers.pop(key, None)
        raise
    return answer


async def follow(app: rx.App) -> None:
    """The worker's one listener; runs as long as the worker. A Redis that is away is tried again every second."""
    while True:
        try:
            async for topics in bus.listen():
                watchers.forget(topics)
                await refresh_all(app, topics)
        except (redis.RedisError, OSError) as error:
            log.warning("live_listener_waits", error=str(error))
        await asyncio.sleep(RETRY_SECONDS)


async def tick(app: rx.App) -> None:
    """Every full minute, let the pages re-read that show how late it is; runs as long as the worker."""
    while True:
        await asyncio.sleep(60 - now().timestamp() % 60)
        await refresh_all(app, frozenset({MINUTE}), BREATH_SECONDS)


async def refresh_all(app: rx.App, topics: frozenset[str], pause: float = 0.0) -> None:
    """Let every tab that shows any of the topics re-read, `pause` seconds apart.

    One that cannot begin keeps no other one from it.
    """
    for token in watchers.of(topics):
        await asyncio.sleep(pause)
        try:
            await refresh(app, token)
        except Exception:
            log.exception("live_tab_not_refreshed")


async def refresh(app: rx.App, token: str) -> None:
    """Let one tab re-read. Changes that come while it reads cost one more reading, however many they are."""
    tab = watchers.tabs.get(token)
    if tab is None:
        return
    if not connected(app, token):
        watchers.remove(token)
    elif tab.reading:
        tab.again = True
    else:
        tab.reading, tab.again = True, False
        try:
            reading = await app.event_processor.enqueue(
                token, Event(name=tab.event, router_data=tab.route | {BY_ITSELF: True})
            )
        except BaseException:
            tab.reading = False  # else this tab would wait for ever for a reading that never began
            raise
        reading.add_done_callback(lambda _: finished(app, token, tab))


def finished(app: rx.App, token: str, tab: Tab) -> None:
    """A reading has ended, whichever way: begin the one that was asked for meanwhile."""
    tab.reading = False
    if tab.again and watchers.tabs.get(token) is tab:
        task = asyncio.get_running_loop().create_task(refresh(app, token))
        pending.add(task)
        task.add_done_callback(pending.discard)


pending: set["asyncio.Task[None]"] = set()


def connected(app: rx.App, token: str) -> bool:
    """Whether the tab's socket ends in this very worker."""
    if app.event_namespace is None:
        return False
    manager = app.event_namespace._token_manager
    socket = manager.token_to_socket.get(token)
    return socket is not None and socket.instance_id == manager.instance_id
