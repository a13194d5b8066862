"""`/session/…`: the links in mails about an account, and the forms they lead to.

A link's key leaves the address with the first answer: it is kept in a cookie that only these routes get, and the page
that follows names the link without it. Opening a link changes nothing, so mail scanners may; its button does.
"""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly import limits, routes
from appointly.api.forms import back, chosen, read_form, to_the_code, welcome
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget, keep
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.one_time_code import fits, link_key
from appointly.errors import AppointlyError, LinkEnded
from appointly.operations.change_email import confirm_email_change
from appointly.operations.reset_password import ask_for_reset, reset_password
from appointly.operations.sign_up import NewPassword
from appointly.operations.verify_email import verify_email
from appointly.passwords import check_new_password, hash_password
from appointly.queries.links import OpenedLink, opened_link
from appointly.settings import settings
from appointly.validation import EmailAddress, parse
from appointly.visitor import current_visitor

router = APIRouter(prefix="/session", include_in_schema=False, route_class=GuardedRoute)
KEPT, KEPT_FOR = timedelta(minutes=30), "/session"
COOKIE = "appointly_link_"
ASK, CHOOSE, CONFIRM = "/reset-password", "/reset-password/new", "/confirm"


class ResetWish(BaseModel):
    """Whose password is forgotten."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: EmailAddress = Field(max_length=254)


class ResetForm(BaseModel):
    """The new password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    password: NewPassword


def link_id_of(text: str) -> UUID:
    """Raises `LinkEnded` for what is no link's id."""
    try:
        return UUID(text)
    except ValueError:
        raise LinkEnded from None


async def checked_link(link_id: UUID, key: str) -> OpenedLink:
    """The link that this key opens, good or used up. Raises `LinkEnded` for a wrong key."""
    if not fits(link_key(settings().require_secret(), link_id), key):
        raise LinkEnded
    async with reading() as session:
        link = await opened_link(session, link_id, now())
    if link is None:
        raise LinkEnded
    return link


def cookie_of(link_id: UUID) -> str:
    """Each link has a cookie of its own, so that two may be open at once."""
    return COOKIE + link_id.hex


def drop_key(response: Response, link_id: UUID) -> None:
    """The link was used: its key is of no more use."""
    forget(response, cookie_of(link_id), path=KEPT_FOR)


@router.get("/link/{link_id}")
@access("public")
async def open_link(link_id: str, key: str = "") -> Response:
    """The link in a mail: takes the key out of the address and leads to the page with the button."""
    kept = False
    try:
        identifier = link_id_of(link_id)
        link = await checked_link(identifier, key)
        kept = not link.ended
        if link.purpose == "reset_password":
            page = f"{CHOOSE}?link={identifier}" if kept else f"{ASK}?error={LinkEnded.code}"
        else:
            state = "" if kept else "&done=before" if link.used else f"&error={LinkEnded.code}"
            page = f"{CONFIRM}?what={'way_back' if link.way_back else link.purpose}&link={identifier}{state}"
    except LinkEnded:
        page = f"{CONFIRM}?error={LinkEnded.code}"
    response = RedirectResponse(page, 303, {"referrer-policy": "no-referrer", "cache-control": "no-store"})
    if kept:
        keep(response, cookie_of(identifier), key, KEPT, path=KEPT_FOR)
    return response


async def link_of_form(typed: dict[str, str]) -> tuple[UUID, OpenedLink]:
    """The link a form names, if this browser has opened it. Raises `LinkEnded`.

    A form that was sent before its page had loaded names none: then it is the one this browser has open.
    """
    cookies = current_visitor().cookies
    open_here = [name.removeprefix(COOKIE) for name in cookies if name.startswith(COOKIE)]
    link_id = link_id_of(typed.get("link", "") or (open_here[0] if len(open_here) == 1 else ""))
    return link_id, await checked_link(link_id, cookies.get(cookie_of(link_id), ""))


@router.post("/confirm")
@access("public")
async def confirm(request: Request) -> Response:
    """The button behind a link that confirms an address: `link`. Signs nobody in."""
    typed = await read_form(request)
    try:
        link_id, link = await link_of_form(typed)
        async with transaction() as session:
            if link.purpose == "verify_email":
                await verify_email(session, link_id, now())
                done = "verified"
            else:
                done = await confirm_email_change(session, link_id, now())
    except AppointlyError as error:
        return back(CONFIRM, error, {})
    response = RedirectResponse(f"{CONFIRM}?what={link.purpose}&done={done}", 303)
    drop_key(response, link_id)
    return response


@router.post("/reset-password")
@access("public")
async def ask(request: Request) -> Response:
    """Ask for a link: `email`. The same answer in the same time for every address."""
    typed = await read_form(request)
    try:
        wish = parse(ResetWish, chosen(typed, ResetWish))
        await limits.take("mail", wish.email)
        async with transaction() as session:
            await ask_for_reset(session, wish.email, now())
    except AppointlyError as error:
        return back(ASK, error, typed)
    return RedirectResponse(f"{ASK}?sent=1", 303)


@router.post("/new-password")
@access("public")
async def choose(request: Request) -> Response:
    """Set a new password with a link: `link`, `password`. Ends all sign-ins of the account and begins one here.

    Providers still type a code: the link may have been seen outside the mailbox, as by a scanner or in a history that
    two devices share, while the code is bound to this browser. A reset is no way around it.
    """
    typed = await read_form(request)
    try:
        link_id, link = await link_of_form(typed)
        if link.ended or link.purpose != "reset_password":
            raise LinkEnded
        form = parse(ResetForm, chosen(typed, ResetForm))
        check_new_password(form.password, link.account_email, link.account_name)
        hashed = await hash_password(form.password)
        async with transaction() as session:
            account = await reset_password(session, link_id, hashed, now())
    except LinkEnded as error:
        return back(ASK, error, {})
    except AppointlyError as error:
        return back(CHOOSE, error, typed)
    try:
        provider = account.role == "provider"
        response = await to_the_code(account, "") if provider else await welcome(account, "")
    except AppointlyError as error:  # the password is set: it can be used at the door
        response = back(routes.login(account.role), error, {"email": account.email})
    drop_key(response, link_id)
    return response
