"""What the queries found, as the pages show it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display import formatting
from appointly.display.services import QuickTime, ServiceCard
from appointly.queries.search import Found
from appointly.queries.storefront import NextTime, Offer

NOTHING_FREE = "No free times in the coming weeks"


def card_of(offer: Offer, times: Sequence[NextTime], now: datetime) -> ServiceCard:
    """A service among others, with its next free times in the provider's zone."""
    return ServiceCard(
        slug=offer.slug,
        href=routes.service(offer.slug),
        title=offer.title,
        provider=offer.provider,
        city=offer.city,
        picture=routes.small(offer.picture),
        rating=formatting.rating(offer.rating),
        reviews=f"({offer.reviews})",
        price=formatting.money(offer.price_amount, offer.currency),
        duration=formatting.duration(offer.duration_minutes),
        when="" if times else NOTHING_FREE,
        times=[quick_time(time, offer, now) for time in times],
        zone=offer.time_zone if times else "",
        zone_name=formatting.zone_name(offer.time_zone),
    )


def photo_of(picture: str) -> str:
    """A provider's own photo, small; nothing in place of one, not even a scene."""
    return routes.small(picture) if picture.startswith("/media/") else ""


def quick_time(time: NextTime, offer: Offer, now: datetime) -> QuickTime:
    """A free time as the button that leads into the wizard."""
    zone = ZoneInfo(offer.time_zone)
    return QuickTime(
        formatting.short_day(time.start.astimezone(zone).date(), now.astimezone(zone).date()),
        formatting.clock_time(time.start, offer.time_zone),
        formatting.moment(time.start, offer.time_zone, now),
        routes.book(offer.slug, str(time.slot_id)),
    )


def card_of_found(found: Found, now: datetime) -> ServiceCard:
    """A service that a search has found."""
    times = [NextTime(found.id, time.id, time.start) for time in found.next_slots]
    away = "" if found.distance_km is None else formatting.distance(found.distance_km)
    return replace(card_of(found, times, now), distance=away)
