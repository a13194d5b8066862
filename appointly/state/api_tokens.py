"""Personal API tokens, as their owner sees them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.rights import SCOPES
from appointly.errors import AppointlyError
from appointly.operations.api_tokens import NewToken, make_api_token, revoke_api_token
from appointly.queries.api_tokens import OwnToken, own_tokens
from appointly.state.settings_page import Typed, ago, say
from appointly.validation import parse
from appointly.visitor import current_actor

FIELD, COPY = "new-token", "copy-new-token"


@dataclass(frozen=True)
class TokenView:
    """A token in words."""

    id: str = ""
    name: str = ""
    hint: str = ""
    may: list[str] = field(default_factory=list)
    used: str = ""
    ends: str = ""


def token_view(token: OwnToken, at: Any) -> TokenView:
    """A row of the list."""
    ends = token.expires_at
    verb = "Ended on" if ends and ends <= at else "Ends on"
    return TokenView(
        id=str(token.id),
        name=token.name,
        hint=f"apt_…{token.hint}",
        may=[SCOPES[scope] for scope in token.scopes],
        used=f"Last used {ago(token.last_used_at, at)}" if token.last_used_at else "Not used yet",
        ends=f"{verb} {ends.day} {ends:%B %Y}" if ends else "No end",
    )


def put_in_place(secret: str) -> list[EventSpec]:
    """Into the field and the button that copies it: what is in a state is kept by the server for an hour."""
    return [rx.set_value(place, secret) for place in (FIELD, COPY)]


class ApiTokens(rx.State):
    """The list. The secret of one that was just made goes straight into the page and is kept nowhere."""

    __access__ = "signed_in"

    tokens: list[TokenView] = []
    shown: bool = False
    made: int = 0
    errors: dict[str, str] = {"token_name": "", "scopes": "", "form": ""}

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        self.shown = False
        await self._read()

    async def _read(self) -> None:
        at = now()
        async with reading() as session:
            found = await own_tokens(session, current_actor())
        self.tokens = [token_view(token, at) for token in found]

    @rx.event
    async def make(self, form: Typed) -> list[EventSpec] | None:
        """Make a token: its name, the scopes that are ticked, its life in days."""
        self.errors = dict.fromkeys(self.errors, "")
        self.shown = False
        typed = {
            "name": form.get("token_name", ""),
            "scopes": [scope for scope in SCOPES if scope in form],
            "days": int(form["days"]) if form.get("days", "").isdecimal() else form.get("days"),
        }
        try:
            new = parse(NewToken, typed)
            async with transaction() as session:
                secret = await make_api_token(session, current_actor(), new, now())
        except AppointlyError as error:
            found = {"token_name": error.fields.get("name", ""), "scopes": error.fields.get("scopes", "")}
            self.errors = found | {"form": "" if any(found.values()) else error.message}
            return None
        self.made += 1  # empties the form
        self.shown = True
        await self._read()
        return put_in_place(secret)

    @rx.event
    def hide(self) -> list[EventSpec]:
        """The secret was kept elsewhere."""
        self.shown = False
        return put_in_place("")

    @rx.event
    async def revoke(self, token: UUID) -> EventSpec:
        """End a token at once."""
        self.shown = False
        async with transaction() as session:
            gone = await revoke_api_token(session, current_actor(), token)
        await self._read()
        return say("It opens nothing any more." if gone else "It was revoked already.")
