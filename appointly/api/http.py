"""The HTTP application: every router, and one shape for every refusal."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from appointly.api import (
    absences,
    account_forms,
    accounts,
    booking_ends,
    bookings,
    calendar,
    check_in,
    docs,
    feeds,
    flags,
    forms,
    google,
    google_calendar,
    health,
    holds,
    hours,
    mailed_links,
    own_calendars,
    own_data,
    own_services,
    pictures,
    problems,
    provider,
    queue,
    reschedules,
    reviews,
    services,
    waitlist,
    why_not,
)
from appointly.api.examples import with_examples
from appointly.api.shapes import refusals
from appointly.sandbox import google_calendar as google_stand_in
from appointly.sandbox import google_pages, mailbox
from appointly.visitor import SESSION_COOKIE

PREFIX = "/api/v1"
INTRODUCTION = """Find a service, see its free times, book one of them. Refusals carry a stable `code`.

Times are RFC 3339 with an offset, dates local at the provider, money in minor units of its currency. Lists take `limit`
and `cursor` and answer `next_cursor`, null at the end.

A request whose answer was lost can be sent again. Where a second time would be a second effect, an `Idempotency-Key`
makes it one and gives the first answer again: bookings, walk-ins, new services, blocked times, pictures. What is done
with a booking, a wish, the line or a place on the waiting list happens once by itself, or is refused with a 409 that
says so.

Sign in with `POST /auth/login` and send `Authorization: Bearer …`, or make a token in your settings. Guests are known
by a cookie that `POST /bookings`, `/holds` and `/waitlist` set: keep it to look at them again."""
TAGS = [
    {"name": "Services", "description": "Find a service and its free times."},
    {"name": "Bookings", "description": "Book, look, answer, cancel."},
    {"name": "Waiting list", "description": "Wait for a full day, and take what becomes free."},
    {"name": "Your business", "description": "For providers: what your business tells about itself."},
    {"name": "Queue", "description": "The day's line at a provider: tokens, estimates, walk-ins, a late day."},
    {"name": "Reports", "description": "For admins: no-shows that are disputed, reviews that were reported."},
    {"name": "Sign-in", "description": "By cookie, or by `Authorization: Bearer` with the access token."},
    {"name": "Health", "description": "For whoever runs the servers."},
]
# Below the prefix, in the order of the document; and what people's browsers and the outside call without it.
REST = (
    accounts.router,
    feeds.router,
    services.router,
    bookings.router,
    booking_ends.router,
    holds.router,
    reschedules.router,
    reviews.router,
    waitlist.router,
    why_not.router,
    provider.router,
    hours.router,
    absences.router,
    own_calendars.router,
    own_services.router,
    pictures.router,
    queue.public,
    queue.own,
    check_in.bookings,
    flags.router,
    check_in.own,
    docs.router,
)
BESIDE = (
    health.router,
    forms.router,
    account_forms.router,
    mailed_links.router,
    google.router,
    google_calendar.router,
    own_data.router,
    calendar.router,
    feeds.files,
    pictures.media,
    mailbox.router,
    google_stand_in.oauth,
    google_pages.router,
    google_stand_in.router,
)


@cache
def document(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: what FastAPI finds, with the shape of every refusal."""
    found = get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes, tags=TAGS)
    schemas = found["components"]["schemas"]
    schemas["Problem"] = problems.Problem.model_json_schema()
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    found["components"]["securitySchemes"] = {
        "cookie": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    with_examples(found)
    for path in found["paths"].values():
        for method, operation in path.items():
            operation["summary"] = summary(operation["description"])
            operation["security"] = [{}, {"cookie": []}, {"bearer": []}]
            everywhere = refusals(401, 429, 503) if method == "get" else refusals(400, 401, 403, 413, 422, 429, 503)
            operation["responses"] |= {str(status): answer for status, answer in everywhere.items()}
    return found


def summary(description: str) -> str:
    """The first sentence of a description, in one line."""
    return " ".join(description.split("\n\n")[0].split()).split(". ")[0].rstrip(".")


def create() -> FastAPI:
    """The application; everything in it is made once a process."""
    api = FastAPI(
        title="Appointly",
        version="1",
        description=INTRODUCTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(api)
    api.openapi = lambda: document(api)  # type: ignore[method-assign]
    for router in REST:
        api.include_router(router, prefix=PREFIX)
    for router in BESIDE:
        api.include_router(router)
    return api


api = create()
