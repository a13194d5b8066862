"""A service and its free times."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex_base.event import EventSpec

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display import formatting, markdown
from appointly.display.formatting import street_and_city
from appointly.display.holds import CROWDED, UNKEPT, Kept, kept
from appointly.display.services import CATEGORY_NAMES, LOCATIONS, NOT_FOUND_TITLE, POLICIES, RESCHEDULES
from appointly.display.shapes import Day, Month, TimeGroup, month_of, times_of_day, with_taken
from appointly.domain.holds import holder_of
from appointly.errors import AppointlyError, SlotTaken, TooManyHolds, TooManyRequests
from appointly.keeping import keep_time
from appointly.operations.booking_draft import leave_booking
from appointly.queries import storefront
from appointly.queries.availability import available_days, free_slots
from appointly.queries.drafts import draft_of
from appointly.queries.reviews import reviews_of_service, spread_of_service
from appointly.queries.storefront import ServicePage
from appointly.queries.waitlist import full_days
from appointly.state.base import Viewer
from appointly.state.live import watch
from appointly.state.public_reviews import PublicReviews, Subject
from appointly.state.views import photo_of
from appointly.visitor import current_actor

DAYS_SHOWN = 42


@dataclass(frozen=True)
class ServiceStory:
    """What the page tells about a service. `description` is HTML."""

    title: str = ""
    description: str = ""
    category: str = ""
    category_href: str = ""
    picture: str = ""
    price: str = ""
    duration: str = ""
    where: str = ""
    place: str = ""
    map_href: str = ""
    policy: str = ""
    moves: str = ""
    approval: str = ""
    group: str = ""
    notice: str = ""
    open: bool = True
    provider: str = ""
    provider_href: str = ""
    photo: str = ""
    provider_initials: str = ""
    provider_tint: int = 1
    headline: str = ""
    about: str = ""
    languages: str = ""


def story_of(page: ServicePage) -> ServiceStory:
    """The service, ready to read."""
    address = street_and_city(page.address, page.city)
    at_provider = page.location == "provider"
    return ServiceStory(
        title=page.title,
        description=markdown.rendered(page.description),
        category=CATEGORY_NAMES.get(page.category, page.category.capitalize()),
        category_href=routes.search(category=page.category),
        picture=page.picture,
        price=formatting.money(page.price_amount, page.currency),
        duration=formatting.duration(page.duration_minutes),
        where=LOCATIONS[page.location],
        place=address if at_provider else page.city,
        map_href=routes.map_of(address) if at_provider else "",
        policy=POLICIES[page.cancellation_policy],
        moves=RESCHEDULES[page.reschedule],
        approval="Confirmed at once" if page.approval == "instant" else "The provider confirms each booking",
        group=f"Up to {page.capacity} people share a time" if page.capacity > 1 else "",
        notice=f"At least {formatting.duration(page.min_notice_minutes)} before" if page.min_notice_minutes else "",
        open=page.open,
        provider=page.provider,
        provider_href=routes.provider(page.provider_slug),
        photo=photo_of(page.provider_picture),
        provider_initials=formatting.initials(page.provider),
        provider_tint=formatting.tint(page.provider),
        headline=page.headline,
        about=markdown.plain(page.about),
        languages=", ".join(page.languages),
    )


class ServiceView(PublicReviews, rx.State):
    """The story on the left, the booker on the right. `day` is YYYY-MM-DD, `slot` the chosen time's id.

    `kept` counts down the time that is kept for who looks; `begun` names the time of a booking they have begun.
    """

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    page_title: str = "Appointly"
    story: ServiceStory = ServiceStory()
    month: Month = Month("", [Day()])
    day: str = ""
    day_label: str = ""
    groups: list[TimeGroup] = []
    slot: str = ""
    slot_label: str = ""
    book_href: str = ""
    kept: Kept = Kept()
    begun: str = ""
    slug: str = ""
    zone: str = ""
    nothing_free: bool = False
    wait_href: str = ""
    _service_id: str = ""
    _provider_id: str = ""
    _slug: str = ""
    _zone: str = "UTC"
    _capacity: int = 1
    _horizon: int = 30

    @rx.event
    async def load(self) -> None:
        """The page opens, or its connection returns: what has been chosen stays chosen while it is free."""
        await self._open()

    async def _remember(self) -> None:
        """After Redis has lost what an open page showed: read the page's address again."""
        if not self.loaded:
            await self._open()

    async def _open(self) -> None:
        at, slug = now(), str(self.router.url.path.rstrip("/").rpartition("/")[2])
        async with reading() as session:
            page = await storefront.service_page(session, slug)
        self.missing, self.loaded = page is None, True
        self.page_title = f"{page.title} at {page.provider} · Appointly" if page else NOT_FOUND_TITLE
        if page is None:
            return
        if slug != self._slug:
            self.day = self.slot = self.slot_label = ""
        self._slug, self._service_id, self._zone = slug, str(page.id), page.time_zone
        self._provider_id, self.slug = str(page.provider_id), slug
        self._capacity, self._horizon = page.capacity, page.horizon_days
        self.story = story_of(page)
        self.zone = formatting.zone_name(page.time_zone)
        self.book_href = routes.book(slug, self.slot)
        await self._read_draft(at)
        await self._show_month(self._today(at).replace(day=1), at)
        await self._show_times(at)
        await self._show_reviews()
        watch(self, ServiceView.refresh, f"times:{page.provider_id}", f"reviews:{page.provider_id}")

    @rx.event
    async def refresh(self) -> None:
        """Somebody has booked or cancelled, and times that are gone fade where they stand; or something was said."""
        await self._refresh()
        await self._refresh_reviews()

    async def _refresh(self) -> None:
        if not self._service_id or not self.day:
            return
        at = now()
        await self._read_draft(at)
        async with reading() as session:
            shown_day = date.fromisoformat(self.day)
            slots = await free_slots(session, UUID(self._service_id), shown_day, 1, at, self._own())
        free = {str(slot.id) for slot in slots}
        shown = {time.id for group in self.groups for time in group.times}
        new = times_of_day(slots, self._zone, self._capacity, str(self._own()))
        self.groups = with_taken(self.groups, new) if free <= shown else new
        if self.slot and not self.kept.until and self.slot not in free:
            self.slot = self.slot_label = ""
            self.book_href = routes.book(self._slug)

    @rx.event
    async def leaf(self, month: str) -> None:
        """Show another month, YYYY-MM."""
        await self._remember()
        with suppress(ValueError):
            await self._show_month(date.fromisoformat(f"{month}-01"), now())

    @rx.event
    async def choose_day(self, day: str) -> None:
        """Show the times of a day."""
        await self._remember()
        with suppress(ValueError):
            self.day = date.fromisoformat(day).isoformat()
            if not self.kept.until:
                self.slot = self.slot_label = ""
                self.book_href = routes.book(self._slug)
            await self._show_times(now())

    @rx.event
    async def choose_time(self, slot: str) -> EventSpec | None:
        """Choose one of the times that are shown: it is kept from now on."""
        await self._remember()
        shown = [time for group in self.groups for time in group.times if time.id == slot and not time.taken]
        if not shown:
            return None
        self.slot, self.slot_label = slot, f"{formatting.within(self.day_label)}, {shown[0].label}"
        self.book_href = routes.book(self._slug, slot)
        actor, trouble = current_actor(), ""
        if holder_of(actor):
            try:
                await keep_time(actor, UUID(slot), now())
            except SlotTaken as error:
                self.slot = self.slot_label = ""
                trouble = error.message
            except TooManyHolds:
                trouble = CROWDED
            except TooManyRequests:
                trouble = UNKEPT
            except AppointlyError as error:  # it can be booked all the same
                trouble = error.message
        await self._refresh()
        return Viewer.tell(trouble, "info") if trouble else None  # type: ignore[operator]

    @rx.event
    async def let_go(self) -> None:
        """ "Not now": the time is free for others at once."""
        await self._remember()
        if not self._service_id:
            return
        async with transaction() as session:
            service_id, provider_id = UUID(self._service_id), UUID(self._provider_id)
            await leave_booking(session, current_actor(), service_id, provider_id, now())
        self.slot = self.slot_label = ""
        self.book_href = routes.book(self._slug)
        await self._refresh()

    def _subject(self) -> Subject | None:
        if not self._service_id:
            return None
        return Subject(UUID(self._service_id), UUID(self._provider_id), reviews_of_service, spread_of_service)

    def _own(self) -> UUID | None:
        return UUID(self.slot) if self.kept.until and self.slot else None

    async def _read_draft(self, at: datetime) -> None:
        """What whoever looks has begun to book here; the time that is kept for them is the chosen one."""
        async with reading() as session:
            draft = await draft_of(session, current_actor(), UUID(self._service_id), at)
        self.kept = kept(draft.until, at) if draft and draft.hold_id else Kept()
        self.begun = formatting.moment_within(draft.start, self._zone, at) if draft and draft.start else ""
        if self.kept.until and draft and draft.start:
            local = draft.start.astimezone(ZoneInfo(self._zone))
            self.slot, self.slot_label = str(draft.slot_id), self.begun
            self.day = self.day or local.date().isoformat()
            self.book_href = routes.with_query(routes.book(self._slug), step="details")

    def _today(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self._zone)).date()

    async def _show_month(self, first: date, at: datetime) -> None:
        """The month that begins with `first`; where nothing was chosen yet, its first day with a time is."""
        today = self._today(at)
        last = today + timedelta(days=self._horizon)
        first = min(max(first, today.replace(day=1)), last.replace(day=1))
        if not self._service_id:
            return
        async with reading() as session:
            found = await available_days(session, UUID(self._service_id), first, DAYS_SHOWN, at, self._own())
            full = await full_days(session, UUID(self._service_id), first, DAYS_SHOWN, at)
        free = [each.date for each in found]
        self.month = month_of(first, set(free), today, last, set(full) - set(free))
        if not self.day:
            self.nothing_free = not free
            self.day = free[0].isoformat() if free else ""
            if free and (free[0].year, free[0].month) != (first.year, first.month):
                await self._show_month(free[0].replace(day=1), at)

    async def _show_times(self, at: datetime) -> None:
        self.wait_href = routes.wait_for(self._slug, self.day)
        if not self._service_id or not self.day:
            self.groups = []
            return
        chosen = date.fromisoformat(self.day)
        async with reading() as session:
            slots = await free_slots(session, UUID(self._service_id), chosen, 1, at, self._own())
        self.day_label = formatting.day(chosen, self._today(at))
        self.groups = times_of_day(slots, self._zone, self._capacity, str(self._own()))
