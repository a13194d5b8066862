"""`/auth`: sign up, sign in, type the mailed code, refresh, sign out, and who is signed in."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import psycopg
import structlog
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget_everything, remember_device, set_session_cookie
from appointly.api.shapes import MeOut, OtpSessionOut, SignedInOut, answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.domain.one_time_code import CODES_AN_HOUR
from appointly.errors import CredentialsInvalid, EmailTaken, OtpInvalid, RefreshInvalid
from appointly.operations.booking_draft import take_over_drafts
from appointly.operations.redeem_sign_in_code import redeem_sign_in_code
from appointly.operations.refresh_sign_in import add_refresh_token, refresh_sign_in
from appointly.operations.send_sign_in_code import AskedCode, send_sign_in_code
from appointly.operations.sign_in import NewSession, check_password, sign_in
from appointly.operations.sign_out import sign_out
from appointly.operations.sign_up import SignUp, sign_up
from appointly.origin import current_origin
from appointly.passwords import LONGEST
from appointly.queries.accounts import Account, account_by_email
from appointly.queries.codes import code_id_of
from appointly.queries.sessions import SignedIn
from appointly.settings import settings
from appointly.validation import EmailAddress
from appointly.visitor import access_token, current_actor, current_visitor

router = APIRouter(prefix="/auth", tags=["Sign-in"], route_class=GuardedRoute)
DEMO_CODES_AN_HOUR = 600
LONGEST_SECRET = 200
log = structlog.get_logger()


class Credentials(BaseModel):
    """Address and password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[EmailAddress, Field(max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class OtpAnswer(BaseModel):
    """The `otp_session` of the sign-in, and the code from the mail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    otp_session: Annotated[str, Field(max_length=LONGEST_SECRET)]
    code: Annotated[str, Field(max_length=LONGEST_SECRET)]


class RefreshForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    refresh_token: Annotated[str, Field(max_length=LONGEST_SECRET)]


async def begin(account: Account, at: datetime) -> NewSession:
    """A session for somebody whose password was checked, or who has just made the account."""
    async with transaction() as session:
        new = await start_session(session, account, at)
    await bring_along(account, at)
    return new


async def bring_along(account: Account, at: datetime) -> None:
    """What was begun in this browser before the sign-in belongs to the account now. No sign-in fails of it."""
    try:
        async with transaction() as session:
            await take_over_drafts(session, Actor(user_id=account.id), current_visitor().actor.browser, at)
    except psycopg.Error as error:
        log.warning("drafts_left_behind", error=str(error)[:300])


async def start_session(session: AsyncSession, account: Account, at: datetime) -> NewSession:
    """A new session, in place of the one this browser had."""
    before, origin = current_visitor(), current_origin()
    # First the account is locked, then sessions end: a reset goes the same way round.
    new = await sign_in(session, account, at, user_agent=origin.agent, address=origin.address)
    if before.session_id is not None:
        await sign_out(session, before.actor, before.session_id)
    return new


async def ask_for_code(account: Account, at: datetime) -> AskedCode:
    """Mail a code to somebody whose password was checked. Raises `TooManyCodes`."""
    async with transaction() as session:
        return await send_sign_in_code(session, account.id, current_visitor().browser, at, ceiling_of(account.email))


def ceiling_of(email: str) -> int:
    """Codes an hour: the demo's logins belong to everybody."""
    shared = settings().demo and email.endswith("@demo.test")
    return DEMO_CODES_AN_HOUR if shared else CODES_AN_HOUR


async def finish_with_code(code_id: UUID, browser: str, typed: str, at: datetime) -> tuple[Account, NewSession]:
    """A session for whoever typed the mailed code. Raises `OtpInvalid`, `OtpExpired`, `OtpAttemptsUsed`."""
    new = None
    async with limits.failures("code", counted=OtpInvalid):
        async with transaction() as session:
            account = await redeem_sign_in_code(session, code_id, browser, typed, settings().require_secret(), at)
            if account is not None:
                new = await start_session(session, account, at)
        if account is None or new is None:
            raise OtpInvalid
        await bring_along(account, at)
        return account, new


async def authenticate(credentials: Credentials) -> Account:
    """The account of these credentials. Raises `CredentialsInvalid`, `TooManyRequests`."""
    async with limits.failures("sign_in", credentials.email, counted=CredentialsInvalid):
        async with reading() as session:
            account = await account_by_email(session, credentials.email)
        return await check_password(account, credentials.password)


async def register(form: SignUp, at: datetime) -> Account:
    """A new account. Raises `EmailTaken`, `TooManyRequests`."""
    async with limits.failures("sign_up_taken", counted=EmailTaken):
        await limits.take("sign_up")
        async with transaction() as session:
            return await sign_up(session, form, at)


async def _signed_in(account: Account, new: NewSession, at: datetime, response: Response) -> dict[str, object]:
    async with transaction() as session:
        refresh_token = await add_refresh_token(session, new.id, at)
    set_session_cookie(response, new.token)
    remember_device(response, account.email)
    return _tokens(account, new.id, refresh_token, at)


def _tokens(account: Account | SignedIn, session_id: UUID, refresh_token: str, at: datetime) -> dict[str, object]:
    role, user_id = (account.kind, account.user_id) if isinstance(account, SignedIn) else (account.role, account.id)
    user = {"id": user_id, "email": account.email, "name": account.name, "role": role}
    return {"user": user, "access_token": access_token(user_id, session_id, at), "refresh_token": refresh_token}


@router.post("/signup", status_code=201, response_model=SignedInOut, responses=refusals(409))
@access("public")
async def post_signup(response: Response, form: SignUp) -> dict[str, object]:
    """Make an account and sign in."""
    at = now()
    account = await register(form, at)
    return await _signed_in(account, await begin(account, at), at, response)


@router.post("/login", response_model=SignedInOut, responses={202: {"model": OtpSessionOut}, **refusals(429)})
@access("public")
async def post_login(response: Response, form: Credentials) -> Any:
    """Sign in with address and password. A provider is mailed a six-digit code, for `/auth/otp`."""
    account = await authenticate(form)
    at = now()
    if account.role == "provider":
        asked = await ask_for_code(account, at)
        return answer({"otp_session": f"{asked.id}.{asked.browser}"}, 202)
    return await _signed_in(account, await begin(account, at), at, response)


@router.post("/otp", response_model=SignedInOut, responses=refusals(410, 429))
@access("public")
async def post_otp(response: Response, form: OtpAnswer) -> dict[str, object]:
    """Finish a provider's sign-in with the code from the mail: five minutes, five attempts, once."""
    code_id, _, browser = form.otp_session.partition(".")
    at = now()
    account, new = await finish_with_code(code_id_of(code_id), browser, form.code, at)
    return await _signed_in(account, new, at, response)


@router.post("/refresh", response_model=SignedInOut)
@access("public")
async def post_refresh(form: RefreshForm) -> dict[str, object]:
    """Trade a refresh token for the next one and a new access token. One that comes twice ends the whole sign-in."""
    at = now()
    async with transaction() as session:
        refreshed = await refresh_sign_in(session, form.refresh_token, at)
    if refreshed is None:
        raise RefreshInvalid
    return _tokens(refreshed.signed_in, refreshed.signed_in.id, refreshed.token, at)


@router.get("/me", response_model=MeOut)
@access("signed_in", "account:read")
async def get_me() -> dict[str, object]:
    """Who is signed in."""
    actor = current_actor()
    user = {"id": actor.user_id, "email": actor.email, "name": actor.name, "role": actor.kind}
    return {"user": user | {"provider_id": actor.provider_id}}


@router.post("/logout", status_code=204)
@access("signed_in")
async def post_logout() -> Response:
    """End the session: its cookie and its access tokens are worth nothing from now on."""
    caller = current_visitor()
    assert caller.session_id is not None  # noqa: S101 - the guard let only signed-in people in
    async with transaction() as session:
        await sign_out(session, caller.actor, caller.session_id)
    response = Response(status_code=204)
    forget_everything(response)
    return response
