"""`/session/google…`: sign in with Google, and add it to an account that is there already.

What belongs to one attempt (state, nonce, the verifier of PKCE) is kept by the browser that began it, in a sealed
cookie; an answer of Google counts in that browser alone, and once. It begins with a link and not with a form, because
our Content-Security-Policy lets no form lead to another site, not even by a redirect.
"""

import hmac
import secrets
from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from appointly import limits
from appointly.api.forms import back, read_form, to_the_code, welcome
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget, keep
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.proven_identity import ProvenIdentity
from appointly.errors import (
    AppointlyError,
    CredentialsInvalid,
    EmailTaken,
    GoogleCancelled,
    GoogleDoubtful,
    GoogleStale,
    IdentityRefused,
    NotFound,
    NotSignedIn,
    PasswordMissing,
)
from appointly.gateways.google import Start, google
from appointly.operations.identities import enter, link
from appointly.operations.sign_in import check_password
from appointly.passwords import LONGEST
from appointly.queries.accounts import Account, account_by_email
from appointly.routes import safe_path
from appointly.sealed import GOOGLE_LINK, GOOGLE_START, LIFE, seal, unseal
from appointly.settings import settings
from appointly.visitor import current_visitor

router = APIRouter(prefix="/session/google", include_in_schema=False, route_class=GuardedRoute)
SETTINGS = "/account/settings"
# Where it can begin: the page that a refusal leads back to, and where customers go if they did not say.
PAGES = {
    "login": ("/login", ""),
    "signup": ("/signup", ""),
    "business": ("/signup", "/become-provider"),
    "provider": ("/login-provider", "/become-provider"),
    "settings": (SETTINGS, SETTINGS),
}
LONGEST_CODE = 2000


@router.get("")
@access("public")
async def begin(request: Request) -> Response:
    """Off to Google: `page` is where it began (a key of `PAGES`), `next` where to go afterwards."""
    query = request.query_params
    came_from = query.get("page", "")
    came_from = came_from if came_from in PAGES else "login"
    then = safe_path(query.get("next", ""), "")
    try:
        if not settings().google_sign_in:
            raise NotFound
        await limits.take("google")
        start = Start(*(secrets.token_urlsafe(32) for _ in range(3)))
        response = RedirectResponse(await google().address(start), 303)
    except AppointlyError as error:
        return back(PAGES[came_from][0], error, {"next": then})
    sealed = seal(GOOGLE_START, {"start": asdict(start), "page": came_from, "then": then}, now())
    keep(response, GOOGLE_START, sealed, LIFE)
    return response


@router.get("/callback")
@access("public")
async def callback(request: Request) -> Response:
    """Back from Google. Whatever is wrong leads back to where it began, with a sentence."""
    begun = unseal(GOOGLE_START, current_visitor().cookies.get(GOOGLE_START, ""), now()) or {}
    came_from, then = begun.get("page", "login"), begun.get("then", "")
    try:
        proven = await _proven(request, begun)
        response = await _signed_in(proven, came_from, then)
    except AppointlyError as error:
        response = back(PAGES[came_from][0], error, {"next": then})
    forget(response, GOOGLE_START)
    return response


async def _proven(request: Request, begun: dict[str, dict[str, str]]) -> ProvenIdentity:
    """Whom Google has sent. Raises `GoogleStale`, `GoogleCancelled`, `GoogleDoubtful`, `GoogleSilent`."""
    query = request.query_params
    if not begun or not hmac.compare_digest(begun["start"]["state"].encode(), query.get("state", "").encode()):
        raise GoogleStale
    if refusal := query.get("error", ""):
        raise GoogleCancelled if refusal == "access_denied" else GoogleDoubtful
    code = query.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise GoogleDoubtful
    await limits.take("google")
    return await google().who(code, Start(**begun["start"]), query.get("iss", ""))


async def _signed_in(proven: ProvenIdentity, came_from: str, then: str) -> Response:
    """In; or to the page that asks for the password, where the identity is new to an account that is there already."""
    if came_from == "settings":
        caller = current_visitor()
        if caller.session_id is None:
            raise NotSignedIn
        return _ask_password(proven, then, str(caller.actor.user_id))
    at = now()
    try:
        async with transaction() as session:
            account = await enter(session, proven, at)
    except EmailTaken:
        return _ask_password(proven, then, "")
    return await _in(account, then or (PAGES[came_from][1] if account.role == "customer" else ""))


async def _in(account: Account, then: str) -> Response:
    """Signed in; providers by their mailed code, as with a password."""
    return await to_the_code(account, then) if account.role == "provider" else await welcome(account, then)


def _ask_password(proven: ProvenIdentity, then: str, user_id: str) -> Response:
    response = RedirectResponse("/link-google", 303)
    facts = {"proven": asdict(proven), "then": then, "user_id": user_id}
    keep(response, GOOGLE_LINK, seal(GOOGLE_LINK, facts, now()), LIFE)
    return response


@router.post("/link")
@access("public")
async def add_google(request: Request) -> Response:
    """Add the Google account of the sealed cookie to the account whose `password` is typed.

    An account without a password can be given one more Google account only by whoever is signed in to it.
    """
    typed = await read_form(request)
    pending = unseal(GOOGLE_LINK, current_visitor().cookies.get(GOOGLE_LINK, ""), now())
    caller = current_visitor()
    if pending is None or (pending["user_id"] and pending["user_id"] != str(caller.actor.user_id)):
        return back("/login", GoogleStale(), {})
    proven, owner = ProvenIdentity(**pending["proven"]), bool(pending["user_id"])
    try:
        async with reading() as session:
            account = await account_by_email(session, caller.actor.email if owner else proven.email)
        if account is None:
            raise IdentityRefused
        if account.password_hash is not None:
            async with limits.failures("sign_in", account.email, counted=CredentialsInvalid):
                await check_password(account, typed.get("password", "")[:LONGEST])
        elif not owner:
            raise PasswordMissing
        async with transaction() as session:
            await link(session, proven, account, now())
        if owner:
            response: Response = RedirectResponse(safe_path(pending["then"], SETTINGS), 303)
        else:
            response = await _in(account, pending["then"])
    except AppointlyError as error:
        return back("/link-google", error, {})
    forget(response, GOOGLE_LINK)
    return response
