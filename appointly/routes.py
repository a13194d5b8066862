"""Link builders: the one place that knows what a page's address looks like."""

from urllib.parse import urlencode

GOOGLE_CALLBACK = "/session/google/callback"


def service(slug: str) -> str:
    """The public page of a service."""
    return f"/services/{slug}"


def book(slug: str, slot_id: str = "") -> str:
    """The booking wizard of a service, with a time already chosen where `slot_id` is given."""
    return f"/book/{slug}?{urlencode({'slot': slot_id})}" if slot_id else f"/book/{slug}"


def booking(reference: str) -> str:
    """The page of one booking."""
    return f"/booking/{reference}"


def booking_calendar(reference: str) -> str:
    """One booking as a file for a calendar."""
    return f"/calendar/booking/{reference}.ics"


def open_booking(reference: str, key: str) -> str:
    """The link in the mail: opens one booking for this browser, then leads to its page."""
    return f"/session/booking/{reference}?{urlencode({'key': key})}"


def provider(slug: str) -> str:
    """The public profile of a provider."""
    return f"/providers/{slug}"


def search(**filters: str) -> str:
    """The search page with these filters set."""
    chosen = {name: value for name, value in filters.items() if value}
    return f"/services?{urlencode(chosen)}" if chosen else "/services"


def map_of(place: str) -> str:
    """A map of a place, by a postal address."""
    return f"https://www.openstreetmap.org/search?{urlencode({'query': place})}"


def safe_path(address: str, default: str = "/") -> str:
    """`address` if it is a path on this very site, else `default`: a link never leads people away after sign-in."""
    plain = address.isascii() and address.isprintable() and "\\" not in address and len(address) <= 500
    inside = address.startswith("/") and not address.startswith(("//", "/session/", "/api/"))
    return address if plain and inside else default
