"""Who is behind a request or an event: from the session cookie, a bearer token, and the links opened from mails.

Everything is looked up or checked anew each time; nothing a browser can set is believed.
"""

import hmac
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from uuid import UUID
from zoneinfo import ZoneInfo

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST, Actor
from appointly.domain.manage_key import manage_key, opens
from appointly.domain.zones import zones
from appointly.errors import NotSignedIn
from appointly.operations.api_tokens import note_token_use
from appointly.operations.note_visit import note_visit
from appointly.queries.api_tokens import PREFIX, token_of_secret
from appointly.queries.sessions import session_by_id, session_for_token
from appointly.settings import settings

SESSION_COOKIE = "appointly_session"
BOOKINGS_COOKIE = "appointly_bookings"
BROWSER_COOKIE = "appointly_browser"
VISITOR_COOKIE = "appointly_visitor"
ZONE_COOKIE = "appointly_zone"  # written by every page (components/document.py)
VISITOR_LENGTH = 43  # 256 random bits in base64
BOOKINGS_KEPT = 20
ACCESS_TOKEN_LIFE = timedelta(minutes=15)
AUDIENCE = "appointly-api"
ALGORITHM = "HS256"


@dataclass(frozen=True)
class Visitor:
    """The person of this very request.

    `session_id` is None for guests and for personal API tokens; `scopes` is what such a token may do, None for people.
    `cookies` are ours of this request; all but the session's say nothing about the person.
    """

    actor: Actor = GUEST
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None
    cookies: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def browser(self) -> str:
        """The secret of a browser that waits for a mailed code."""
        return self.cookies.get(BROWSER_COOKIE, "")

    def today(self, now: datetime) -> date:
        """The date where this person is; UTC's where the browser does not say."""
        zone = self.cookies.get(ZONE_COOKIE, "")
        return now.astimezone(ZoneInfo(zone if zone in zones() else "UTC")).date()

    @property
    def binding(self) -> str:
        """Changes whenever somebody else, or the same person with other rights, uses the same browser tab."""
        opened = "".join(sorted(str(identifier) for identifier in self.actor.managed))
        who = f"{self.session_id or ''} {self.actor.kind} {self.actor.provider_id or ''} {opened}"
        return "" if self == Visitor() else sha256(who.encode()).hexdigest()


_current: ContextVar[Visitor] = ContextVar("current_visitor")


def current_visitor() -> Visitor:
    """Who is behind the request or event that is running now: for pages, operations, API and extensions alike.

    The two doors (`state/guard.py`, `api/guard.py`) look the person up and set this before any code of ours runs.
    Raises `NotSignedIn` where no door was passed, as in a task or a script: those act as `domain.actor.SYSTEM`.
    """
    try:
        return _current.get()
    except LookupError:
        raise NotSignedIn from None


def current_actor() -> Actor:
    """The actor of `current_visitor`, as operations and queries ask for it."""
    return current_visitor().actor


def set_current_visitor(visitor: Visitor) -> None:
    """Called by the doors alone."""
    _current.set(visitor)


async def visitor_of(
    session: AsyncSession, cookie_header: str, now: datetime, bearer: str | None = None, *, in_use: bool = True
) -> Visitor:
    """The visitor with these cookies, or with this access or personal token if there is one.

    Notes the visit once a minute, unless the person has done nothing: a page that looks after itself is not `in_use`.
    The bookings that links have opened in a browser do not belong to a personal token.
    """
    if bearer is not None and bearer.startswith(PREFIX):
        return await _visitor_of_token(session, bearer, now)
    cookies = read_cookies(cookie_header)
    managed = opened_bookings(cookies.get(BOOKINGS_COOKIE, ""))
    browser = browser_hash(cookies.get(VISITOR_COOKIE, ""))
    found = None
    if bearer is not None:
        session_id = session_of_access_token(bearer, now)
        found = await session_by_id(session, session_id, now) if session_id else None
    elif token := cookies.get(SESSION_COOKIE, ""):
        found = await session_for_token(session, token, now)
    if found is None:
        return Visitor(replace(GUEST, managed=managed, browser=browser), cookies=cookies)
    if in_use:
        await note_visit(session, found, now)
    actor = replace(found.actor, managed=managed, browser=browser)
    return Visitor(actor, found.id, cookies=cookies)


def browser_hash(value: str) -> bytes:
    """What the database knows a browser by: nothing of ours for a value that we did not make."""
    made_here = len(value) == VISITOR_LENGTH and value.isascii() and value.replace("-", "").replace("_", "").isalnum()
    return sha256(value.encode()).digest() if made_here else b""


async def _visitor_of_token(session: AsyncSession, secret: str, now: datetime) -> Visitor:
    token = await token_of_secret(session, secret, now)
    if token is None:
        return Visitor()
    await note_token_use(session, token, now)
    return Visitor(token.actor, scopes=frozenset(token.scopes))


def read_cookies(header: str) -> dict[str, str]:
    """Name and value of our own cookies; a header that is no such thing has none."""
    cookies: dict[str, str] = {}
    for part in header.split(";"):  # one by one: a stranger's odd cookie must not hide ours
        try:
            parsed = SimpleCookie(part.strip())
        except CookieError:
            continue
        cookies |= {name: morsel.value for name, morsel in parsed.items() if name.startswith("appointly_")}
    return cookies


def _key(purpose: str) -> bytes:
    return hmac.new(settings().secret_key.encode(), purpose.encode(), sha256).digest()


def _access_key() -> OctKey:
    key = _key(AUDIENCE)
    return OctKey.import_key(key, {"kid": sha256(key).hexdigest()[:8], "alg": ALGORITHM, "use": "sig"})


def access_token(user_id: UUID, session_id: UUID, now: datetime) -> str:
    """A JWT for API clients. It lives a quarter of an hour, and never longer than the session it names."""
    key = _access_key()
    claims = {
        "iss": settings().base_url,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_TOKEN_LIFE).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}, claims, key)


def session_of_access_token(token: str, now: datetime) -> UUID | None:
    """The session an access token names; None for a forged, foreign or expired one."""
    key = _access_key()
    claims = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        iss={"essential": True, "value": settings().base_url},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        sub={"essential": True},
        sid={"essential": True},
    )
    try:
        read = jwt.decode(token, key, algorithms=[ALGORITHM])
        claims.validate(read.claims)
        return UUID(read.claims["sid"]) if read.header.get("kid") == key.kid else None
    except (JoseError, ValueError, TypeError, AttributeError):
        return None


def remember_bookings(already: Iterable[UUID], *new: UUID) -> str:
    """The value of the cookie that opens these bookings in this browser: the newest few, each with its key."""
    identifiers = list(dict.fromkeys([*new, *already]))[:BOOKINGS_KEPT]
    return ".".join(identifier.hex + manage_key(settings().secret_key, identifier) for identifier in identifiers)


def opened_bookings(value: str) -> frozenset[UUID]:
    """The appointments that a cookie of `remember_bookings` opens; what does not fit its key is left out."""
    opened = set()
    for part in value.split(".")[:BOOKINGS_KEPT]:
        try:
            identifier = UUID(part[:32])
        except ValueError:
            continue
        if opens(settings().secret_key, identifier, part[32:]):
            opened.add(identifier)
    return frozenset(opened)
