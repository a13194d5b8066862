"""The bookings that somebody has begun and may continue."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import reflex as rx

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import moment, zone_name
from appointly.display.holds import Kept, kept
from appointly.operations.booking_draft import leave_booking
from appointly.queries.drafts import OpenDraft, open_drafts
from appointly.visitor import current_actor


@dataclass(frozen=True)
class DraftView:
    """A booking to continue; `words` say how it stands with its time where it is not kept."""

    id: str = ""
    title: str = ""
    provider: str = ""
    href: str = ""
    words: str = ""
    zone: str = ""
    zone_name: str = ""
    kept: Kept = field(default_factory=Kept)


def draft_view(draft: OpenDraft, at: datetime) -> DraftView:
    """A begun booking ready to show."""
    when = moment(draft.start, draft.time_zone, at) if draft.start else ""
    held = kept(draft.until, at)
    words = f"{when}: kept for you for another" if held.until else f"{when} is still free" if draft.free else ""
    return DraftView(
        id=str(draft.id),
        title=draft.title,
        provider=draft.provider,
        href=routes.with_query(routes.book(draft.slug), step="review" if draft.filled else "details"),
        words=words or "The time you had chosen is taken; what you wrote is still there.",
        zone=draft.time_zone,
        zone_name=zone_name(draft.time_zone),
        kept=held,
    )


class OpenDrafts(rx.State):
    """What the account has begun to book, on any device."""

    __access__ = "public"

    drafts: list[DraftView] = []

    @rx.event
    async def load(self) -> None:
        """The page opens, something was begun elsewhere, or a time has run out."""
        await self._read()

    async def _read(self) -> None:
        at = now()
        async with reading() as session:
            found = await open_drafts(session, current_actor(), at)
        self.drafts = [draft_view(draft, at) for draft in found]

    @rx.event
    async def forget(self, draft_id: UUID) -> None:
        """ "Not now": let the time go and forget what was begun."""
        await self._forget(draft_id)
        await self._read()

    async def _forget(self, draft_id: UUID) -> None:
        actor, at = current_actor(), now()
        async with reading() as session:
            found = [draft for draft in await open_drafts(session, actor, at) if draft.id == draft_id]
        for draft in found:
            async with transaction() as session:
                await leave_booking(session, actor, draft.service_id, draft.provider_id, at)
