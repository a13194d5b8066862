"""What somebody in line does: take what is offered, pass it on, or leave."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST, Actor
from appointly.domain.rights import require
from appointly.domain.waitlist import Waiting, require_move
from appointly.errors import NotFound, OfferEnded
from appointly.operations.book_appointment import Answer, Booked, BookingRequest, book_appointment
from appointly.operations.hold_slot import release_holds
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import lock_providers
from appointly.operations.waitlist_mail import mail_waitlist
from appointly.queries.waitlist import SELECT, Place, place_by_id
from appointly.validation import Paragraphs, parse


class Taking(BaseModel):
    """What the service asks of whoever takes the time; `answers` by the question's id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notes: Annotated[Paragraphs, Field(max_length=2000)] = ""
    answers: Annotated[dict[Annotated[str, Field(max_length=64)], Answer], Field(max_length=50)] = Field(
        default_factory=dict
    )


MOVE = "UPDATE waitlist_entry SET status = %(status)s, updated_at = %(now)s WHERE id = %(id)s"
END_OFFER = """
UPDATE waitlist_offer SET status = %(status)s, hold_id = NULL, appointment_id = %(appointment_id)s
WHERE id = %(id)s AND status = 'open'
"""


async def lock_place(session: AsyncSession, actor: Actor, right: str, entry_id: UUID) -> Place:
    """The place as it is, and nobody else can change it until the commit. Raises `NotFound` for somebody else's."""
    seen = await place_by_id(session, actor, entry_id)
    require(actor, right, seen.whose)
    await lock_providers(session, [seen.provider_id])
    return await place_by_id(session, actor, entry_id)


async def take_offer(session: AsyncSession, actor: Actor, entry_id: UUID, taking: Taking, now: datetime) -> Booked:
    """Book the time that is kept for this place. Raises `NotFound`, `OfferEnded` where it came too late,
    `InvalidTransition` for a place that is over, and what `book_appointment` raises."""
    place = await lock_place(session, actor, "waitlist.answer", entry_id)
    if place.status == Waiting.WAITING and place.offer_id:
        raise OfferEnded
    require_move(Waiting(place.status), Waiting.TAKEN)
    if place.hold_id is None or place.expires_at is None or place.expires_at <= now:
        raise OfferEnded
    # Theirs who waited, whichever way they came here.
    person = Actor("customer", place.customer_id) if place.customer_id else GUEST
    request = parse(
        BookingRequest,
        {
            "slot_id": place.slot_id,
            "customer_name": place.customer_name,
            "customer_email": place.customer_email,
            "customer_phone": place.customer_phone,
            **taking.model_dump(),
        },
    )
    booked = await book_appointment(session, person, request, now, place.hold_id)
    await execute(session, END_OFFER, id=place.offer_id, status="taken", appointment_id=booked.id)
    await _move(session, place, Waiting.TAKEN, now)
    return booked


async def pass_offer(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> Place:
    """Let the next one in line have it; still in line for other times. Raises `NotFound`, `OfferEnded` and
    `InvalidTransition`."""
    place = await lock_place(session, actor, "waitlist.answer", entry_id)
    if place.status == Waiting.WAITING and place.offer_id:
        raise OfferEnded
    require_move(Waiting(place.status), Waiting.WAITING)
    await _let_go(session, place, Waiting.WAITING, now)
    return await place_by_id(session, actor, entry_id)


async def leave_waitlist(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """Leave the list; what was kept goes to the next one. Twice is once. Raises `NotFound` and `InvalidTransition`."""
    place = await lock_place(session, actor, "waitlist.leave", entry_id)
    if place.status == Waiting.LEFT:
        return
    require_move(Waiting(place.status), Waiting.LEFT)
    await _let_go(session, place, Waiting.LEFT, now)


async def remove_from_waitlist(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """Take somebody off the list of one's own business, and tell them. Raises `NotFound` and `InvalidTransition`."""
    query = f"{SELECT} WHERE entry.id = %(id)s AND entry.provider_id = %(provider_id)s"
    values = {"id": entry_id, "provider_id": actor.provider_id}
    for seen in await select(session, Place, query, **values):
        require(actor, "waitlist.remove", seen.whose)
        await lock_providers(session, [seen.provider_id])
        [place] = await select(session, Place, query, **values)
        require_move(Waiting(place.status), Waiting.LEFT)
        await mail_waitlist(session, "removed", place.id, now)
        await _let_go(session, place, Waiting.LEFT, now)
        return
    raise NotFound("We could not find this place in line.")


async def _let_go(session: AsyncSession, place: Place, status: Waiting, now: datetime) -> None:
    """Move on without the time that was kept, if one was: the next one is offered it in the same step."""
    await execute(session, END_OFFER, id=place.offer_id, status="passed", appointment_id=None)
    await _move(session, place, status, now)
    if place.hold_id:
        await release_holds(session, [place.hold_id], now)
    elif status == Waiting.WAITING:
        await offer_freed(session, [place.provider_id], now)


async def _move(session: AsyncSession, place: Place, status: Waiting, now: datetime) -> None:
    await execute(session, MOVE, id=place.id, status=status.value, now=now)
    announce(session, f"waitlist:{place.id}", f"provider:{place.provider_id}")
    if place.customer_id:
        announce(session, f"customer:{place.customer_id}")
