"""The one door: every event passes here before any handler runs, and what is not declared is refused.

* Each state class says who may call its handlers: `__access__` = "public", "signed_in", "customer", "provider" or
  "admin", on the class itself. Without it every event of the class is refused.
* The visitor is looked up anew for each event, by the cookies the socket came with; sign-out, expiry and a change of
  role bite at once.
* The state tree belongs to the visitor who filled it: for anybody else it is emptied before anything runs or is sent.
* Arguments are checked against the handler's type hints, which Reflex does not enforce.
"""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints
from urllib.parse import urlencode

import psycopg
import reflex as rx
import structlog
from pydantic import TypeAdapter, ValidationError
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event, EventHandler
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import transform_form_data
from sqlalchemy.exc import SQLAlchemyError

from appointly.clock import now
from appointly.database import reading
from appointly.errors import Forbidden, NotSignedIn, Unavailable, ValidationFailed
from appointly.origin import NOWHERE, Origin, set_current_origin
from appointly.routes import safe_path
from appointly.state.base import Viewer
from appointly.state.live import BY_ITSELF
from appointly.state.sockets import origin_at
from appointly.visitor import Visitor, set_current_visitor, visitor_of

LEVELS = ("public", "signed_in", "customer", "provider", "admin")
FRAMEWORK = ("reflex.", "reflex_base.", "reflex_components")
FRAMEWORK_EVENTS = {
    "hydrate",
    "hydrate_and_load",
    "on_load_internal",
    "set_is_hydrated",
    "handle_frontend_exception",
}
WORKSPACE, BEGINNING = "/dashboard", "/onboarding"  # the workspace of a business opens once there is one
SETTER = "setvar"  # Reflex gives one to every state; nobody here wants a browser to set what it likes
DEEPEST, LONGEST, MOST = 8, 10_000, 2_000
log = structlog.get_logger()


def access_of(state: type[BaseState]) -> str | None:
    """Who may call the handlers of a state class; None when it does not say, which refuses everybody."""
    level = vars(state).get("__access__")
    return level if level in LEVELS else None


def is_framework(state: type[BaseState]) -> bool:
    """Whether the class is Reflex's own."""
    return state.__module__.startswith(FRAMEWORK)


def may_call(visitor: Visitor, event_name: str, state: type[BaseState]) -> bool:
    """Whether the visitor may call this handler. Client storage is not ours, so Reflex's way to set it is closed."""
    handler = event_name.rpartition(".")[2]
    if is_framework(state):
        return handler in FRAMEWORK_EVENTS
    level = access_of(state)
    if level is None or handler == SETTER:
        return False
    return level == "public" or (visitor.session_id is not None and level in ("signed_in", visitor.actor.kind))


class Guard(Middleware):
    """Runs before every event: page loads, clicks, chained and enqueued ones."""

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        """None lets the event run; an update is sent instead of running it."""
        viewer = await state.get_state(Viewer)
        origin = origin_here(app)
        set_current_origin(origin)
        try:
            async with reading() as session:
                clicked = BY_ITSELF not in EventContext.get().router_data
                visitor = await visitor_of(session, origin.cookies, now(), in_use=clicked)
        except (SQLAlchemyError, psycopg.Error, OSError) as error:
            log.warning("guard_without_database", error=str(error))
            return await refused(state, viewer, Unavailable.message)
        set_current_visitor(visitor)
        if viewer._bound_to != visitor.binding:
            await forget(state)
        viewer._show(visitor)
        registered = RegistrationContext.get().event_handlers.get(event.name)
        if registered is None or not registered.states:
            return await refused(state, viewer, Forbidden.message)
        owner = registered.states[0]
        if not may_call(visitor, event.name, owner):
            log.warning("event_refused", name=event.name, user=str(visitor.actor.user_id))
            to = login_page(state, visitor, owner)
            if to and visitor.session_id is None:
                return await refused(state, viewer, NotSignedIn.message, to=to, kind="info")
            return await refused(state, viewer, Forbidden.message, to=to)
        if visitor.actor.kind == "provider" and visitor.actor.provider_id is None and path(state).startswith(WORKSPACE):
            return await refused(state, viewer, "", to=BEGINNING)
        try:
            check_arguments(registered.handler, event.payload)
        except ValidationFailed as error:
            return await refused(state, viewer, error.message)
        return None


