"""What deleting one's account would do, before anybody does it."""

import reflex as rx

from appointly.clock import now
from appointly.database import reading
from appointly.display.formatting import count
from appointly.queries.leaving import coming_bookings
from appointly.queries.own_account import own_account
from appointly.state.sign_in import SENTENCES
from appointly.visitor import current_actor

BUSINESS = (
    "Your public page, your services, hours and pictures are gone at once. The name of your business stays on bookings"
    " that were made there."
)
EVERYBODY = (
    "Your name, address, telephone number, notes and answers are removed, from past bookings too. When these were and"
    " what they cost stays on record without you; so do the stars and words of your reviews.",
    "You are signed out everywhere. Your programs' tokens and your Google accounts open nothing any more.",
    "Bookings you made without signing in are not part of your account: use the links in their mails.",
)


class DeleteAccount(rx.State):
    """`consequences`: in sentences, what happens; `error`: why the last try was refused."""

    __access__ = "signed_in"

    possible: bool = True
    has_password: bool = True
    consequences: list[str] = []
    error: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens; perhaps after a try."""
        code = self.router.url.query_parameters.get("delete", "")
        self.error = SENTENCES.get(code, "")
        actor, at = current_actor(), now()
        self.possible = actor.kind != "admin"
        async with reading() as session:
            made, taken = await coming_bookings(session, actor, at)
            self.has_password = (await own_account(session, actor, at)).has_password
        here = [
            f"{count(made, 'coming booking')} {_goes(made)}, and the provider is told by mail." if made else "",
            f"{count(taken, 'coming booking')} at your business {_goes(taken)}, and your customers are told by mail."
            if taken
            else "",
            BUSINESS if actor.provider_id else "",
        ]
        self.consequences = [*filter(None, here), *EVERYBODY]


def _goes(number: int) -> str:
    return "is cancelled" if number == 1 else "are cancelled"
