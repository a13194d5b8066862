"""How a cell of the matrix of rights is tried, and what the rights say of it."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from appointly.api.http import api
from appointly.appointly import app
from appointly.domain.actor import GUEST
from appointly.domain.rights import Whose, may
from appointly.state.guard import access_of
from tests.api.test_every_route import ROUTES
from tests.rights_world import SECRET_NAME, Memory, Somebody, World
from tests.state.driver import browser_tab

NOBODY = uuid4()
READS = {
    "booking": "booking.read",
    "review": "booking.read",
    "no_show": "booking.read",
    "reschedule": "booking.read",
    "service": "service.read",
    "slot": "slot.read",
    "picture": "picture.read",
}


@dataclass(frozen=True)
class Way:
    """One thing that can be tried: a route or a handler. The object is the path's `{…}`, or the argument `key`."""

    right: str
    route: str = ""
    body: dict[str, Any] | None = None
    handler: Any = None
    arguments: dict[str, Any] = field(default_factory=dict)
    key: str = ""


def door(way: Way) -> str:
    """Who is let in at all by this way."""
    if way.route:
        return str(ROUTES[way.route].endpoint.__access__)  # type: ignore[attr-defined]
    return access_of(way.handler.state) or "nobody"


def allowed(who: Somebody, way: Way, whose: Whose) -> bool:
    """What the rights say, given who the door lets in and what the token may."""
    level = door(way)
    if who.refused_bearer:
        return False
    if who.scopes is not None and scope_of(way) not in who.scopes:
        return for_anybody(way.route) and may(GUEST, way.right, whose)
    if level not in ("public", who.actor.kind) and not (level == "signed_in" and who.actor.user_id):
        return False
    return may(who.actor, way.right, whose)


def for_anybody(route: str) -> bool:
    """What a token without the scope may read too: as a guest."""
    endpoint: Any = ROUTES[route].endpoint
    return endpoint.__access__ == "public" and not endpoint.__scope__ and route.startswith(("GET", "HEAD"))


def scope_of(way: Way) -> str:
    return str(getattr(ROUTES[way.route].endpoint, "__scope__", ""))


async def request(who: Somebody, way: Way, target: UUID) -> httpx.Response:
    """The real request."""
    method, _, path = way.route.partition(" ")
    path = re.sub(r"\{\w+\}", str(target), path)
    if path.endswith("/availability"):
        path += "?date=2030-01-01"
    body = way.body and {name: [str(target)] if name == "ids" else value for name, value in way.body.items()}
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return await client.request(method, path, json=body, headers=who.headers)


def said(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text}"


class Trial:
    """Tries cells and keeps the wrong ones."""

    def __init__(self, world: World, memory: Memory, figures: dict[str, int]) -> None:
        self.world, self.memory, self.figures = world, memory, figures
        self.wrong: list[str] = []
        self.nothing: dict[tuple[str, str], str] = {}

    def judge(self, name: str, expected: bool, happened: bool, changed: list[str]) -> None:
        self.figures["tried"] += 1
        self.figures["allowed" if expected else "refused"] += 1
        if happened != expected:
            self.wrong.append(f"{name}: {'refused' if expected else 'ALLOWED'}")
        elif not expected and changed:
            self.wrong.append(f"{name}: refused, but changed {changed}")
        if changed:
            self.memory.put_back(changed)

    async def over_http(self, way: Way, target: UUID, whose: Whose, what: str) -> None:
        for who in self.world.people:
            answer = await request(who, way, target)
            expected = allowed(who, way, whose)
            name = f"{who.name} · {way.route} · {what}"
            # What the state of the object forbids, and not the right, is a refusal of another kind.
            happened = answer.status_code < 300 or answer.status_code in (409, 422)
            if not happened and answer.status_code not in (401, 403, 404):
                self.wrong.append(f"{name}: {answer.status_code}")
            self.judge(name, expected, happened, self.memory.changed())
            seeing = READS.get(way.right.partition(".")[0])
            sees = seeing is not None and may(who.actor, seeing, whose)
            if not expected and not sees and "{" in way.route:
                key = (who.name, way.route)
                if key not in self.nothing:
                    self.nothing[key] = said(await request(who, way, NOBODY))
                if said(answer) != self.nothing[key]:
                    self.wrong.append(f"{name}: tells that it is there: {said(answer)}, not {self.nothing[key]}")

    async def by_event(self, way: Way, target: UUID, whose: Whose, what: str, works: bool) -> None:
        """`works`: whether the state of the object lets those who may do it."""
        for who in self.world.people:
            if who.scopes is not None:
                continue  # sockets know no tokens
            arguments = {**way.arguments, way.key: str(target)}
            async with browser_tab(app, who.cookie) as tab:
                sent = await tab.send(way.handler, **arguments)
            changed = self.memory.changed()
            name = f"{who.name} · {way.handler.fn.__qualname__} {way.arguments} · {what}"
            expected = allowed(who, way, whose)
            if not expected and SECRET_NAME in str(sent):
                self.wrong.append(f"{name}: tells the customer's name")
            self.judge(name, expected, bool(changed) if works else expected, changed)
