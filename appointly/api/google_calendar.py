"""`/session/google-calendar…`: ask a provider's permission to see their calendars at Google.

As with the sign-in (`api/google.py`), what belongs to one attempt is kept by the browser that began it, in a sealed
cookie; an answer counts in that browser alone, once, and for the person who asked.
"""

import asyncio
import hmac
import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from appointly import google_choice, limits
from appointly.api.forms import back
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget, keep
from appointly.clock import now
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import (
    AppointlyError,
    GatewayFailed,
    GoogleCalendarCancelled,
    GoogleCalendarClosed,
    GoogleCalendarSilent,
    GoogleCalendarStale,
    NotFound,
    NotSignedIn,
)
from appointly.gateways.google_calendar import READ, WRITE, Tokens, google_calendar
from appointly.google_choice import Choice, Offered
from appointly.routes import GOOGLE_CALENDAR as PAGE
from appointly.routes import login
from appointly.sealed import GOOGLE_CALENDAR, LIFE, seal, unseal
from appointly.settings import settings
from appointly.visitor import current_actor, current_visitor

router = APIRouter(prefix="/session/google-calendar", include_in_schema=False, route_class=GuardedRoute)
LONGEST_CODE = 2000
PATIENCE_SECONDS = 12.0


def _provider() -> Actor:
    """The provider who is signed in. Raises `NotSignedIn` and `Forbidden`."""
    actor = current_actor()
    require(actor, "calendar.edit", Whose(provider_id=actor.provider_id))
    return actor


@router.get("/start")
@access("public")
async def begin(request: Request) -> Response:
    """Off to Google; with `write=1` bookings are to be put there too."""
    try:
        actor = _provider()
        if not settings().google_calendars:
            raise NotFound
        await limits.take("google")
    except NotSignedIn:
        return RedirectResponse(login("provider", next=PAGE), 303)
    except AppointlyError as error:
        return back(PAGE, error, {})
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    write = request.query_params.get("write") == "1"
    response = RedirectResponse(google_calendar().consent_address(state, verifier, write=write), 303)
    begun = {"state": state, "verifier": verifier, "user_id": str(actor.user_id)}
    keep(response, GOOGLE_CALENDAR, seal(GOOGLE_CALENDAR, begun, now()), LIFE)
    return response


@router.get("/callback")
@access("public")
async def callback(request: Request) -> Response:
    """Back from Google, with a permission or a reason. The page then asks which calendars are meant."""
    begun = unseal(GOOGLE_CALENDAR, current_visitor().cookies.get(GOOGLE_CALENDAR, ""), now()) or {}
    try:
        choice = await _permitted(request, begun)
        response: Response = RedirectResponse(PAGE, 303)
        key = await google_choice.keep_choice(choice)
        keep(response, google_choice.COOKIE, key, LIFE)
    except NotSignedIn:
        response = RedirectResponse(login("provider", next=PAGE), 303)
    except AppointlyError as error:
        response = back(PAGE, error, {})
    forget(response, GOOGLE_CALENDAR)
    return response


async def _permitted(request: Request, begun: dict[str, Any]) -> Choice:
    query, actor = request.query_params, _provider()
    if not begun or not hmac.compare_digest(begun["state"].encode(), query.get("state", "").encode()):
        raise GoogleCalendarStale
    if begun["user_id"] != str(actor.user_id):
        raise GoogleCalendarStale
    code = query.get("code", "")
    if query.get("error") or not 0 < len(code) <= LONGEST_CODE:
        raise GoogleCalendarCancelled
    await limits.take("google")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            tokens = await google_calendar().exchange(code, begun["verifier"])
            return await _choice(actor, tokens)
    except GoogleCalendarClosed:
        raise GoogleCalendarStale from None
    except (TimeoutError, GatewayFailed):
        raise GoogleCalendarSilent from None


async def _choice(actor: Actor, tokens: Tokens) -> Choice:
    """What may be chosen from. People may grant less than was asked for."""
    granted = tokens.scope.split()
    if READ not in granted or not tokens.refresh_token:
        raise GoogleCalendarCancelled
    listed = await google_calendar().calendars(tokens.access_token)
    if not listed:
        raise GoogleCalendarCancelled
    account = next((each.id for each in listed if each.primary), listed[0].id)
    offered = [Offered(each.id, each.summary or each.id, each.primary, each.writable) for each in listed]
    return Choice(str(actor.user_id), account, tokens.refresh_token, tokens.scope, WRITE in granted, offered)
