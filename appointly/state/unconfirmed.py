"""Whether somebody's address still waits to be confirmed, for the pages that remind of it."""

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.queries.own_account import own_account
from appointly.state.settings_page import mail_again
from appointly.visitor import current_visitor


class Unconfirmed(rx.State):
    """The reminder; put away, it stays away in this tab."""

    __access__ = "signed_in"

    waits: bool = False
    away: bool = False

    @rx.event
    async def load(self) -> None:
        """A page opens that reminds."""
        async with reading() as session:
            self.waits = not (await own_account(session, current_visitor().actor, now())).verified

    @rx.event
    async def mail(self) -> EventSpec:
        """Mail the link once more."""
        return await mail_again()

    @rx.event
    def put_away(self) -> None:
        """Not now."""
        self.away = True
