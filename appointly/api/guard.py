"""The one door of the HTTP API: a route that does not say who may call it cannot even be made.

`@access(level)` stands above each endpoint. Before the endpoint runs, and before its input is read, the visitor is
looked up and compared with it.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message

from appointly.api.problems import expected
from appointly.clock import now
from appointly.database import reading
from appointly.domain.rights import SCOPES
from appointly.errors import AppointlyError, CrossSite, Forbidden, NotSignedIn, ScopeMissing
from appointly.origin import origin_of, set_current_origin
from appointly.settings import settings
from appointly.visitor import Visitor, set_current_visitor, visitor_of

LEVELS = ("public", "signed_in", "customer", "provider", "admin")
SAFE = {"GET", "HEAD", "OPTIONS"}
LARGEST_BODY = 64 * 1024
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def access(level: str, scope: str = "", largest: int = LARGEST_BODY) -> Callable[[Endpoint], Endpoint]:
    """Declare who may call an endpoint, which scope a personal token needs for it (without one, none may), and how
    many bytes its body may have."""
    if level not in LEVELS or (scope and scope not in SCOPES):
        raise ValueError(level, scope)

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.__access__ = level  # type: ignore[attr-defined]
        endpoint.__scope__ = scope  # type: ignore[attr-defined]
        endpoint.__largest__ = largest  # type: ignore[attr-defined]
        return endpoint

    return declare


class GuardedRoute(APIRoute):
    """A route of ours; the router's `route_class`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint behind the guard. Raises at start-up for an endpoint that declares no access."""
        level: str | None = getattr(self.endpoint, "__access__", None)
        if level is None:
            raise TypeError(f"{self.path} does not say who may call it")
        scope: str = getattr(self.endpoint, "__scope__", "")
        largest: int = getattr(self.endpoint, "__largest__", LARGEST_BODY)
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                set_current_origin(origin_of(request.scope))
                require_small(request, largest)
                set_current_visitor(await admit(request, level, scope))
                return await answer(request)
            except (AppointlyError, HTTPException, RequestValidationError):
                raise
            except Exception as error:
                raise expected(error) from error

        return guarded


async def admit(request: Request, level: str, scope: str = "") -> Visitor:
    """The visitor, if they may. Raises `NotSignedIn`, `Forbidden`, `ScopeMissing`, `CrossSite`."""
    cookie, authorization = request.headers.get("cookie", ""), request.headers.get("authorization")
    bearer = None
    if authorization is not None:
        scheme, _, bearer = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn
    elif cookie and request.method not in SAFE:
        require_same_site(request)
    if not cookie and bearer is None:
        found = Visitor()
    else:
        async with reading() as session:
            found = await visitor_of(session, cookie, now(), bearer)
    if found.actor.user_id is None and (bearer is not None or level != "public"):
        raise NotSignedIn
    if found.scopes is not None and scope not in found.scopes:
        if level != "public" or scope or request.method not in SAFE:
            raise ScopeMissing
        found = Visitor()  # what anybody may read, a token reads as anybody and not as its owner
    if level not in ("public", "signed_in", found.actor.kind):
        raise Forbidden
    return found


def require_same_site(request: Request) -> None:
    """Refuse what another site's page makes a browser send with our cookies. Raises `CrossSite`."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite
    if origin is not None and urlsplit(origin).netloc not in (
        request.headers.get("host", ""),
        urlsplit(settings().base_url).netloc,
    ):
        raise CrossSite


def require_small(request: Request, largest: int = LARGEST_BODY) -> None:
    """Refuse a body of more than `largest` bytes, by what it says of itself or else while it is read."""
    if request.method in SAFE:
        return
    length = request.headers.get("content-length")
    if length is None:
        request._receive = _limited(request._receive, largest)
    elif not length.isdecimal() or int(length) > largest:
        raise HTTPException(413)


def _limited(receive: Callable[[], Awaitable[Message]], largest: int) -> Callable[[], Awaitable[Message]]:
    left = largest

    async def limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return limited
