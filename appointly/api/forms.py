"""`/session/…`: the HTML forms that change cookies, answered 303; and the link that opens one booking.

A socket keeps the cookies it was opened with, so signing in and out are never events. A form that is refused leads back
to its page with `error` and everything that was typed except the password.
"""

from contextlib import suppress
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from appointly import routes
from appointly.api.accounts import (
    Credentials,
    ask_for_code,
    authenticate,
    begin,
    ceiling_of,
    finish_with_code,
    register,
)
from appointly.api.guard import GuardedRoute, access, require_same_site
from appointly.api.sessions import (
    forget,
    forget_everything,
    remember,
    remember_device,
    set_browser_cookie,
    set_session_cookie,
)
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.manage_key import opens
from appointly.errors import (
    AppointlyError,
    CustomersDoor,
    Forbidden,
    NotFound,
    OtpInvalid,
    ProvidersDoor,
    TooManyRequests,
)
from appointly.operations.become_provider import become_provider
from appointly.operations.rotate_session import rotate_session
from appointly.operations.send_sign_in_code import AskedCode, send_another_code
from appointly.operations.sign_in import NewSession
from appointly.operations.sign_out import sign_out
from appointly.operations.sign_up import SignUp
from appointly.queries.accounts import Account, account_by_email
from appointly.queries.bookings import id_of_reference
from appointly.queries.codes import code_id_of, sign_in_code
from appointly.settings import settings
from appointly.validation import parse
from appointly.visitor import BROWSER_COOKIE, current_visitor

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


async def read_door(request: Request) -> dict[str, str]:
    """`read_form` for pages that lead on: what was sent before the page had loaded has `next` in its address alone."""
    typed = await read_form(request)
    asked = dict(parse_qsl(request.headers.get("referer", "").partition("?")[2]))
    return typed | {"next": typed.get("next") or asked.get("next", "")}


def back(page: str, error: AppointlyError, typed: dict[str, str]) -> Response:
    """Back to the form, which says what was wrong and still holds what was typed."""
    kept = {name: value[:LONGEST_VALUE] for name, value in typed.items() if name != "password" and value}
    query = {"error": error.code} | ({"fields": ",".join(error.fields)} if error.fields else {}) | kept
    if error.code == TooManyRequests.code:
        query["wait"] = str(error.details["retry_after"])
    return RedirectResponse(f"{page}?{urlencode(query, errors='replace')}", 303)


async def welcome(account: Account, then: str) -> Response:
    """Signed in: on to the page they wanted, else to their own."""
    return arrived(account, await begin(account, now()), then)


def arrived(account: Account, new: NewSession, then: str) -> Response:
    """On to the page they wanted, else to their own, with the cookie of the new session."""
    response = RedirectResponse(routes.safe_path(then, HOME[account.role]), 303)
    set_session_cookie(response, new.token)
    remember_device(response, account.email)
    return response


async def to_the_code(account: Account, then: str) -> Response:
    """A code is on its way to a provider whose password was right: on to the page where it is typed."""
    asked = await ask_for_code(account, now())
    return waiting(asked, then)


def waiting(asked: AskedCode, then: str) -> Response:
    """The page where the code is typed, bound to this browser."""
    response = RedirectResponse(routes.sign_in_code(asked.id, next=routes.safe_path(then, "")), 303)
    set_browser_cookie(response, asked.browser)
    return response


def chosen(typed: dict[str, str], form: type[BaseModel]) -> dict[str, str]:
    """The fields that belong to `form`; `next` and whatever a browser adds are left out."""
    return {name: value for name, value in typed.items() if name in form.model_fields}


@router.post("/login")
@access("public")
async def login(request: Request) -> Response:
    """Sign in: `email`, `password`, `next`, and `page` = provider for the providers' own page."""
    typed = await read_door(request)
    role = "provider" if typed.pop("page", "") == "provider" else "customer"
    then = typed.get("next", "")
    try:
        account = await authenticate(parse(Credentials, chosen(typed, Credentials)))
        if account.role == "provider":
            if role != "provider":
                return back(routes.login("provider"), ProvidersDoor(), typed)
            return await to_the_code(account, then)
        if role == "provider":
            return back(routes.login(account.role), CustomersDoor(), typed)
        return await welcome(account, then)
    except AppointlyError as error:
        return back(routes.login(role), error, typed)


