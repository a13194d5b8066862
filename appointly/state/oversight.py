"""What an admin watches over: the size of the house, the latest bookings, the work that got stuck."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import moment, money, zone_name
from appointly.domain.actor import Actor
from appointly.errors import AppointlyError
from appointly.operations.jobs import retry_dead_job
from appointly.queries.oversight import JobRow, LatestBooking, counts, jobs, latest_bookings
from appointly.state.base import Viewer
from appointly.state.live import MINUTE, watch
from appointly.visitor import current_actor

LATEST = 8
PAGE = 25
UTC = "UTC"
KINDS = {
    "mail": "Mail about a booking",
    "account_mail": "Mail about an account",
    "waitlist_mail": "Mail about a place in line",
    "google_event": "Booking in a Google calendar",
    "google_leave": "Leaving a Google calendar",
    "forget_files": "Deleting pictures",
    "reset_asked": "A forgotten password",
    "read_calendars": "Reading calendars",
}
Words = Annotated[str, Field(max_length=100)]


@dataclass(frozen=True)
class BookingRow:
    """One line of the list of bookings."""

    reference: str
    href: str
    status: str
    service: str
    provider: str
    customer: str
    when: str
    zone: str
    made: str
    price: str


@dataclass(frozen=True)
class Work:
    """One job of the outbox."""

    id: str
    kind: str
    state: str
    attempts: str
    error: str
    made: str


class Oversight(rx.State):
    """All admin pages: each reads what it shows."""

    __access__ = "admin"

    loaded: bool = False
    people: str = ""
    providers: str = ""
    booked_today: str = ""
    upcoming: str = ""
    open_jobs: str = ""
    dead_jobs: int = 0
    _retried: str = ""
    bookings: list[BookingRow] = []
    more: bool = False
    words: str = ""
    status: str = ""
    work: list[Work] = []
    _shown: int = PAGE

    @rx.event
    async def load_overview(self) -> None:
        """Figures, the latest bookings, dead jobs."""
        watch(self, Oversight.load_overview, MINUTE)
        actor, at = current_actor(), now()
        async with reading() as session:
            await self._count(session, actor, at)
            latest = await latest_bookings(session, actor, limit=LATEST)
            stuck = await jobs(session, actor, at, only_dead=True, limit=LATEST)
        self.bookings = [row_of(booking, at) for booking in latest]
        self.work = [work_of(job, at) for job in stuck]
        self.loaded = True

    @rx.event
    async def load_bookings(self) -> None:
        """The list of bookings, from its beginning."""
        self._shown = PAGE
        await self._read_bookings()

    @rx.event
    async def find(
        self, form: Annotated[dict[str, Annotated[str, Field(max_length=100)]], Field(max_length=4)]
    ) -> None:
        """Narrow the list by words and status."""
        self.words, self.status, self._shown = form.get("words", ""), form.get("status", ""), PAGE
        await self._read_bookings()

    @rx.event
    async def show_more(self) -> None:
        """The next page of bookings, at most two hundred."""
        self._shown = min(self._shown + PAGE, 200)
        await self._read_bookings()

    @rx.event
    async def load_jobs(self) -> None:
        """The outbox: what was given up, then the newest."""
        watch(self, Oversight.load_jobs, MINUTE)
        actor, at = current_actor(), now()
        async with reading() as session:
            await self._count(session, actor, at)
            found = await jobs(session, actor, at)
        self.work = [work_of(job, at) for job in found]
        self.loaded = True

    @rx.event
    async def retry(self, job_id: UUID) -> EventSpec | None:
        """Try a dead job once more; the second of two clicks does nothing."""
        try:
            async with transaction() as session:
                await retry_dead_job(session, current_actor(), job_id, now())
        except AppointlyError as error:
            return None if self._retried == str(job_id) else Viewer.tell(error.message)  # type: ignore[operator]
        self._retried = str(job_id)
        await self.load_jobs()  # type: ignore[operator]
        return Viewer.tell("The job is tried again.", "success")  # type: ignore[operator]

    async def _count(self, session: AsyncSession, actor: Actor, at: datetime) -> None:
        told = await counts(session, actor, at)
        self.people, self.providers = f"{told.people:,}", f"{told.providers:,}"
        self.booked_today, self.upcoming = f"{told.booked_today:,}", f"{told.upcoming:,}"
        self.open_jobs, self.dead_jobs = f"{told.open_jobs:,}", told.dead_jobs

    async def _read_bookings(self) -> None:
        actor, at = current_actor(), now()
        async with reading() as session:
            found = await latest_bookings(session, actor, words=self.words, status=self.status, limit=self._shown + 1)
        self.bookings = [row_of(booking, at) for booking in found[: self._shown]]
        self.more, self.loaded = len(found) > self._shown, True


def row_of(booking: LatestBooking, at: datetime) -> BookingRow:
    """A booking as a line: its start as its people know it, and when it was made in UTC, so that these compare."""
    return BookingRow(
        reference=booking.reference,
        href=f"/booking/{booking.reference}",
        status=booking.status,
        service=booking.service,
        provider=booking.provider,
        customer=booking.customer_name,
        when=moment(booking.start_time, booking.time_zone, at),
        zone=zone_name(booking.time_zone),
        made=moment(booking.created_at, UTC, at),
        price=money(booking.price_amount, booking.currency),
    )


def work_of(job: JobRow, at: datetime) -> Work:
    """A job as a line; its times in UTC, as its log has them."""
    kind = KINDS.get(job.kind, job.kind)
    return Work(str(job.id), kind, job.state, str(job.attempts), job.last_error, moment(job.created_at, UTC, at))
