"""A provider with a row of slots tomorrow, for tests of what becomes of bookings there."""

from collections.abc import Sequence

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.models import (
    Appointment,
    Message,
    Provider,
    Service,
    Slot,
)
from appointly.operations.book_appointment import Booked, book_appointment
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of


class Shop:
    """A provider with a row of slots tomorrow, and Ada, who books."""

    def __init__(
        self,
        session: AsyncSession,
        provider: Provider,
        service: Service,
        slots: Sequence[Slot],
        ada: Actor,
        root: Actor,
    ) -> None:
        self.session, self.provider, self.service, self.ada, self.root = session, provider, service, ada, root
        self.places = [slot.id for slot in slots]
        self.start = slots[0].start_time
        self.owner = owner_of(provider)

    async def book(self, place: int = 0, actor: Actor | None = None) -> Booked:
        return await book_appointment(self.session, actor or self.ada, asking(self.places[place]), NOW)

    async def status(self, booked: Booked) -> str:
        found = await self.session.get_one(Appointment, booked.id)
        await self.session.refresh(found)
        return found.status

    async def mails(self, kind: str) -> list[Message]:
        query = select(Message).where(Message.kind == kind).execution_options(populate_existing=True)
        return list(await self.session.exec(query))


async def open_shop(session: AsyncSession) -> Shop:
    """The provider, the customer Ada and the admin Root."""
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service)
    ada, root = await make_user(session), await make_user(session, "Root", "admin")
    return Shop(session, provider, service, slots, customer(ada), Actor(kind="admin", user_id=root.id))
