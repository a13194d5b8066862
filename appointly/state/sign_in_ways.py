"""The ways into one's own account, on its settings page."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.errors import (
    GoogleCancelled,
    GoogleDoubtful,
    GoogleSilent,
    GoogleStale,
    IdentityTaken,
    IdentityUnverified,
    LastWayIn,
    NotFound,
)
from appointly.operations.identities import unlink
from appointly.queries.identities import ways_in
from appointly.queries.own_account import own_account
from appointly.settings import settings
from appointly.state.settings_page import say
from appointly.state.sign_in import SENTENCES
from appointly.visitor import current_actor

FROM_GOOGLE = {
    refusal.code
    for refusal in (GoogleCancelled, GoogleStale, GoogleDoubtful, GoogleSilent, IdentityUnverified, IdentityTaken)
}


@dataclass(frozen=True)
class WayView:
    """A Google account that opens this one."""

    id: str = ""
    email: str = ""
    since: str = ""


class SignInWays(rx.State):
    """Google accounts that open this one. `shown` where Google is set up, or was when one was added."""

    __access__ = "signed_in"

    shown: bool = False
    google: str = ""
    ways: list[WayView] = []
    has_password: bool = True
    only_way: bool = False
    error: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens; perhaps on the way back from Google, with what went wrong there."""
        code = self.router.url.query_parameters.get("error", "")
        self.error = SENTENCES[code] if code in FROM_GOOGLE else ""
        await self._read()

    @rx.event
    async def remove(self, way: UUID) -> EventSpec:
        """Close one way in."""
        try:
            async with transaction() as session:
                await unlink(session, current_actor(), way, now())
            said = say("Removed. It does not open your account any more.")
        except (LastWayIn, NotFound) as error:
            said = say(error.message, "problem")
        await self._read()
        return said

    async def _read(self) -> None:
        async with reading() as session:
            found = await ways_in(session, current_actor())
            self.has_password = (await own_account(session, current_actor(), now())).has_password
        self.ways = [WayView(str(way.id), way.email, f"{way.created_at.day} {way.created_at:%B %Y}") for way in found]
        self.only_way = len(found) == 1 and not self.has_password
        self.google = urlencode({"next": "/account/settings"}) if settings().google_sign_in else ""
        self.shown = bool(self.google or self.ways)
