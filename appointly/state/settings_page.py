"""A person's own account: what it says of them, and where it is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly import limits
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.devices import device, device_icon
from appointly.display.formatting import count
from appointly.errors import AppointlyError, TooManyRequests, ValidationFailed
from appointly.operations.edit_account import AccountEdit, edit_account
from appointly.operations.end_sessions import end_session, end_sessions
from appointly.operations.reset_password import ask_for_reset
from appointly.operations.verify_email import mail_verification
from appointly.queries.own_account import Place, own_account, places
from appointly.state.base import Viewer
from appointly.state.live import watch
from appointly.state.sign_in import FIELD_SENTENCES, SENTENCES
from appointly.validation import parse
from appointly.visitor import current_actor, current_visitor

Typed = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]], Field(max_length=20)
]


FIELDS = ("name", "time_zone", "email", "email_current", "email_form", "password", "current", "password_form")
DONES = ("password", "email")


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


def within(seconds: int) -> str:
    """ "in 40 seconds", "in 5 minutes", "in 3 hours"."""
    minutes = -(-seconds // 60)
    if seconds < 100:
        return f"in {count(seconds, 'second')}"
    return f"in {count(minutes, 'minute')}" if minutes < 100 else f"in {count(-(-minutes // 60), 'hour')}"


async def mail_again() -> EventSpec:
    """Mail the link that confirms the address once more, unless it was mailed just now."""
    actor = current_actor()
    try:
        await limits.take("mail", actor.email)
    except TooManyRequests as error:
        return say(error.message, "problem")
    async with transaction() as session:
        wait = await mail_verification(session, actor, now())
    if wait:
        return say(f"It was mailed a moment ago. You can have it mailed again {within(wait)}.", "info")
    return say(f"A link is on its way to {actor.email}.")


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
    moving_to: str = ""
    typed_email: str = ""
    email_open: bool = False
    done: str = ""
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    places: list[PlaceView] = []
    elsewhere: bool = False

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        watch(self, SettingsPage.refresh, f"customer:{current_actor().user_id}")
        self._read_address()
        await self._read()

    def _read_address(self) -> None:
        """What the forms that were posted have come to: `done`, or `form` with `error` and `fields`."""
        query = self.router.url.query_parameters
        self.done = query["done"] if query.get("done") in DONES else ""
        self.typed_email = query.get("email", "")[:254]
        self.errors, self.email_open = dict.fromkeys(FIELDS, ""), False
        form, code = query.get("form", ""), query.get("error", "")
        if form in DONES and code:
            sentence = SENTENCES.get(code, AppointlyError.message)
            marked = [name for name in query.get("fields", "").split(",") if name in ("email", "current", "password")]
            for name in marked:
                field = f"email_{name}" if form == "email" and name == "current" else name
                invalid = code == ValidationFailed.code
                self.errors[field] = FIELD_SENTENCES.get(name, sentence) if invalid else sentence
            self.email_open = form == "email"
            if not marked:
                self.errors[f"{form}_form"] = sentence

    @rx.event
    async def refresh(self) -> None:
        """Something of the account has changed, here or elsewhere."""
        await self._read()

    async def _read(self) -> None:
        visitor, at = current_visitor(), now()
        async with reading() as session:
            own = await own_account(session, visitor.actor, at)
            found = await places(session, visitor.actor, at)
        self.name, self.email, self.time_zone = own.name, own.email, own.time_zone
        self.verified, self.has_password, self.moving_to = own.verified, own.has_password, own.moving_to
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
            self.errors |= {name: error.fields.get(name, "") for name in ("name", "time_zone")}
            return say(error.message, "problem")
        self.errors |= {"name": "", "time_zone": ""}
        async with transaction() as session:
            await edit_account(session, current_actor(), edit)
        await self._read()
        return say("Saved.")

    @rx.event
    async def mail_verification(self) -> EventSpec:
        """Mail the link that confirms the address once more."""
        return await mail_again()

    @rx.event
    async def mail_password_link(self) -> EventSpec | None:
        """Mail a link with which somebody who has no password yet sets one."""
        if self.has_password:
            return None
        try:
            await limits.take("mail", current_actor().email)
        except TooManyRequests as error:
            return say(error.message, "problem")
        async with transaction() as session:
            await ask_for_reset(session, current_actor().email, now())
        return say("A link is on its way to your mailbox.")

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
