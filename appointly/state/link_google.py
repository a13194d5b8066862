"""The page that asks for the password once, before a Google account is added to an account that is there already."""

import reflex as rx

from appointly.clock import now
from appointly.database import reading
from appointly.domain.proven_identity import ProvenIdentity
from appointly.errors import PasswordMissing
from appointly.queries.accounts import account_by_email
from appointly.sealed import GOOGLE_LINK, unseal
from appointly.state.sign_in import SENTENCES
from appointly.visitor import current_actor, current_visitor


class LinkGoogle(rx.State):
    """What waits in this browser's sealed cookie. Nothing here decides anything: the form's route reads it anew.

    `signed_in`: somebody adds it to the account they are in; else the account is the one with Google's address.
    """

    __access__ = "public"

    loaded: bool = False
    waiting: bool = False
    google_email: str = ""
    account_email: str = ""
    signed_in: bool = False
    has_password: bool = False
    error: str = ""
    no_password: bool = False

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        self.reset()  # type: ignore[no-untyped-call]
        code = self.router.url.query_parameters.get("error", "")
        self.error, self.no_password = SENTENCES.get(code, ""), code == PasswordMissing.code
        pending = unseal(GOOGLE_LINK, current_visitor().cookies.get(GOOGLE_LINK, ""), now())
        actor, self.loaded = current_actor(), True
        if pending is None or (pending["user_id"] and pending["user_id"] != str(actor.user_id)):
            return
        proven, self.signed_in = ProvenIdentity(**pending["proven"]), bool(pending["user_id"])
        self.google_email, self.waiting = proven.email, True
        self.account_email = actor.email if self.signed_in else proven.email
        async with reading() as session:
            account = await account_by_email(session, self.account_email)
        self.has_password = account is not None and account.password_hash is not None
        self.no_password = self.no_password or not (self.has_password or self.signed_in)
