"""`/auth`: sign up, sign in, sign out, and who is signed in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget_everything, set_session_cookie
from appointly.api.shapes import MeOut, SignedInOut, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.sign_in import NewSession, check_password, sign_in
from appointly.operations.sign_out import sign_out
from appointly.operations.sign_up import SignUp, sign_up
from appointly.passwords import LONGEST
from appointly.queries.accounts import Account, account_by_email
from appointly.validation import EmailAddress
from appointly.visitor import access_token, current_actor, current_visitor

router = APIRouter(prefix="/auth", tags=["Sign-in"], route_class=GuardedRoute)


class Credentials(BaseModel):
    """Address and password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[EmailAddress, Field(max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=LONGEST)]


async def begin(request: Request, account: Account, at: datetime) -> NewSession:
    """A session for somebody whose password was checked, or who has just made the account."""
    address = request.client.host if request.client else ""
    async with transaction() as session:
        return await sign_in(session, account.id, at, user_agent=request.headers.get("user-agent", ""), address=address)


async def authenticate(credentials: Credentials) -> Account:
    """The account of these credentials. Raises `CredentialsInvalid`."""
    async with reading() as session:
        account = await account_by_email(session, credentials.email)
    return await check_password(account, credentials.password)


async def register(form: SignUp, at: datetime) -> Account:
    """A new account. Raises `EmailTaken`."""
    async with transaction() as session:
        return await sign_up(session, form, at)


def _signed_in(account: Account, new: NewSession, at: datetime, response: Response) -> dict[str, object]:
    set_session_cookie(response, new.token)
    user = {"id": account.id, "email": account.email, "name": account.name, "role": account.role}
    return {"user": user, "access_token": access_token(account.id, new.id, at)}


@router.post("/signup", status_code=201, response_model=SignedInOut, responses=refusals(409))
@access("public")
async def post_signup(request: Request, response: Response, form: SignUp) -> dict[str, object]:
    """Make an account and sign in."""
    at = now()
    account = await register(form, at)
    return _signed_in(account, await begin(request, account, at), at, response)


@router.post("/login", response_model=SignedInOut)
@access("public")
async def post_login(request: Request, response: Response, form: Credentials) -> dict[str, object]:
    """Sign in with address and password."""
    account = await authenticate(form)
    at = now()
    return _signed_in(account, await begin(request, account, at), at, response)


@router.get("/me", response_model=MeOut)
@access("signed_in")
async def get_me(request: Request) -> dict[str, object]:
    """Who is signed in."""
    actor = current_actor()
    user = {"id": actor.user_id, "email": actor.email, "name": actor.name, "role": actor.kind}
    return {"user": user | {"provider_id": actor.provider_id}}


@router.post("/logout", status_code=204)
@access("signed_in")
async def post_logout(request: Request) -> Response:
    """End the session: its cookie and its access tokens are worth nothing from now on."""
    caller = current_visitor()
    assert caller.session_id is not None  # noqa: S101 - the guard let only signed-in people in
    async with transaction() as session:
        await sign_out(session, caller.actor, caller.session_id)
    response = Response(status_code=204)
    forget_everything(response)
    return response
