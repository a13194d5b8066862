"""Support looks up why a business does not offer a time."""

from dataclasses import dataclass
from typing import Annotated

import reflex as rx
from pydantic import Field

from appointly.clock import now
from appointly.database import reading
from appointly.errors import NotFound
from appointly.queries.businesses import business_with_services, businesses
from appointly.state.why_not import Choice, Question
from appointly.visitor import current_actor

MOST = 8
NOT_ACTIVE = {"paused": " (paused)", "archived": " (archived)"}


@dataclass(frozen=True)
class Found:
    """A business to choose."""

    name: str
    note: str
    href: str


class Times(Question, rx.State):
    """A business is looked for by its name and named by the address (`?business=`), then asked about."""

    __access__ = "admin"

    loaded: bool = False
    words: str = ""
    found: list[Found] = []
    slug: str = ""
    name: str = ""
    note: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens, or its address changes."""
        slug = str(self.router.url.query_parameters.get("business", ""))
        actor, at = current_actor(), now()
        async with reading() as session:
            try:
                shop, offers = await business_with_services(session, actor, slug)
            except NotFound:
                self.slug, self.name, self.services = "", "", []
            else:
                self.slug, self.name, self.note = shop.slug, shop.name, noted(shop.city, suspended=shop.suspended)
                services = [Choice(str(each.id), each.title + NOT_ACTIVE.get(each.status, "")) for each in offers]
                await self._begin(services, shop.time_zone, at)
        await self._search()
        self.loaded = True

    @rx.event
    async def look(self, words: Annotated[str, Field(max_length=100)]) -> None:
        """Another name is being typed."""
        self.words = words
        await self._search()

    async def _search(self) -> None:
        async with reading() as session:
            found = await businesses(session, current_actor(), self.words, MOST)
        self.found = [
            Found(each.name, noted(each.city, suspended=each.suspended), f"/admin/times?business={each.slug}")
            for each in found
        ]


def noted(city: str, *, suspended: bool) -> str:
    """Where it is, and that it is suspended."""
    return f"{city} · Suspended" if suspended else city
