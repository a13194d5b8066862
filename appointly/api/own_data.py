"""`/session/export` and `/session/delete-account`: one's own data, taken along or taken away."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from appointly.api.account_forms import authenticate_again
from appointly.api.export import chunks, export
from appointly.api.forms import read_form
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget_everything
from appointly.clock import now
from appointly.database import bus, transaction
from appointly.errors import AppointlyError, NotConfirmed, PasswordMissing, TooManyRequests
from appointly.operations.delete_account import delete_account
from appointly.passwords import LONGEST
from appointly.visitor import current_actor, current_visitor

router = APIRouter(prefix="/session", include_in_schema=False, route_class=GuardedRoute)
WORD = "delete"
LONGEST_EXPORT_SECONDS = 300


@router.get("/export")
@access("signed_in")
async def get_export() -> Response:
    """All the caller's data, one archive at a time. There is no file that somebody else could ask for."""
    actor, at = current_actor(), now()
    running = f"export:{actor.user_id}"
    if not await bus.client().set(running, 1, nx=True, ex=LONGEST_EXPORT_SECONDS):
        raise TooManyRequests("Your data are being put together already.", details={"retry_after": 30})
    try:
        archive = await export(actor, at)
    finally:
        await bus.client().delete(running)
    headers = {
        "content-disposition": f'attachment; filename="appointly-{at:%Y-%m-%d}.zip"',
        "cache-control": "no-store",
    }
    return StreamingResponse(chunks(archive), media_type="application/zip", headers=headers)


@router.post("/delete-account")
@access("public")
async def post_delete_account(request: Request) -> Response:
    """Delete the caller's account: `own_password`, and `word` typed as asked. Then this browser knows nobody."""
    typed, caller = await read_form(request), current_visitor()
    if caller.session_id is None:
        return RedirectResponse("/login", 303)
    try:
        if typed.get("word", "").strip().lower() != WORD:
            raise NotConfirmed
        account = await authenticate_again(caller.actor, typed.get("own_password", "")[:LONGEST], needed=False)
        if account.password_hash is None:
            raise PasswordMissing
        async with transaction() as session:
            await delete_account(session, caller.actor, now())
    except AppointlyError as error:
        return RedirectResponse(f"/account/settings?delete={error.code}#delete", 303)
    response = RedirectResponse("/account-deleted", 303)
    forget_everything(response)
    return response
