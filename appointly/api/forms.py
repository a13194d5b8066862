"""`/session/…`: the HTML forms that change cookies, answered 303; and the link that opens one booking.

A socket keeps the cookies it was opened with, so signing in and out are never events. A form that is refused leads back
to its page with `error` and everything that was typed except the password.
"""

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from appointly import routes
from appointly.api.accounts import Credentials, authenticate, begin, register
from appointly.api.guard import GuardedRoute, access, require_same_site
from appointly.api.sessions import forget_everything, remember, set_session_cookie
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.manage_key import opens
from appointly.errors import AppointlyError, Forbidden, NotFound
from appointly.operations.become_provider import become_provider
from appointly.operations.rotate_session import rotate_session
from appointly.operations.sign_out import sign_out
from appointly.operations.sign_up import SignUp
from appointly.queries.accounts import Account, account_by_email
from appointly.queries.bookings import id_of_reference
from appointly.settings import settings
from appointly.validation import parse
from appointly.visitor import current_visitor

router = APIRouter(prefix="/session", include_in_schema=False, route_class=GuardedRoute)
HOME = {"customer": "/account", "provider": "/dashboard", "admin": "/admin"}
LONGEST_VALUE = 300


async def read_form(request: Request) -> dict[str, str]:
    """The text fields of a form post from our own pages; the last of each name counts."""
    require_same_site(request)
    try:
        form: FormData = await request.form(max_files=0, max_fields=20)
    except HTTPException:
        raise
    except Exception:  # what a broken encoding raises is python-multipart's affair
        raise HTTPException(400) from None
    return {name: value for name, value in form.items() if isinstance(value, str)}


def back(page: str, error: AppointlyError, typed: dict[str, str]) -> Response:
    """Back to the form, which says what was wrong and still holds what was typed."""
    kept = {name: value[:LONGEST_VALUE] for name, value in typed.items() if name != "password" and value}
    query = {"error": error.code} | ({"fields": ",".join(error.fields)} if error.fields else {}) | kept
    return RedirectResponse(f"{page}?{urlencode(query, errors='replace')}", 303)


async def welcome(request: Request, account: Account, then: str) -> Response:
    """Signed in: on to the page they wanted, else to their own."""
    new = await begin(request, account, now())
    response = RedirectResponse(routes.safe_path(then, HOME[account.role]), 303)
    set_session_cookie(response, new.token)
    return response


def chosen(typed: dict[str, str], form: type[BaseModel]) -> dict[str, str]:
    """The fields that belong to `form`; `next` and whatever a browser adds are left out."""
    return {name: value for name, value in typed.items() if name in form.model_fields}


@router.post("/login")
@access("public")
async def login(request: Request) -> Response:
    """Sign in: `email`, `password`, `next`, and `page` = provider for the providers' own page."""
    typed = await read_form(request)
    page = "/login-provider" if typed.pop("page", "") == "provider" else "/login"
    try:
        account = await authenticate(parse(Credentials, chosen(typed, Credentials)))
        return await welcome(request, account, typed.get("next", ""))
    except AppointlyError as error:
        return back(page, error, typed)


@router.post("/signup")
@access("public")
async def signup(request: Request) -> Response:
    """Make an account and sign in: `email`, `password`, `name`, `role`, `next`."""
    typed = await read_form(request)
    try:
        account = await register(parse(SignUp, chosen(typed, SignUp)), now())
        return await welcome(request, account, typed.get("next", ""))
    except AppointlyError as error:
        return back("/signup", error, typed)


@router.post("/logout")
@access("public")
async def logout(request: Request) -> Response:
    """Sign out; harmless for somebody who is not signed in. The links opened from mails are forgotten too."""
    typed = await read_form(request)
    caller = current_visitor()
    if caller.session_id is not None:
        async with transaction() as session:
            await sign_out(session, caller.actor, caller.session_id)
    response = RedirectResponse(routes.safe_path(typed.get("next", "")), 303)
    forget_everything(response)
    return response


@router.post("/become-provider")
@access("public")
async def begin_business(request: Request) -> Response:
    """A customer may offer services from now on. The rights rise, so the session gets another secret."""
    await read_form(request)
    caller = current_visitor()
    if caller.session_id is None:
        return RedirectResponse("/login-provider?next=/onboarding", 303)
    response = RedirectResponse("/onboarding", 303)
    try:
        async with transaction() as session:
            if await become_provider(session, caller.actor):
                set_session_cookie(response, await rotate_session(session, caller.session_id, now()))
    except Forbidden as error:
        return back("/become-provider", error, {})
    return response


@router.post("/demo")
@access("public")
async def demo(request: Request) -> Response:
    """One click on the login pages, in demo mode only: `role`, `next`."""
    typed = await read_form(request)
    role, account = typed.get("role", ""), None
    if settings().demo and role in HOME:
        async with reading() as session:
            account = await account_by_email(session, f"{role}@demo.test")
    if account is None:
        return back("/login", NotFound(), typed)
    return await welcome(request, account, typed.get("next", ""))


@router.get("/booking/{reference}")
@access("public")
async def open_booking(request: Request, reference: str, key: str = "") -> Response:
    """The link in a mail: opens one booking for this browser, then leads to its page, which explains a wrong link."""
    reference = reference.upper()
    response = RedirectResponse(routes.booking(quote(reference[:20], safe="")), 303)
    if not reference.isascii() or not reference.isalnum():
        return response
    async with reading() as session:
        appointment_id = await id_of_reference(session, reference)
    if appointment_id is not None and opens(settings().secret_key, appointment_id, key):
        remember(response, current_visitor(), appointment_id)
    return response
