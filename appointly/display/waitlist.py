"""A place in line in words, for whoever waits and for the provider."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import (
    clock_time,
    count,
    day,
    duration,
    long_day,
    moment,
    moment_within,
    money,
    time_within,
    zone_name,
)
from appointly.display.holds import Kept
from appointly.display.holds import kept as counted
from appointly.queries.waitlist import Place


@dataclass(frozen=True)
class PlaceView:
    """A place in line, ready to read. Times are the provider's local ones; `zone` is their IANA name.

    `offered` is the time that is kept, empty where none is; `missed` the one that no longer is.
    """

    id: str = ""
    href: str = ""
    status: str = ""
    service: str = ""
    service_href: str = ""
    provider: str = ""
    provider_href: str = ""
    facts: str = ""
    days: list[str] = field(default_factory=list)
    dates: str = ""
    ahead: str = ""
    customer: str = ""
    email: str = ""
    phone: str = ""
    since: str = ""
    offered: str = ""
    offered_day: str = ""
    offered_at: str = ""
    until: str = ""
    kept: Kept = field(default_factory=Kept)
    missed: str = ""
    by_request: bool = False
    booking_href: str = ""
    zone: str = ""
    zone_name: str = ""


def place_view(place: Place, at: datetime) -> PlaceView:
    """The place ready to show."""
    zone = place.time_zone
    today = at.astimezone(ZoneInfo(zone)).date()
    kept = place.hold_id is not None and place.expires_at is not None and place.expires_at > at
    start, until = place.start, place.expires_at
    missed = ""
    if start and not kept and place.status == "waiting" and start > at:
        passed = "You have passed on" if place.offer_status == "passed" else "It is too late for"
        missed = f"{passed} {moment_within(start, zone, at)}."
    offered = start.astimezone(ZoneInfo(zone)) if start and kept else None
    return PlaceView(
        id=str(place.id),
        href=routes.waitlist(place.id),
        status=place.status if kept or place.status != "offered" else "waiting",
        service=place.service_title,
        service_href=routes.service(place.service_slug),
        provider=place.provider_name,
        provider_href=routes.provider(place.provider_slug),
        facts=f"{duration(place.duration_minutes)} · {money(place.price_amount, place.currency)}",
        days=[long_day(each) for each in place.dates],
        dates=", ".join(day(each, today) for each in place.dates),
        ahead=f"{count(place.ahead, 'person waits', 'people wait')} longer than you" if place.ahead else "",
        customer=place.customer_name,
        email=place.customer_email,
        phone=place.customer_phone,
        since=moment_within(place.created_at, zone, at),
        offered=moment(start, zone, at) if start and kept else "",
        offered_day=f"{long_day(offered.date())} {offered.year}" if offered else "",
        offered_at=_span(start, place.duration_minutes, zone) if start and kept else "",
        until=time_within(until, zone, at) if until and kept else "",
        kept=counted(until, at) if kept else Kept(),
        missed=missed,
        by_request=place.approval == "manual",
        booking_href=routes.booking(place.reference) if place.reference else "",
        zone=zone,
        zone_name=zone_name(zone),
    )


def _span(start: datetime, minutes: int, zone: str) -> str:
    return f"{clock_time(start, zone)} – {clock_time(start + timedelta(minutes=minutes), zone)}"
