"""The cookies: who is signed in, what links have opened, what a guest has begun, and what signing in needs."""

import secrets
from datetime import timedelta
from uuid import UUID

from fastapi import Response

from appointly.origin import DEVICE_COOKIE, current_origin, device_value
from appointly.queries.sessions import LIFETIMES
from appointly.settings import settings
from appointly.visitor import (
    BOOKINGS_COOKIE,
    BROWSER_COOKIE,
    SESSION_COOKIE,
    VISITOR_COOKIE,
    Visitor,
    remember_bookings,
)

BOOKINGS_COOKIE_LIFE = 180 * 24 * 3600
BROWSER_COOKIE_LIFE = 3600  # longer than a code, so that the page knows whose has run out
VISITOR_COOKIE_LIFE = 180 * 24 * 3600
DEVICE_COOKIE_LIFE = 400 * 24 * 3600  # browsers keep none longer


def _set(response: Response, name: str, value: str, seconds: int, path: str = "/") -> None:
    """Out of reach of scripts and of other sites."""
    secure = settings().secure_cookies
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, secure=secure, samesite="lax")


def set_session_cookie(response: Response, token: str) -> None:
    """Keep the session in the browser; that it ends sooner for some is the server's affair."""
    _set(response, SESSION_COOKIE, token, int(max(LIFETIMES.values()).total_seconds()))


def set_browser_cookie(response: Response, browser: str) -> None:
    """Bind the code that was just mailed to this browser."""
    _set(response, BROWSER_COOKIE, browser, BROWSER_COOKIE_LIFE)


def set_visitor_cookie(response: Response) -> str:
    """Know this browser again before anybody signs in, by a new secret: what was begun under the old one is out of
    its reach. Returns the secret."""
    value = secrets.token_urlsafe(32)
    _set(response, VISITOR_COOKIE, value, VISITOR_COOKIE_LIFE)
    return value


def remember(response: Response, caller: Visitor, appointment_id: UUID) -> None:
    """Open one more booking for this browser, without an account."""
    already = sorted(caller.actor.managed, reverse=True)
    _set(response, BOOKINGS_COOKIE, remember_bookings(already, appointment_id), BOOKINGS_COOKIE_LIFE)


def remember_device(response: Response, email: str) -> None:
    """Know this browser at the next sign-in of this account: strangers' wrong guesses do not hold it up."""
    _set(response, DEVICE_COOKIE, device_value(current_origin(), email), DEVICE_COOKIE_LIFE)


def keep(response: Response, name: str, value: str, life: timedelta, path: str = "/") -> None:
    """Leave something with the browser for a while: what is sealed, or a key that only `path` gets."""
    _set(response, name, value, int(life.total_seconds()), path)


def forget(response: Response, *names: str, path: str = "/") -> None:
    """Take these cookies back."""
    for name in names:
        response.delete_cookie(name, path=path, httponly=True, secure=settings().secure_cookies, samesite="lax")


def forget_everything(response: Response) -> None:
    """Drop what says who somebody is; the device's cookie stays, which signs nobody in. What this browser began before
    is not shown to the next person either."""
    forget(response, SESSION_COOKIE, BOOKINGS_COOKIE, BROWSER_COOKIE)
    set_visitor_cookie(response)
