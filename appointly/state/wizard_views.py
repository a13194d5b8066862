"""What the wizard shows: the service, the chosen time, the questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.bookings import pays, place_of
from appointly.display.formatting import clock_time, day, duration, moment, money, zone_name
from appointly.display.services import POLICIES
from appointly.display.shapes import Time
from appointly.errors import SlotTaken
from appointly.queries.wizard import ChosenSlot, Offer


@dataclass(frozen=True)
class OfferView:
    """The service in the summary that stays."""

    title: str = ""
    provider: str = ""
    service_href: str = ""
    picture: str = ""
    category: str = ""
    duration: str = ""
    price: str = ""
    pays: str = ""
    place: str = ""
    policy: str = ""
    zone: str = ""
    zone_name: str = ""
    by_request: bool = False
    open: bool = True


@dataclass(frozen=True)
class Chosen:
    """The time in the summary; `date` is the day it is listed under, `taken` when it is not free any more."""

    id: str = ""
    day: str = ""
    date: str = ""
    starts: str = ""
    ends: str = ""
    token: str = ""
    taken: bool = False


def offer_view(service: Offer) -> OfferView:
    """The service ready to show."""
    return OfferView(
        title=service.title,
        provider=service.provider,
        service_href=routes.service(service.slug),
        picture=routes.small(service.picture),
        category=service.category,
        duration=duration(service.duration_minutes),
        price=money(service.price_amount, service.currency),
        pays=pays(service.price_amount, service.currency),
        place=place_of(service.location, service.address, service.city),
        policy=POLICIES[service.cancellation_policy],
        zone=service.time_zone,
        zone_name=zone_name(service.time_zone),
        by_request=service.approval == "manual",
        open=service.open,
    )


def chosen_view(slot: ChosenSlot | None, zone: str, at: datetime) -> Chosen:
    """The chosen time ready to show."""
    if slot is None:
        return Chosen()
    local = slot.start.astimezone(ZoneInfo(zone)).date()
    today = at.astimezone(ZoneInfo(zone)).date()
    return Chosen(
        id=str(slot.id),
        day=day(local, today),
        date=slot.date.isoformat(),
        starts=clock_time(slot.start, zone),
        ends=clock_time(slot.end, zone),
        token=slot.token,
        taken=not slot.free,
    )


def offered(error: SlotTaken, zone: str, at: datetime) -> list[Time]:
    """The nearest free times that a refusal names."""
    listed: Any = error.details.get("alternatives", [])
    return [Time(each["id"], moment(datetime.fromisoformat(each["start"]), zone, at)) for each in listed]