def origin_here(app: rx.App) -> Origin:
    """Address and cookies of the socket this tab is connected with now, else of the one its event came by.

    An event that the server itself enqueues is judged by the socket which will receive the answer, not by whoever used
    the tab's token before.
    """
    context, namespace = EventContext.get(), app.event_namespace
    socket = namespace._token_manager.token_to_socket.get(context.token) if namespace else None
    origin = origin_at(app, socket.sid) if socket else None
    return origin or origin_at(app, str(context.router_data.get("sid", ""))) or NOWHERE


async def forget(root: BaseState) -> None:
    """Empty every state of ours, also those not loaded yet: somebody else filled them."""
    for state in list(RegistrationContext.get().base_states.values()):
        if not is_framework(state):
            (await root.get_state(state)).reset()  # type: ignore[no-untyped-call]


async def refused(state: BaseState, viewer: Viewer, notice: str, to: str = "", kind: str = "problem") -> StateUpdate:
    """Send the changes so far and a sentence, or lead to another page, instead of running the event."""
    if notice:
        viewer._tell(notice, kind)
    delta = await state._get_resolved_delta()
    state._clean()  # type: ignore[no-untyped-call]
    return StateUpdate(delta=delta, events=Event.from_event_type(rx.redirect(to)) if to else [])


def path(state: BaseState) -> str:
    """The address of the page that sent the event."""
    return str(state.router_data.get("asPath") or state.router_data.get("pathname") or "")


def login_page(state: BaseState, visitor: Visitor, owner: type[BaseState]) -> str:
    """Where somebody who may not call `owner` can become somebody who may; empty where nobody may."""
    level = access_of(owner)
    if level in (None, "public"):
        return ""
    here = safe_path(path(state))
    error = {"error": "forbidden"} if visitor.session_id else {}
    return f"/login{'-provider' if level == 'provider' else ''}?{urlencode({'next': here} | error)}"


@cache
def parameters(function: Callable[..., Any]) -> dict[str, tuple[TypeAdapter[Any], Any, bool]]:
    """For each argument of a handler: its checker, its hint and whether it is needed."""
    hints = get_type_hints(function, include_extras=True)
    named = list(inspect.signature(function).parameters.values())[1:]
    return {
        each.name: (TypeAdapter(hints.get(each.name, Any)), hints.get(each.name, Any), each.default is each.empty)
        for each in named
    }


def check_arguments(handler: EventHandler, payload: dict[str, Any]) -> None:
    """Put checked values into `payload`. Raises `ValidationFailed` for a wrong, missing or unknown argument."""
    problem = ValidationFailed("That was not understood. Please reload the page and try again.")
    if not isinstance(payload, dict) or not is_harmless(payload):
        raise problem
    expected = parameters(handler.fn)
    if handler.fn.__name__ == "hydrate_and_load":
        payload["vars"] = None
    if payload.keys() - expected.keys():
        raise problem
    for name, (checker, hint, needed) in expected.items():
        if name in payload:
            try:
                payload[name] = checker.validate_python(transform_form_data(payload[name], hint))
            except (ValidationError, ValueError, TypeError):
                raise problem from None
        elif needed:
            raise problem


def is_harmless(value: Any, depth: int = 0) -> bool:
    """Whether a value is small and shallow, and every text in it can be stored (no NUL, no lone surrogate)."""
    if depth > DEEPEST:
        return False
    if isinstance(value, str):
        return len(value) <= LONGEST and not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return len(value) <= MOST and all(is_harmless(part, depth + 1) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return len(value) <= MOST and all(is_harmless(part, depth + 1) for part in value)
    return value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 2**63)
