"""What a socket came with that must not be written down: Reflex keeps an event's headers in Redis, with the state.

The cookies stay with the connection itself, and a while longer for events that were on their way when it broke.
"""

import asyncio
from typing import Any

import reflex as rx

from appointly.origin import NOWHERE, Origin, origin_of

SECRETS = ("cookie", "authorization")
AFTERWARDS_SECONDS = 60
left: dict[str, Origin] = {}


def keep_secrets_out(app: rx.App) -> None:
    """Let the events of `app` carry no cookies. To be called once, when the app is made."""
    namespace = app.event_namespace
    assert namespace is not None  # noqa: S101 - an app with states has one
    build, leave = namespace._build_static_router_data, namespace.on_disconnect

    def without_secrets(sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        data = build(sid, environ)
        for name in SECRETS:
            data["headers"].pop(name, None)
        return data

    def on_disconnect(sid: str, *reason: object) -> "asyncio.Task[None] | None":
        left[sid] = origin_at(app, sid) or NOWHERE
        asyncio.get_running_loop().call_later(AFTERWARDS_SECONDS, left.pop, sid, None)
        return leave(sid)

    namespace._build_static_router_data = without_secrets  # type: ignore[method-assign]
    namespace.on_disconnect = on_disconnect  # type: ignore[method-assign]


def origin_at(app: rx.App, sid: str) -> Origin | None:
    """Address and cookies this socket came with; None for a socket this worker does not know."""
    namespace = app.event_namespace
    try:
        environ = app.sio.get_environ(sid, namespace.namespace)  # type: ignore[union-attr]
    except (AttributeError, KeyError):
        environ = None
    return left.get(sid) if environ is None else origin_of(environ["asgi.scope"])
