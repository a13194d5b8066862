"""Every route says who may call it, and the list of those who may is written down here."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from appointly.api.guard import GuardedRoute
from appointly.api.http import api
from tests.people import person

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "GET /api/v1/docs",
    "GET /api/v1/services",
    "GET /api/v1/services/{service}",
    "GET /api/v1/services/{service_id}/availability",
    "GET /api/v1/services/{service}/reviews",
    "POST /api/v1/bookings/{booking_id}/review",  # these three ask for the booking's customer
    "PATCH /api/v1/bookings/{booking_id}/review",
    "DELETE /api/v1/bookings/{booking_id}/review",
    "GET /api/v1/providers/{slug}/queue",
    "POST /api/v1/bookings/{booking_id}/check-in",
    "GET /api/v1/bookings/{booking_id}",  # the guest's cookie is the right, and the query asks for it
    "GET /calendar/booking/{reference}.ics",
    "GET /calendar/{token}.ics",  # the address is the right
    "HEAD /calendar/{token}.ics",
    "GET /media/{picture_id}/{size}.webp",
    "HEAD /media/{picture_id}/{size}.webp",
    "GET /api/v1/bookings/{booking_id}/cancellation",  # so are these two, as the one below that cancels
    "POST /api/v1/bookings/{booking_id}/dispute",
    "POST /api/v1/bookings",
    "POST /api/v1/bookings/cancel",
    "POST /api/v1/holds",
    "GET /api/v1/holds",  # as is the next one
    "DELETE /api/v1/holds/{hold_id}",  # the browser's cookie is the right, and the query asks for it
    "POST /api/v1/bookings/{booking_id}/cancel",
    "POST /api/v1/bookings/{booking_id}/reschedule",
    "DELETE /api/v1/reschedules/{request_id}",
    "POST /api/v1/waitlist",
    "GET /api/v1/waitlist/{entry_id}",  # the guest's cookie is the right for these
    "DELETE /api/v1/waitlist/{entry_id}",
    "POST /api/v1/waitlist/{entry_id}/accept",
    "POST /api/v1/waitlist/{entry_id}/pass",
    "POST /api/v1/auth/signup",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/otp",  # who waits for a code is nobody yet
    "POST /api/v1/auth/refresh",  # the token is the right
    "POST /session/login",
    "POST /session/otp",
    "POST /session/otp/resend",
    "POST /session/signup",
    "POST /session/logout",
    "POST /session/demo",
    "POST /session/become-provider",  # leads guests to the sign-in
    "POST /session/end-all",
    "POST /session/password",  # these two lead guests to the sign-in
    "POST /session/email",
    "GET /session/link/{link_id}",  # the key is the right, for this and the forms behind it
    "POST /session/confirm",
    "POST /session/reset-password",
    "POST /session/new-password",
    "GET /session/booking/{reference}",
    "GET /session/waitlist/{entry_id}",
    "GET /session/google",
    "GET /session/google/callback",
    "POST /session/google/link",
    "GET /session/google-calendar/start",  # these two lead guests to the sign-in
    "GET /session/google-calendar/callback",
    "POST /session/delete-account",
}
DEMO_ONLY = ("/sandbox/", "/dev/")


def routes() -> Iterator[tuple[str, APIRoute]]:
    """Every route of the API, with method and full path."""
    for included in api.routes:
        router = getattr(included, "original_router", None)
        for route in router.routes if router else []:
            for method in route.methods:
                yield f"{method} {included.include_context.prefix}{route.path}", route


ROUTES = dict(routes())


def test_every_route_is_guarded() -> None:
    assert len(ROUTES) > 15
    unguarded = [name for name, route in ROUTES.items() if not isinstance(route, GuardedRoute)]
    assert all(name.partition(" ")[2].startswith(DEMO_ONLY) for name in unguarded), unguarded


def test_what_is_public_is_meant_to_be() -> None:
    public = {name for name, route in ROUTES.items() if getattr(route.endpoint, "__access__", "") == "public"}
    assert public <= PUBLIC


def test_a_route_that_does_not_say_cannot_be_made() -> None:
    router = APIRouter(route_class=GuardedRoute)
    with pytest.raises(TypeError, match="does not say who may call it"):
        router.get("/open")(lambda: {})


CLOSED = sorted(name for name, route in ROUTES.items() if getattr(route.endpoint, "__access__", "public") != "public")


@pytest.mark.parametrize("name", CLOSED)
async def test_closed_routes_ask_who_it_is(http: httpx.AsyncClient, name: str) -> None:
    method, _, path = name.partition(" ")
    answer = await http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_routes_of_a_role_refuse_the_others(http: httpx.AsyncClient) -> None:
    ada = await person()
    for name in CLOSED:
        if ROUTES[name].endpoint.__access__ in ("provider", "admin"):  # type: ignore[attr-defined]
            method, _, path = name.partition(" ")
            answer = await http.request(method, path, headers=ada.headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
