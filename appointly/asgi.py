"""The outermost layer: who answers which path, and the headers every answer carries."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from appointly.api.documents import documents
from appointly.api.http import api
from appointly.appointly import app
from appointly.settings import settings
from appointly.supervisor import die_with_parent

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

HTTP_PATHS = ("/api/", "/session/", "/sandbox/", "/dev/", "/calendar/", "/media/", "/healthz", "/readyz")
HASHED = "/assets/"

# Reflex starts its pages with inline scripts. Without 'unsafe-eval' rx.toast shows nothing: messages come from state.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def security_headers() -> list[tuple[bytes, bytes]]:
    """Headers of every answer."""
    headers = {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=(self)",
    }
    if settings().secure_cookies:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def with_headers(send: Send, path: str, headers: list[tuple[bytes, bytes]]) -> Send:
    """`send`, adding the headers that the answer does not set itself, and how long a browser may keep it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = message.setdefault("headers", [])
            present = {name.lower() for name, _ in own}
            lasting = path.startswith(HASHED) and message["status"] in (200, 304)
            cache = b"public, max-age=31536000, immutable" if lasting else b"no-cache"
            message["headers"] = [
                *own,
                *(header for header in [*headers, (b"cache-control", cache)] if header[0] not in present),
            ]
        await send(message)

    return sending


def assembled(pages: Asgi, http: Asgi) -> Asgi:
    """One application: `http` for its own paths, `pages` for everything else, the socket and the lifespan."""
    headers = security_headers()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await pages(scope, receive, send)
            return
        path = scope["path"]
        answering = http if path.startswith(HTTP_PATHS) else pages
        await answering(scope, receive, with_headers(send, path, headers))

    return application


def create() -> Asgi:
    """The application of one web worker; called in the worker, after the fork."""
    die_with_parent()
    return assembled(documents(app()), api)
