"""What the page for newcomers needs to know about who is looking."""

import reflex as rx

from appointly import errors
from appointly.state.sign_in import SENTENCES
from appointly.visitor import current_actor


class BecomeProvider(rx.State):
    """Where the one button leads: `stage` is guest, customer, newcomer (no business yet), owner or admin."""

    __access__ = "public"

    stage: str = "guest"
    problem: str = ""

    @rx.event
    def load(self) -> None:
        """The page opens, perhaps because the form was refused."""
        actor = current_actor()
        provider = "owner" if actor.provider_id else "newcomer"
        self.stage = provider if actor.kind == "provider" else actor.kind
        code = self.router.url.query_parameters.get("error", "")
        self.problem = SENTENCES.get(code, errors.AppointlyError.message) if code else ""
