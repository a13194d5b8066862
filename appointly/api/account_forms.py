"""`/session/…`: the forms by which people change what is behind their own cookie, answered 303."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from appointly.api.forms import read_form
from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import forget_everything
from appointly.database import transaction
from appointly.operations.end_sessions import end_sessions
from appointly.visitor import current_visitor

router = APIRouter(prefix="/session", include_in_schema=False, route_class=GuardedRoute)


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
