"""Getting in line for a full day."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly import limits, routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import day, long_day
from appointly.display.shapes import Choice
from appointly.domain.manage_key import manage_key
from appointly.errors import AppointlyError, DayNotFull, ValidationFailed
from appointly.operations.join_waitlist import MOST_DATES, WaitRequest, join_waitlist
from appointly.queries.storefront import ServicePage, service_page
from appointly.queries.waitlist import full_days, places_of_customer
from appointly.settings import settings
from appointly.state.live import watch
from appointly.validation import parse
from appointly.visitor import current_actor

Typed = Annotated[
    dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=4000)]], Field(max_length=20)
]
FIELDS = ("customer_name", "customer_email", "customer_phone")


class WaitJoin(rx.State):
    """The full days of a service, those that were chosen, and who waits. `leads_to` is set once that is done.

    `own_place` leads to where somebody is in line for this service already.
    """

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    title: str = ""
    provider: str = ""
    service_href: str = ""
    book_href: str = ""
    days: list[Choice] = []
    customer_name: str = ""
    customer_email: str = ""
    customer_phone: str = ""
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    problem: str = ""
    can_book: bool = False
    leads_to: str = ""
    own_place: str = ""
    _slug: str = ""
    _asked: str = ""
    _chosen: list[str] = []

    @rx.event
    async def load(self) -> None:
        """The page opens, or its connection returns; the address may name a day."""
        slug = str(self.router.url.path.rstrip("/").removesuffix("/waitlist").rpartition("/")[2])
        asked = str(self.router.url.query_parameters.get("date", ""))
        arrives = (slug, asked) != (self._slug, self._asked)
        if arrives:
            self._slug, self._asked, self._chosen = slug, asked, [asked]
            self.problem, self.can_book = "", False
        self.leads_to = ""
        actor = current_actor()
        if actor.user_id and not self.customer_email:
            self.customer_name, self.customer_email = actor.name, actor.email
        await self._read(follow=True)
        if arrives and not asked and len(self.days) == 1:  # nothing to choose from
            [only] = self.days
            self._chosen, self.days = [only.value], [replace(only, chosen=True)]

    @rx.event
    async def refresh(self) -> None:
        """A time became free or was taken."""
        if self._slug and not self.leads_to:
            await self._read()

    @rx.event
    async def toggle(self, chosen: date) -> None:
        """Choose a day, or do not."""
        named = chosen.isoformat()
        if named in self._chosen:
            self._chosen = [each for each in self._chosen if each != named]
        else:
            self._chosen = [*self._chosen, named][-MOST_DATES:]
        if self._slug:
            await self._read()

    @rx.event
    async def submit(self, form: Typed) -> EventSpec | None:
        """Get in line."""
        if self.leads_to or not self._slug:
            return None
        for name in FIELDS:
            setattr(self, name, form.get(name, ""))
        self.errors, self.problem, self.can_book = dict.fromkeys(FIELDS, ""), "", False
        try:
            entry_id = await self._join()
        except ValidationFailed as error:
            self.errors = {name: error.fields.get(name, "") for name in FIELDS}
            if not any(self.errors.values()):
                self.problem = error.fields.get("dates", error.message)
        except AppointlyError as error:
            self.problem, self.can_book = error.message, isinstance(error, DayNotFull)
        else:
            self.leads_to = routes.open_waitlist(entry_id, manage_key(settings().secret_key, entry_id))
        return None

    async def _join(self) -> UUID:
        actor, at = current_actor(), now()
        async with reading() as session:
            page = await service_page(session, self._slug)
        if page is None:
            raise ValidationFailed("This service is no longer offered.")
        chosen = [choice.value for choice in self.days if choice.chosen]
        if not chosen:
            raise ValidationFailed(fields={"dates": "Please choose a day to wait for."})
        typed = {name: getattr(self, name) for name in FIELDS}
        request = parse(WaitRequest, {"service_id": page.id, "dates": chosen, **typed})
        await limits.take("booking", request.customer_email)
        async with transaction() as session:
            return await join_waitlist(session, actor, request, at)

    async def _read(self, *, follow: bool = False) -> None:
        at = now()
        async with reading() as session:
            page = await service_page(session, self._slug)
            self.loaded, self.missing = True, page is None or not page.open
            if page is None:
                return
            if follow:
                watch(self, WaitJoin.refresh, f"times:{page.provider_id}")
            today = at.astimezone(ZoneInfo(page.time_zone)).date()
            found = await full_days(session, page.id, today, page.horizon_days, at)
            own = await places_of_customer(session, current_actor())
        self.own_place = next((routes.waitlist(each.id) for each in own.items if each.service_slug == page.slug), "")
        self._show(page, found, at)

    def _show(self, page: ServicePage, full: list[date], at: datetime) -> None:
        today = at.astimezone(ZoneInfo(page.time_zone)).date()
        self.title, self.provider = page.title, page.provider
        self.service_href, self.book_href = routes.service(page.slug), routes.book(page.slug)
        gone = [each for each in self._chosen if each not in {day.isoformat() for day in full}]
        self._chosen = [each for each in self._chosen if each not in gone]
        for each in gone:
            with suppress(ValueError):
                freed = date.fromisoformat(each)
                if today <= freed < today + timedelta(days=page.horizon_days):
                    self.problem, self.can_book = f"{long_day(freed)} is not full any more.", True
        self.days = [
            Choice(each.isoformat(), day(each, today), chosen=each.isoformat() in self._chosen) for each in full
        ]
