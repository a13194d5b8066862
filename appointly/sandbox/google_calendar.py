"""A stand-in for Google's calendars: sign-in for permission, tokens, and as much of Calendar API v3 as we use.

It speaks Google's HTTP, refuses what Google would refuse in Google's words, and takes nothing that we do not mean to
send, so that a typing error is seen.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from appointly.sandbox import google_store as store
from appointly.sandbox.google_store import Json
from appointly.sandbox.mailbox import demo_only
from appointly.settings import settings

BASE = "/dev/google"
READ = "https://www.googleapis.com/auth/calendar.readonly"
WRITE = "https://www.googleapis.com/auth/calendar.events"
EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
EVENT_FIELDS = {
    *("id", "summary", "description", "location", "start", "end", "status", "transparency", "extendedProperties"),
    *("source", "attendees", "iCalUID", "eventType", "reminders", "visibility"),
}
LIST_PARAMETERS = {
    *("maxResults", "pageToken", "syncToken", "singleEvents", "showDeleted", "timeMin", "timeMax", "fields"),
}
MOST_RESULTS = 2500

router = APIRouter(prefix=f"{BASE}/calendar/v3", dependencies=[Depends(demo_only)], include_in_schema=False)
oauth = APIRouter(prefix=BASE, dependencies=[Depends(demo_only)], include_in_schema=False)


class Refused(Exception):
    """A refusal as Google words it."""

    def __init__(self, status: int, reason: str, message: str, domain: str = "global") -> None:
        self.status, self.reason, self.message, self.domain = status, reason, message, domain

    @property
    def answer(self) -> JSONResponse:
        """The answer itself."""
        errors = [{"domain": self.domain, "reason": self.reason, "message": self.message}]
        return JSONResponse({"error": {"errors": errors, "code": self.status, "message": self.message}}, self.status)


Endpoint = Callable[..., Awaitable[Response]]


@oauth.post("/token")
async def token(request: Request) -> Response:
    """Trade a code or a refresh token for an access token (RFC 6749, with PKCE)."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    await store.log(f"POST /token {form.get('grant_type', '')}")
    if ordered := await store.fault("POST", "/token", after=False):
        return JSONResponse({"error": ordered["reason"]}, ordered["status"])
    if (form.get("client_id"), form.get("client_secret")) != settings().google_client:
        return JSONResponse({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
    known = {
        "authorization_code": {"grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier"},
        "refresh_token": {"grant_type", "client_id", "client_secret", "refresh_token"},
    }.get(form.get("grant_type", ""))
    if known is None or set(form) != known:
        return JSONResponse({"error": "invalid_request"}, 400)
    refresh = form.get("refresh_token", "")
    if refresh:
        grant = await store.read("refresh", refresh)
    else:
        grant = await store.take("code", form["code"])
        proof = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if grant and (grant.pop("challenge"), grant.pop("redirect_uri")) != (proof, form["redirect_uri"]):
            grant = None
    if grant is None:
        return JSONResponse({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
    access = await store.give("access", grant, store.ACCESS_SECONDS)
    answer = {
        "access_token": access,
        "expires_in": store.ACCESS_SECONDS,
        "scope": grant["scope"],
        "token_type": "Bearer",
    }
    if not refresh:
        answer["refresh_token"] = await store.give("refresh", grant)
    elif await store.fault("POST", "rotate", after=False):
        await store.take("refresh", refresh)
        answer["refresh_token"] = await store.give("refresh", grant)
    return JSONResponse(answer)


def googles(endpoint: Endpoint) -> Endpoint:
    """An endpoint of the API: its refusals in Google's shape, and the trouble that tests order."""

    async def answered(request: Request) -> Response:
        path = request.url.path.removeprefix(router.prefix)
        await store.log(f"{request.method} {path}")
        try:
            if ordered := await store.fault(request.method, path, after=False):
                raise Refused(ordered["status"], ordered["reason"], "As ordered.", "usageLimits")
            answer = await endpoint(request)
            if ordered := await store.fault(request.method, path, after=True):
                raise Refused(ordered["status"], ordered["reason"], "As ordered.")
            return answer
        except Refused as refusal:
            return refusal.answer

    return answered


async def account_of(request: Request, scope: str) -> str:
    """Whose permission the request carries."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    grant = await store.read("access", bearer) if bearer else None
    if grant is None:
        raise Refused(401, "authError", "Invalid Credentials")
    if scope not in grant["scope"].split():
        raise Refused(403, "insufficientPermissions", "Insufficient Permission")
    return str(grant["account"])


async def calendar_of(account: str, request: Request, *, write: bool = False) -> Json:
    """The calendar of the path, if the account may do this there."""
    wanted = request.path_params["calendar"]
    found = (await store.calendars(account)).get(account if wanted == "primary" else wanted)
    if found is None:
        raise Refused(404, "notFound", "Not Found")
    if write and found["accessRole"] not in ("owner", "writer"):
        raise Refused(403, "requiredAccessLevel", "You need to have writer access to this calendar.", "calendar")
    return found


def parameters(request: Request, known: set[str]) -> dict[str, str]:
    """The query, if all of it is known."""
    query = dict(request.query_params)
    if unknown := set(query) - known:
        raise Refused(400, "invalidParameter", f"Unknown parameter: {sorted(unknown)[0]}")
    return query


@googles
async def calendar_list(request: Request) -> Response:
    """`calendarList.list`."""
    parameters(request, {"maxResults", "fields", "minAccessRole"})
    account = await account_of(request, READ)
    return JSONResponse({"kind": "calendar#calendarList", "items": list((await store.calendars(account)).values())})


@googles
async def list_events(request: Request) -> Response:
    """`events.list`: everything in a span, or what has changed since a token; by pages."""
    query = parameters(request, LIST_PARAMETERS)
    account = await account_of(request, READ)
    calendar = await calendar_of(account, request)
    since = -1
    if "syncToken" in query:
        if {"timeMin", "timeMax"} & set(query):
            sentence = "Sync token cannot be used with other request restrictions."
            raise Refused(400, "syncTokenWithRequestRestrictions", sentence, "calendar")
        since = await _since(query, account, calendar)
    page = _unsealed(query["pageToken"]) if "pageToken" in query else {}
    if page is None:
        raise Refused(400, "invalid", "Invalid page token value.")
    size = min(int(query.get("maxResults", "250")), MOST_RESULTS)
    number = page.get("n", await store.changes(account, calendar["id"]))
    zone = calendar["timeZone"]
    fitting = [
        event
        for event in await store.events(account, calendar["id"])
        if event["change"] > since
        and (since >= 0 or event["status"] != "cancelled" or query.get("showDeleted") == "true")
        and _within(event, query, zone)
        and str(event["id"]) > page.get("after", "")
    ]
    answer: Json = {"kind": "calendar#events", "timeZone": zone, "items": [_shown(event) for event in fitting[:size]]}
    if len(fitting) > size:
        answer["nextPageToken"] = _sealed({"n": number, "after": fitting[size - 1]["id"]})
    else:
        answer["nextSyncToken"] = _sealed({"n": number, "single": query.get("singleEvents", "false")})
    return JSONResponse(answer)


async def _since(query: dict[str, str], account: str, calendar: Json) -> int:
    known = _unsealed(query["syncToken"])
    expired = await store.fault("GET", "sync-token", after=False)
    if expired or known is None or "single" not in known or known["n"] > await store.changes(account, calendar["id"]):
        sentence = "Sync token is no longer valid, a full sync is required."
        raise Refused(410, "fullSyncRequired", sentence, "calendar")
    if known["single"] != query.get("singleEvents", "false"):
        raise Refused(400, "invalid", "The parameters differ from those the token was made with.")
    return int(known["n"])


@googles
async def insert_event(request: Request) -> Response:
    """`events.insert`, with an id of the caller's."""
    parameters(request, {"sendUpdates"})
    account = await account_of(request, WRITE)
    calendar = await calendar_of(account, request, write=True)
    body = await _body(request, calendar)
    event_id = body.get("id", "")
    if not EVENT_ID.fullmatch(event_id):
        raise Refused(400, "invalid", "Invalid resource id value.")
    kept = await store.keep(account, calendar["id"], event_id, {"status": "confirmed", **body}, new=True)
    if kept is None:
        raise Refused(409, "duplicate", "The requested identifier already exists.")
    return JSONResponse(_shown(kept))


@googles
async def change_event(request: Request) -> Response:
    """`events.update` (PUT: all of it anew) and `events.patch`; an event that was deleted comes back."""
    parameters(request, {"sendUpdates"})
    account = await account_of(request, WRITE)
    calendar = await calendar_of(account, request, write=True)
    event_id = request.path_params["event"]
    before = await store.event(account, calendar["id"], event_id)
    if before is None:
        raise Refused(404, "notFound", "Not Found")
    whole = request.method == "PUT"
    body = await _body(request, calendar, whole=whole)
    kept = await store.keep(account, calendar["id"], event_id, ({"status": "confirmed"} if whole else before) | body)
    return JSONResponse(_shown(kept or {}))


@googles
async def get_event(request: Request) -> Response:
    """`events.get`."""
    parameters(request, {"fields"})
    account = await account_of(request, READ)
    calendar = await calendar_of(account, request)
    found = await store.event(account, calendar["id"], request.path_params["event"])
    if found is None:
        raise Refused(404, "notFound", "Not Found")
    return JSONResponse(_shown(found))


@googles
async def delete_event(request: Request) -> Response:
    """`events.delete`."""
    parameters(request, {"sendUpdates"})
    account = await account_of(request, WRITE)
    calendar = await calendar_of(account, request, write=True)
    found = await store.event(account, calendar["id"], request.path_params["event"])
    if found is None:
        raise Refused(404, "notFound", "Not Found")
    if found["status"] == "cancelled":
        raise Refused(410, "deleted", "Resource has been deleted")
    await store.keep(account, calendar["id"], str(found["id"]), found | {"status": "cancelled"})
    return Response(status_code=204)


async def _body(request: Request, calendar: Json, *, whole: bool = True) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400, "parseError", "Parse Error") from None
    if not isinstance(body, dict) or (unknown := set(body) - EVENT_FIELDS):
        raise Refused(
            400, "invalid", f"Unknown name: {sorted(unknown)[0]}" if isinstance(body, dict) else "Parse Error"
        )
    if whole:
        for part in ("start", "end"):
            if part not in body:
                raise Refused(400, "required", f"Missing {part} time.")
        try:
            begins, ends = (moment(body[part], calendar["timeZone"]) for part in ("start", "end"))
        except (KeyError, TypeError, ValueError):
            raise Refused(400, "invalid", "Invalid start or end time.") from None
        if ends <= begins:
            raise Refused(400, "timeRangeEmpty", "The specified time range is empty.", "calendar")
    return body


def moment(when: Json, zone: str) -> datetime:
    """The instant of a start or end: a date is midnight in the calendar's zone."""
    if "date" in when:
        return datetime.fromisoformat(when["date"]).replace(tzinfo=ZoneInfo(zone))
    found = datetime.fromisoformat(when["dateTime"])
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(when["timeZone"]))
    return found


def _within(event: Json, query: dict[str, str], zone: str) -> bool:
    first, last = query.get("timeMin"), query.get("timeMax")
    after = first is None or moment(event["end"], zone) > datetime.fromisoformat(first)
    return after and (last is None or moment(event["start"], zone) < datetime.fromisoformat(last))


def _shown(event: Json) -> Json:
    """An event as it is answered; of one that was deleted little is told."""
    if event["status"] == "cancelled":
        return {name: event[name] for name in ("id", "status", "kind")}
    return {"iCalUID": f"{event['id']}@google.com", **{name: it for name, it in event.items() if name != "change"}}


def _sealed(facts: Json) -> str:
    return urlsafe_b64encode(json.dumps(facts).encode()).decode()


def _unsealed(token: str) -> Any:
    try:
        return json.loads(urlsafe_b64decode(token))
    except (Error, ValueError):
        return None


EVENTS = "/calendars/{calendar}/events"
router.add_api_route("/users/me/calendarList", calendar_list, methods=["GET"])
router.add_api_route(EVENTS, list_events, methods=["GET"])
router.add_api_route(EVENTS, insert_event, methods=["POST"])
router.add_api_route(EVENTS + "/{event}", get_event, methods=["GET"])
router.add_api_route(EVENTS + "/{event}", change_event, methods=["PUT", "PATCH"])
router.add_api_route(EVENTS + "/{event}", delete_event, methods=["DELETE"])
