"""The list of what a provider offers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import reflex as rx
from reflex_base.event import EventSpec

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display import formatting
from appointly.operations.delete_service import delete_service
from appointly.operations.duplicate_service import duplicate_service
from appointly.operations.edit_service import edit_service
from appointly.operations.service_form import ServiceChanges
from appointly.queries.dashboard import business
from appointly.queries.own_services import OwnService, own_services
from appointly.settings import settings
from appointly.state.base import Viewer
from appointly.state.live import watch
from appointly.state.service_editor import ServiceEditor
from appointly.visitor import current_actor

Status = Literal["active", "paused", "archived"]
SAID: dict[Status, str] = {
    "active": "It can be booked again.",
    "paused": "It takes a break: nobody can book it, and what is booked stays.",
    "archived": "It is gone from everywhere but here. What is booked stays.",
}


@dataclass(frozen=True)
class ServiceLine:
    """A service of the provider's own, ready to read."""

    id: str = ""
    title: str = ""
    picture: str = ""
    price: str = ""
    duration: str = ""
    status: str = ""
    unlisted: bool = False
    bookings: str = ""
    next_free: str = ""
    href: str = ""
    public_href: str = ""
    deletable: bool = False


class OwnServices(rx.State):
    """Everything offered now, and below it what is archived; figures change by themselves."""

    __access__ = "provider"

    loaded: bool = False
    services: list[ServiceLine] = []
    archived: list[ServiceLine] = []
    leaving: bool = False

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or returns after a dropped connection."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, OwnServices.refresh, f"provider:{actor.provider_id}")
        self.leaving = False
        await self._read()
        # The next editor to open shows nothing of the last one; what was typed there is still kept.
        (await self.get_state(ServiceEditor)).loaded = False
        return None

    @rx.event
    async def refresh(self) -> None:
        """Something of this provider has changed."""
        await self._read()

    @rx.event
    async def set_status(self, service_id: UUID, status: Status) -> EventSpec:
        """Pause, resume or archive."""
        async with transaction() as session:
            changes = ServiceChanges.model_validate({"status": status})
            await edit_service(session, current_actor(), service_id, changes, now())
        await self._read()
        return Viewer.tell(SAID[status], "success")  # type: ignore[operator]

    @rx.event
    async def duplicate(self, service_id: UUID) -> EventSpec | None:
        """Begin a new one with its words, and open it; a second click of the same page does nothing."""
        if self.leaving:
            return None
        async with transaction() as session:
            copy = await duplicate_service(session, current_actor(), service_id, now())
        self.leaving = True
        return rx.redirect(f"/dashboard/services/{copy}")

    @rx.event
    async def delete(self, service_id: UUID) -> EventSpec:
        """Take away what was never booked."""
        async with transaction() as session:
            await delete_service(session, current_actor(), service_id)
        await self._read()
        return Viewer.tell("The service is deleted.", "success")  # type: ignore[operator]

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            found = await own_services(session, actor, at)
        lines = [line_of(service, shop.time_zone, at) for service in found]
        self.services = [line for line in lines if line.status != "archived"]
        self.archived = [line for line in lines if line.status == "archived"]
        self.loaded = True


def line_of(service: OwnService, zone: str, at: datetime) -> ServiceLine:
    """A row of the list."""
    return ServiceLine(
        id=str(service.id),
        title=service.title,
        picture=routes.small(service.picture),
        price=formatting.money(service.price_amount, service.currency),
        duration=formatting.duration(service.duration_minutes),
        status=service.status,
        unlisted=service.unlisted,
        bookings=formatting.count(service.next_month, "booking"),
        next_free=formatting.moment(service.next_free, zone, at) if service.next_free else "Nothing free",
        href=f"/dashboard/services/{service.id}",
        public_href=settings().base_url.rstrip("/") + routes.service(service.slug),
        deletable=not service.ever_booked,
    )