@router.post("/otp")
@access("public")
async def otp(request: Request) -> Response:
    """Finish a provider's sign-in: `id` of the code, the `code` itself, `next`."""
    typed, at = await read_form(request), now()
    then, browser = typed.get("next", ""), current_visitor().browser
    try:
        code_id = code_id_of(typed.get("id", ""))
        account, new = await finish_with_code(code_id, browser, typed.get("code", ""), at)
    except AppointlyError as error:
        return await back_to_the_code(error, typed)
    response = arrived(account, new, then)
    forget(response, BROWSER_COOKIE)
    return response


@router.post("/otp/resend")
@access("public")
async def resend(request: Request) -> Response:
    """Mail another code: `id` of the one that did not arrive, `next`."""
    typed, at = await read_form(request), now()
    browser = current_visitor().browser
    try:
        code_id = code_id_of(typed.get("id", ""))
        async with reading() as session:
            code = await sign_in_code(session, code_id, browser)
        async with transaction() as session:
            asked = await send_another_code(session, code_id, browser, at, ceiling_of(code.email if code else ""))
    except AppointlyError as error:
        return await back_to_the_code(error, typed)
    return waiting(asked, typed.get("next", ""))


async def back_to_the_code(error: AppointlyError, typed: dict[str, str]) -> Response:
    """Back to the page of the code, or to the sign-in, with the address kept, where no code can help any more.

    On to where it led, where it was used by this browser: whether that is signed in is asked there.
    """
    kept = {"error": error.code, "next": routes.safe_path(typed.get("next", ""), "")}
    try:
        code_id = code_id_of(typed.get("id", ""))
    except OtpInvalid:
        return RedirectResponse(routes.login("provider", **kept), 303)
    async with reading() as session:
        code = await sign_in_code(session, code_id, current_visitor().browser)
    if code and code.used:  # the second of two clicks: the first has signed in, or the page asks to
        return RedirectResponse(routes.safe_path(typed.get("next", ""), HOME["provider"]), 303)
    trouble = code.trouble(now()) if code else None
    if trouble is None and isinstance(error, OtpInvalid | TooManyRequests):
        return RedirectResponse(routes.sign_in_code(code_id, **kept), 303)
    kept = {**kept, "error": (trouble or error).code, "email": code.email if code else ""}
    return RedirectResponse(routes.login("provider", **kept), 303)


@router.post("/signup")
@access("public")
async def signup(request: Request) -> Response:
    """Make an account and sign in: `email`, `password`, `name`, `role`, `next`."""
    typed = await read_door(request)
    try:
        account = await register(parse(SignUp, chosen(typed, SignUp)), now())
        return await welcome(account, typed.get("next", ""))
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
    role, then, account = typed.get("role", ""), typed.get("next", ""), None
    if settings().demo and role in HOME:
        async with reading() as session:
            account = await account_by_email(session, f"{role}@demo.test")
    if account is None:
        return back("/login", NotFound(), typed)
    try:
        return await (to_the_code(account, then) if role == "provider" else welcome(account, then))
    except AppointlyError as error:
        return back(routes.login(role), error, typed)


@router.get("/waitlist/{entry_id}")
@access("public")
async def open_waitlist(entry_id: str, key: str = "") -> Response:
    """The same for a place in line."""
    response = RedirectResponse(routes.waitlist(quote(entry_id[:36], safe="")), 303)
    with suppress(ValueError):
        identifier = UUID(entry_id)
        if opens(settings().secret_key, identifier, key):
            remember(response, current_visitor(), identifier)
    return response


@router.get("/booking/{reference}")
@access("public")
async def open_booking(reference: str, key: str = "") -> Response:
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
