"""The day of an appointment, on its own page: the place in line, the check-in, the ticket."""

import reflex as rx

from appointly import routes
from appointly.clock import now
from appointly.database import reading
from appointly.display.formatting import clock_time
from appointly.display.qr import qr_picture
from appointly.display.queue import late, place_in_line
from appointly.domain.check_in import situation, ticket_code
from appointly.errors import NotFound
from appointly.queries.bookings import booking_by_reference
from appointly.queries.dashboard import business
from appointly.queries.queue import line_of
from appointly.settings import settings
from appointly.visitor import current_actor


class BookingQueue(rx.State):
    """Only on the local day of a confirmed appointment, until it is over; `shown` says so."""

    __access__ = "public"

    shown: bool = False
    slug: str = ""
    place: str = ""
    words: str = ""
    here_since: str = ""
    arriving: bool = False
    delay: str = ""
    note: str = ""
    ticket: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens, or the booking or the line has changed."""
        actor, at = current_actor(), now()
        reference = str(self.router.url.path.rpartition("/")[2])
        self.shown = False
        async with reading() as session:
            try:
                found = await booking_by_reference(session, actor, reference)
            except NotFound:
                return
            about, _ = situation([found], found.provider_id, at)
            if about != "here":
                return
            line = await line_of(session, await business(session, found.provider_id), actor, at)
        called = line.serving is not None and found.id in line.serving.entry.ids
        self.shown, self.slug, self.delay = True, found.provider_slug, "" if called else late(line.delay)
        self.place, self.words = place_in_line(line, [str(found.id)], at)
        self.note = line.said.note if line.said and line.delay else ""
        self.here_since = clock_time(found.checked_in_at, found.time_zone) if found.checked_in_at else ""
        self.arriving = not (called or found.checked_in_at)
        code = ticket_code(settings().require_secret(), found.id)
        self.ticket = qr_picture(settings().base_url.rstrip("/") + routes.mark(code))
