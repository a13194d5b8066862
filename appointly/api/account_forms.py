"""`/session/…`: the forms by which people change what is behind their own cookie, answered 303."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly import limits
from appointly.api.forms import back, chosen, read_form
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget_everything, set_session_cookie
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.errors import AppointlyError, NotSignedIn, PasswordWrong
from appointly.operations.change_email import ask_to_change_email
from appointly.operations.change_password import change_password
from appointly.operations.end_sessions import end_sessions
from appointly.operations.sign_up import NewPassword
from appointly.passwords import LONGEST, check_new_password, hash_password, password_fits
from appointly.queries.accounts import Account, account_by_email
from appointly.queries.sessions import token_hash
from appointly.validation import EmailAddress, parse
from appointly.visitor import SESSION_COOKIE, Visitor, current_visitor

router = APIRouter(prefix="/session", include_in_schema=False, route_class=GuardedRoute)
SETTINGS = "/account/settings"


class PasswordChange(BaseModel):
    """The password in use, where there is one, and the next one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    current: Annotated[str, Field(max_length=LONGEST)] = ""
    password: NewPassword


class EmailChange(BaseModel):
    """The address to move to, and the password in use, where there is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[EmailAddress, Field(max_length=254)]
    email_current: Annotated[str, Field(max_length=LONGEST)] = ""


def signed_in_visitor() -> Visitor:
    """The visitor, who is signed in with a cookie. Raises `NotSignedIn`."""
    visitor = current_visitor()
    if visitor.session_id is None:
        raise NotSignedIn
    return visitor


async def authenticate_again(actor: Actor, password: str, *, needed: bool = True) -> Account:
    """The account of somebody who is signed in, after their password was checked once more.

    An account without a password (`password_hash` None) passes unless one is `needed`. Raises `PasswordWrong` and
    `TooManyRequests`.
    """
    async with reading() as session:
        account = await account_by_email(session, actor.email)
    if account is None or account.id != actor.user_id:
        raise NotSignedIn
    if account.password_hash is None and not needed:
        return account
    async with limits.failures("sign_in", account.email, counted=PasswordWrong):
        if not await password_fits(password, account.password_hash):
            raise PasswordWrong(fields={"current": PasswordWrong.message})
    return account


def settings_again(error: AppointlyError, form: str, typed: dict[str, str]) -> Response:
    """Back to the section of the page, or to sign in where the sign-in has ended meanwhile."""
    if isinstance(error, NotSignedIn):
        return RedirectResponse(f"/login?next={SETTINGS}", 303)
    kept = {name: value for name, value in typed.items() if name == "email"} | {"form": form}
    response = back(SETTINGS, error, kept)
    response.headers["location"] += f"#{form}"
    return response


@router.post("/password")
@access("public")
async def post_password(request: Request) -> Response:
    """Change the password: `current`, `password`. All other sign-ins end, this one gets a new secret."""
    typed = await read_form(request)
    try:
        visitor = signed_in_visitor()
        form = parse(PasswordChange, chosen(typed, PasswordChange))
        account = await authenticate_again(visitor.actor, form.current)
        check_new_password(form.password, account.email, account.name)
        hashed = await hash_password(form.password)
        assert visitor.session_id is not None and account.password_hash is not None  # noqa: S101, PT018 - seen above
        async with transaction() as session:
            token = await change_password(
                session, visitor.actor, visitor.session_id, account.password_hash, hashed, now()
            )
    except AppointlyError as error:
        return settings_again(error, "password", typed)
    response = RedirectResponse(f"{SETTINGS}?done=password#password", 303)
    set_session_cookie(response, token)
    return response


@router.post("/email")
@access("public")
async def post_email(request: Request) -> Response:
    """Ask for another address: `email`, `email_current` (the password, if there is one). Both addresses are mailed."""
    typed = await read_form(request)
    try:
        visitor = signed_in_visitor()
        form = parse(EmailChange, chosen(typed, EmailChange))
        await authenticate_again(visitor.actor, form.email_current, needed=False)
        await limits.take("mail", visitor.actor.email)
        browser = token_hash(visitor.cookies.get(SESSION_COOKIE, ""))
        async with transaction() as session:
            await ask_to_change_email(session, visitor.actor, form.email, browser, now())
    except AppointlyError as error:
        return settings_again(error, "email", typed)
    return RedirectResponse(f"{SETTINGS}?done=email#email", 303)


@router.post("/end-all")
@access("public")
async def end_all(request: Request) -> Response:
    """Sign out everywhere, here too; harmless for somebody who is not signed in."""
    await read_form(request)
    if current_visitor().session_id is not None:
        async with transaction() as session:
            await end_sessions(session, current_visitor().actor)
    response = RedirectResponse("/login", 303)
    forget_everything(response)
    return response
