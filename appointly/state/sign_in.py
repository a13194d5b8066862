"""What the sign-in and sign-up forms show: they post to `/session/…` and come back here when they are refused."""

from urllib.parse import urlencode

import reflex as rx

from appointly import errors
from appointly.passwords import SHORTEST
from appointly.routes import safe_path
from appointly.settings import settings

FIELD_SENTENCES = {
    "email": "Please give an address like name@example.com.",
    "password": f"Please choose a password of at least {SHORTEST} characters.",
    "name": "Please tell us your name.",
}
SENTENCES = {
    refusal.code: refusal.message
    for refusal in vars(errors).values()
    if isinstance(refusal, type) and issubclass(refusal, errors.AppointlyError)
}
OTHER_DOORS = (errors.ProvidersDoor.code, errors.CustomersDoor.code)  # nothing went wrong there
ROLES = ("customer", "provider")
PASSWORD_REFUSALS = (errors.PasswordCommon.code, errors.PasswordPersonal.code)


class SignInForm(rx.State):
    """The form as the address describes it. Nothing here decides who anybody is.

    `google` is the end of the address that leads to Google; empty where that is not set up.
    """

    __access__ = "public"

    error: str = ""
    other_door: bool = False
    email: str = ""
    name: str = ""
    role: str = "customer"
    then: str = ""
    email_error: str = ""
    password_error: str = ""
    name_error: str = ""
    demo: bool = False
    google: str = ""

    @rx.event
    def load(self) -> None:
        """Read the address: what was wrong, what had been typed, where to go afterwards."""
        query = self.router.url.query_parameters
        marked = set(query.get("fields", "").split(","))
        self.email_error, self.password_error, self.name_error = (
            FIELD_SENTENCES[field] if field in marked else "" for field in ("email", "password", "name")
        )
        code = query.get("error", "")
        self.error = SENTENCES.get(code, errors.AppointlyError.message) if code else ""
        self.other_door = code in OTHER_DOORS
        if code == errors.TooManyRequests.code and query.get("wait", "").isdecimal():
            self.error = errors.TooManyRequests.wait(int(query["wait"][:6])).message
        if code == errors.EmailTaken.code:
            self.email_error = errors.EmailTaken.message
        if code in PASSWORD_REFUSALS:
            self.password_error = self.error
        self.email, self.name = query.get("email", "")[:254], query.get("name", "")[:120]
        self.role = query["role"] if query.get("role") in ROLES else "customer"
        self.then = safe_path(query.get("next", ""), "")
        self.demo = settings().demo
        self.google = urlencode({"next": self.then}) if settings().google_sign_in else ""
