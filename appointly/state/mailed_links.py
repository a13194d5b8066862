"""What the pages behind mailed links show: they post to `/session/…` and come back here when they are refused."""

import reflex as rx

from appointly import errors
from appointly.state.sign_in import FIELD_SENTENCES, PASSWORD_REFUSALS, SENTENCES

WHATS = ("verify_email", "leave_email", "take_email", "way_back")
DONES = ("verified", "before", "half", "changed", "returned")


class MailedLink(rx.State):
    """The page as its address describes it. Nothing here opens anything: the key is in a cookie only forms get."""

    __access__ = "public"

    what: str = ""
    link: str = ""
    done: str = ""
    error: str = ""
    sent: bool = False
    email: str = ""
    email_error: str = ""
    password_error: str = ""

    @rx.event
    def load(self) -> None:
        """Read the address: which link, what was wrong, what has been done."""
        query = self.router.url.query_parameters
        marked = query.get("fields", "").split(",")
        code = query.get("error", "")
        self.what = query["what"] if query.get("what") in WHATS else ""
        self.done = query["done"] if query.get("done") in DONES else ""
        self.link, self.email = query.get("link", "")[:40], query.get("email", "")[:254]
        self.sent = query.get("sent") == "1"
        self.email_error = FIELD_SENTENCES["email"] if "email" in marked else ""
        self.password_error = FIELD_SENTENCES["password"] if "password" in marked else ""
        if code in PASSWORD_REFUSALS:
            self.password_error = SENTENCES[code]
        in_a_field = self.email_error or self.password_error
        self.error = "" if not code or in_a_field else SENTENCES.get(code, errors.AppointlyError.message)
