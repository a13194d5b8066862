"""What was reported to the admins, and their decisions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import moment
from appointly.errors import AppointlyError
from appointly.operations.flags import FLAGS, Decision, decide_flag
from appointly.queries.flags import Flag, flags
from appointly.state.base import Viewer
from appointly.state.live import watch
from appointly.visitor import current_actor

PAGE = 20
MOST = 200
Form = Annotated[dict[str, str | None], Field(max_length=3)]


@dataclass(frozen=True)
class FlagView:
    """One report, ready to read."""

    id: str
    kind: str
    status: str
    title: str
    when: str
    came: str
    raised: str
    reason: str
    stars: str
    words: str
    decision: str
    decided: str
    href: str


class Flags(rx.State):
    """Open ones, or decided ones (`?show=decided`); changes by itself."""

    __access__ = "admin"

    loaded: bool = False
    show: Literal["open", "decided"] = "open"
    shown: list[FlagView] = []
    more: bool = False
    _limit: int = PAGE

    @rx.event
    async def load(self) -> None:
        """The page opens, or its address changes."""
        watch(self, Flags.refresh, FLAGS)
        wanted = self.router.url.query_parameters.get("show", "")
        show: Literal["open", "decided"] = "decided" if wanted == "decided" else "open"
        if show != self.show:
            self._limit = PAGE
        self.show = show
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """Something was reported or decided."""
        await self._read()

    @rx.event
    async def show_more(self) -> None:
        """The next page of the list."""
        self._limit = min(self._limit + PAGE, MOST)
        await self._read()

    @rx.event
    async def decide(self, flag_id: UUID, form: Form) -> EventSpec:
        """Uphold or dismiss, with a word for both sides."""
        wanted = form.get("decision")
        if wanted not in ("upheld", "dismissed"):
            return Viewer.tell("Please choose one of the two.")  # type: ignore[operator]
        said: Decision = "upheld" if wanted == "upheld" else "dismissed"
        try:
            async with transaction() as session:
                await decide_flag(session, current_actor(), flag_id, said, form.get("words") or "", now())
        except AppointlyError as error:
            await self._read()
            return Viewer.tell(next(iter(error.fields.values()), error.message))  # type: ignore[operator]
        await self._read()
        return Viewer.tell("Decided. Those whom it concerns get a mail.", "success")  # type: ignore[operator]

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        async with reading() as session:
            page = await flags(session, actor, is_open=self.show == "open", limit=self._limit)
        self.shown = [view_of(flag, at) for flag in page.items]
        self.more, self.loaded = page.next_cursor is not None and self._limit < MOST, True


def view_of(flag: Flag, at: datetime) -> FlagView:
    """A report as the page shows it; instants in the provider's time."""
    about = "says that they came to" if flag.kind == "no_show" else "wrote about"
    ended = {"open": "", "upheld": "Upheld", "dismissed": "Dismissed"}[flag.status]
    decided = f"{ended} {moment(flag.decided_at, flag.time_zone, at)}" if flag.decided_at else ""
    return FlagView(
        id=str(flag.id),
        kind=flag.kind,
        status=flag.status,
        title=f"{flag.customer_name} {about} {flag.service} at {flag.provider}",
        when=moment(flag.start, flag.time_zone, at),
        came=moment(flag.checked_in_at, flag.time_zone, at) if flag.checked_in_at and flag.kind == "no_show" else "",
        raised=moment(flag.created_at, flag.time_zone, at),
        reason=flag.reason,
        stars=f"{flag.stars} of 5 stars" if flag.stars else "",
        words=flag.words or "",
        decision=flag.decision,
        decided=f"{decided} by {flag.decided_by}" if decided and flag.decided_by else decided,
        href=f"/booking/{flag.reference}",
    )
