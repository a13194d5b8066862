"""A person's own account: what it says of them, and where it is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.devices import device, device_icon
from appointly.display.formatting import count
from appointly.errors import ValidationFailed
from appointly.operations.edit_account import AccountEdit, edit_account
from appointly.operations.end_sessions import end_session, end_sessions
from appointly.queries.own_account import Place, own_account, places
from appointly.state.base import Viewer
from appointly.state.live import watch
from appointly.validation import parse
from appointly.visitor import current_actor, current_visitor

Typed = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]], Field(max_length=20)
]


@dataclass(frozen=True)
class PlaceView:
    """A browser or program that is signed in, in words."""

    id: str = ""
    device: str = ""
    icon: str = ""
    address: str = ""
    seen: str = ""
    here: bool = False


def ago(instant: datetime, at: datetime) -> str:
    """ "just now", "5 minutes ago", "3 hours ago", "2 days ago": needs no time zone."""
    passed = at - instant
    if passed < timedelta(minutes=2):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{count(passed // timedelta(minutes=1), 'minute')} ago"
    if passed < timedelta(days=1):
        return f"{count(passed // timedelta(hours=1), 'hour')} ago"
    return f"{count(passed.days, 'day')} ago"


def place_view(place: Place, here: UUID | None, at: datetime) -> PlaceView:
    """A row of the list."""
    return PlaceView(
        id=str(place.id),
        device=device(place.user_agent),
        icon=device_icon(place.user_agent),
        address=place.address,
        seen="Active now" if place.id == here else f"Last seen {ago(place.last_seen_at, at)}",
        here=place.id == here,
    )


def say(sentence: str, kind: str = "success") -> EventSpec:
    """Tell the person; the guard of this event also renews the name in the page's header."""
    spec: EventSpec = Viewer.tell(sentence, kind)  # type: ignore[operator]
    return spec


class SettingsPage(rx.State):
    """The page at /account/settings; what changes a cookie is posted to `/session/…` instead."""

    __access__ = "signed_in"

    loaded: bool = False
    name: str = ""
    email: str = ""
    time_zone: str = ""
    verified: bool = True
    has_password: bool = True
    errors: dict[str, str] = {"name": "", "time_zone": ""}
    places: list[PlaceView] = []
    elsewhere: bool = False

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        watch(self, SettingsPage.refresh, f"customer:{current_actor().user_id}")
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """Something of the account has changed, here or elsewhere."""
        await self._read()

    async def _read(self) -> None:
        visitor, at = current_visitor(), now()
        async with reading() as session:
            own = await own_account(session, visitor.actor)
            found = await places(session, visitor.actor, at)
        self.name, self.email, self.time_zone = own.name, own.email, own.time_zone
        self.verified, self.has_password = own.verified, own.has_password
        listed = [place_view(place, visitor.session_id, at) for place in found]
        self.places = sorted(listed, key=lambda place: not place.here)
        self.elsewhere = any(not place.here for place in listed)
        self.loaded = True

    @rx.event
    async def save(self, form: Typed) -> EventSpec:
        """Change name and time zone."""
        try:
            edit = parse(AccountEdit, form)
        except ValidationFailed as error:
            self.errors = {name: error.fields.get(name, "") for name in self.errors}
            return say(error.message, "problem")
        self.errors = dict.fromkeys(self.errors, "")
        async with transaction() as session:
            await edit_account(session, current_actor(), edit)
        await self._read()
        return say("Saved.")

    @rx.event
    async def end(self, place: UUID) -> EventSpec:
        """Sign out one of the other browsers and programs."""
        visitor = current_visitor()
        if place == visitor.session_id:
            return say("This is where you are now. Use “Sign out” in the menu.", "info")
        async with transaction() as session:
            ended = await end_session(session, visitor.actor, place)
        said = "It is signed out." if ended else "It was signed out already."
        await self._read()
        return say(said)

    @rx.event
    async def end_others(self) -> EventSpec:
        """Sign out everywhere but here."""
        visitor = current_visitor()
        async with transaction() as session:
            ended = await end_sessions(session, visitor.actor, keep=visitor.session_id)
        said = f"Signed out in {count(ended, 'other place')}." if ended else "You are signed in nowhere else."
        await self._read()
        return say(said)
