"""Google's calendars: permission to see them, what is in them, and our events written into them (Calendar API v3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appointly.errors import GatewayFailed, GoogleCalendarClosed
from appointly.routes import GOOGLE_CALENDAR_CALLBACK
from appointly.settings import Settings, settings

READ = "https://www.googleapis.com/auth/calendar.readonly"
WRITE = "https://www.googleapis.com/auth/calendar.events"
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
WRITERS = ("owner", "writer")
# Of these 403s another try helps, of all others none.
LATER = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "backendError"}
log = structlog.get_logger()


class GoogleSaid(GatewayFailed):
    """A refusal of the API that another try does not mend: `answered` is Google's status, `reason` its word for it."""

    code = "google_refused"

    def __init__(self, answered: int, reason: str) -> None:
        super().__init__(f"Google refused this ({answered} {reason}).")
        self.answered, self.reason = answered, reason


class Tokens(BaseModel):
    """What a code or a refresh token is traded for. Google sends a new refresh token only now and then."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: str = Field(min_length=1)
    refresh_token: str = ""
    scope: str = ""
    expires_in: int = 3600


class Listed(BaseModel):
    """A calendar that somebody sees at Google."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(min_length=1, max_length=300)
    summary: str = ""
    primary: bool = False
    access_role: str = Field("reader", alias="accessRole")

    @property
    def writable(self) -> bool:
        """Whether events can be put into it."""
        return self.access_role in WRITERS


class Page(BaseModel):
    """A page of events; the last one has the token that asks for what changes from now on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    items: list[dict[str, Any]] = []
    time_zone: str = Field("UTC", alias="timeZone")
    next_page: str = Field("", alias="nextPageToken")
    next_sync: str = Field("", alias="nextSyncToken")


@dataclass
class GoogleCalendar:
    """The client of one process. All calls raise `GatewayFailed` where another try may help, `GoogleSaid` where not."""

    config: Settings
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=TIMEOUT))

    def consent_address(self, state: str, verifier: str, *, write: bool, hint: str = "") -> str:
        """Where a browser is sent to ask its owner for permission; with `write` also to put bookings there."""
        query = {
            "response_type": "code",
            "client_id": self.config.google_client[0],
            "redirect_uri": self.config.base_url + GOOGLE_CALENDAR_CALLBACK,
            "scope": f"{READ} {WRITE}" if write else READ,
            "state": state,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",  # without it only the first consent of all brings a refresh token
        }
        return f"{self.config.google_address('authorize')}?{urlencode(query | ({'login_hint': hint} if hint else {}))}"

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """The tokens of a code. Raises `GoogleCalendarClosed` for a code that is worth nothing."""
        return await self._tokens(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": self.config.base_url + GOOGLE_CALENDAR_CALLBACK,
            }
        )

    async def renew(self, refresh_token: str) -> Tokens:
        """A new access token. Raises `GoogleCalendarClosed` where the permission was taken back."""
        return await self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def _tokens(self, form: Mapping[str, str]) -> Tokens:
        client_id, secret = self.config.google_client
        data = {**form, "client_id": client_id, "client_secret": secret}
        answer = await self._send("POST", self.config.google_address("token"), data=data)
        if answer.status_code in (400, 401):
            error = str(_json(answer).get("error", ""))[:40]
            log.warning("google_calendar_no_token", error=error)
            if error == "invalid_grant":
                raise GoogleCalendarClosed
            raise GatewayFailed(f"Google gave no token: {error}")
        try:
            return Tokens.model_validate(_json(_good(answer)))
        except ValidationError:
            raise GatewayFailed("Google's answer was no token.") from None

    async def calendars(self, access: str) -> list[Listed]:
        """The calendars that the account sees, its own first."""
        answer = await self._api("GET", "/users/me/calendarList", access, params={"maxResults": "250"})
        try:
            found = [Listed.model_validate(each) for each in _json(answer).get("items", [])]
        except ValidationError:
            raise GatewayFailed("Google's answer was no list of calendars.") from None
        return sorted(found, key=lambda each: (not each.primary, not each.writable, each.summary.lower()))

    async def events(self, access: str, calendar: str, **params: str) -> Page:
        """A page of the calendar's events, repeating ones one by one."""
        answer = await self._api("GET", _events(calendar), access, params={"singleEvents": "true", **params})
        try:
            return Page.model_validate(_json(answer))
        except ValidationError:
            raise GatewayFailed("Google's answer was no list of events.") from None

    async def write_event(self, access: str, calendar: str, event: Mapping[str, Any]) -> None:
        """Have this event in the calendar, under the id it names, whether it was there before or not."""
        quiet = {"sendUpdates": "none"}
        try:
            await self._api("POST", _events(calendar), access, params=quiet, json=event)
        except GoogleSaid as refusal:
            if refusal.answered != 409:
                raise
            await self._api("PUT", _events(calendar, event["id"]), access, params=quiet, json=event)

    async def delete_event(self, access: str, calendar: str, event_id: str) -> None:
        """Have no event of this id in the calendar, whether there was one or not."""
        try:
            await self._api("DELETE", _events(calendar, event_id), access, params={"sendUpdates": "none"})
        except GoogleSaid as refusal:
            if refusal.answered not in (404, 410):
                raise

    async def _api(self, method: str, path: str, access: str, **what: Any) -> httpx.Response:
        address = self.config.google_address("calendar") + path
        return _good(await self._send(method, address, headers={"Authorization": f"Bearer {access}"}, **what))

    async def _send(self, method: str, address: str, **what: Any) -> httpx.Response:
        try:
            return await self.client.request(method, address, **what)
        except httpx.HTTPError as error:
            raise GatewayFailed(f"Google did not answer: {type(error).__name__}") from error


def _events(calendar: str, event_id: str = "") -> str:
    path = f"/calendars/{quote(calendar, safe='')}/events"
    return f"{path}/{event_id}" if event_id else path


def _good(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is one. Raises `GatewayFailed` and `GoogleSaid`; no text of the answer gets further."""
    if answer.is_success:
        return answer
    errors = _json(answer).get("error", {})
    reasons = [each.get("reason", "") for each in errors.get("errors", [])] if isinstance(errors, dict) else []
    reason = "".join(letter for letter in str(reasons[0]) if letter.isalnum())[:40] if reasons else ""
    if answer.status_code >= 500 or answer.status_code == 429 or (answer.status_code == 403 and reason in LATER):
        raise GatewayFailed(f"Google asks us to wait ({answer.status_code} {reason}).")
    raise GoogleSaid(answer.status_code, reason)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


@lru_cache
def google_calendar() -> GoogleCalendar:
    """The client of this process, which has one event loop."""
    return GoogleCalendar(settings())
