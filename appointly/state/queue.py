"""The public page of a provider's line."""

import reflex as rx

from appointly.clock import now
from appointly.database import reading
from appointly.display.formatting import long_day, zone_name
from appointly.display.queue import PublicLine, public_line
from appointly.display.services import NOT_FOUND_TITLE
from appointly.queries.dashboard import day_frame
from appointly.queries.queue import line_of, shop_by_slug
from appointly.state.live import MINUTE, watch
from appointly.visitor import current_actor


class QueueView(rx.State):
    """Whose turn it is, who is next, and when: tokens alone. Changes by itself."""

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    page_title: str = "The queue · Appointly"
    name: str = ""
    slug: str = ""
    date: str = ""
    zone: str = ""
    zone_name: str = ""
    line: PublicLine = PublicLine()

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        self.slug = str(self.router.url.path.rstrip("/").rpartition("/")[2])
        await self._read(follow=True)

    @rx.event
    async def refresh(self) -> None:
        """The line has changed, or a minute has passed."""
        if self.slug:
            await self._read()

    async def _read(self, *, follow: bool = False) -> None:
        actor, at = current_actor(), now()
        async with reading() as session:
            shop = await shop_by_slug(session, self.slug)
            self.missing, self.loaded = shop is None, True
            if shop is None:
                self.page_title, self.line = NOT_FOUND_TITLE, PublicLine()
                return
            if follow:
                # Every change of an appointment is told to its provider's topic; what is read here holds no names.
                watch(self, QueueView.refresh, f"queue:{shop.id}", f"provider:{shop.id}", MINUTE)
            line = await line_of(session, shop, actor, at)
            hours, _ = await day_frame(session, shop, at)
        self.line = public_line(line, bool(hours), at)
        self.name, self.date = shop.business_name, long_day(line.date)
        self.zone, self.zone_name = shop.time_zone, zone_name(shop.time_zone)
        self.page_title = f"The queue at {shop.business_name} · Appointly"
