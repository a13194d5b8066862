"""Link builders: the one place that knows what a page's address looks like."""

from urllib.parse import unquote, urlencode
from uuid import UUID

LONGEST_PATH = 500
NO_PAGES = ("/session/", "/api/")

GOOGLE_CALLBACK = "/session/google/callback"
GOOGLE_CALENDAR_START = "/session/google-calendar/start"
GOOGLE_CALENDAR_CALLBACK = "/session/google-calendar/callback"
GOOGLE_CALENDAR = "/dashboard/calendars/google"


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


def booking_panel(reference: str) -> str:
    """One booking beside the provider's list."""
    return f"/dashboard/bookings?booking={reference}"


def feed(token: str) -> str:
    """A private calendar; whoever has the address reads it."""
    return f"/calendar/{token}.ics"


def open_booking(reference: str, key: str) -> str:
    """The link in the mail: opens one booking for this browser, then leads to its page."""
    return f"/session/booking/{reference}?{urlencode({'key': key})}"


def waitlist(entry_id: UUID | str) -> str:
    """The page of one place in line."""
    return f"/waitlist/{entry_id}"


def class_list(slot_id: UUID) -> str:
    """Who comes to a class, for its provider."""
    return f"/dashboard/class/{slot_id}"


def wait_for(slug: str, day: str = "") -> str:
    """Where one gets in line for full days of a service; `day` (YYYY-MM-DD) is chosen already."""
    return with_query(f"/services/{slug}/waitlist", date=day)


def open_waitlist(entry_id: UUID, key: str) -> str:
    """The link in the mail: opens one place in line for this browser, then leads to its page."""
    return f"/session/waitlist/{entry_id}?{urlencode({'key': key})}"


def sign_in_code(code_id: UUID, **query: str) -> str:
    """Where the mailed code is typed."""
    return with_query(f"/auth/{code_id}", **query)


def login(role: str, **query: str) -> str:
    """The door of this kind of account."""
    return with_query("/login-provider" if role == "provider" else "/login", **query)


def small(picture: str) -> str:
    """The small size of a picture, by its address; a drawing has one size."""
    return picture.replace("/large.webp", "/small.webp")


def with_query(path: str, **query: str) -> str:
    """`path` with what is not empty of the query."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given, errors='replace')}" if given else path


def mailed_link(link_id: UUID, key: str) -> str:
    """The link in a mail about an account: its key goes into a cookie, then it leads to the page that it is for."""
    return f"/session/link/{link_id}?{urlencode({'key': key})}"


def provider(slug: str) -> str:
    """The public profile of a provider."""
    return f"/providers/{slug}"


def queue(slug: str) -> str:
    """The public page of a provider's line of today."""
    return f"/queue/{slug}"


def mark(code: str) -> str:
    """Where a scanned code leads: the check-in."""
    return with_query("/mark", id=code)


def picture(picture_id: UUID, size: str = "large") -> str:
    """The file of an uploaded picture, `large` or `small`."""
    return f"/media/{picture_id}/{size}.webp"


def search(**filters: str) -> str:
    """The search page with these filters set."""
    return with_query("/services", **filters)


def map_of(place: str) -> str:
    """A map of a place, by a postal address."""
    return f"https://www.openstreetmap.org/search?{urlencode({'query': place})}"


def safe_path(address: str, default: str = "/") -> str:
    """`address` if it is a path on this very site, else `default`: a link never leads people away after sign-in.

    The path must stay one however often somebody on the way decodes it; what follows the ? cannot lead elsewhere.
    """
    if not address.isascii() or not address.isprintable() or "\\" in address or len(address) > LONGEST_PATH:
        return default
    path = address.partition("?")[0].partition("#")[0]
    while (decoded := unquote(path)) != path:
        path = decoded
    plain = path.isprintable() and "\\" not in path and not {"", ".", ".."} & set(path.split("/")[1:-1])
    inside = path.startswith("/") and not path.startswith(("//", *NO_PAGES))
    return address if plain and inside else default
