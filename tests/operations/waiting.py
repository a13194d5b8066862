"""A provider with one full day, and those who wait for it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST, Actor
from appointly.models import Provider, Service, Slot, WaitlistEntry, WaitlistOffer
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from tests.making import NOW, asking, make_provider, make_service, make_slots, owner_of

TUESDAY = date(2026, 11, 24)


class Line:
    """The provider, the service, its slots, and the bookings that fill them."""

    def __init__(self, session: AsyncSession, provider: Provider, service: Service, slots: Sequence[Slot]) -> None:
        self.session, self.provider, self.service, self.slots = session, provider, service, slots
        self.owner = owner_of(provider)
        self.booked: list[Booked] = []

    async def fill(self, at: datetime = NOW) -> None:
        for slot in self.slots:
            for _ in range(slot.capacity):
                self.booked.append(await book_appointment(self.session, GUEST, asking(slot), at))

    async def wait(self, name: str, *dates: date, at: datetime = NOW, actor: Actor = GUEST) -> WaitlistEntry:
        """Somebody in line, put there without a question."""
        entry = WaitlistEntry(
            service_id=self.service.id,
            provider_id=self.provider.id,
            customer_id=actor.user_id,
            customer_name=name,
            customer_email=f"{name.lower()}@example.test",
            dates=list(dates or [self.slots[0].slot_date]),
            created_at=at,
            updated_at=at,
        )
        self.session.add(entry)
        await self.session.flush()
        return entry

    async def cancel(self, *places: int, at: datetime = NOW) -> None:
        await cancel_appointments(self.session, self.owner, [self.booked[place].id for place in places], "", at)

    async def offers(self) -> list[tuple[str, datetime, str]]:
        """(name, start, status) by the time they were made."""
        query = (
            select(WaitlistEntry.customer_name, WaitlistOffer.start_time, WaitlistOffer.status)
            .join(WaitlistOffer, WaitlistOffer.entry_id == WaitlistEntry.id)
            .order_by(WaitlistOffer.created_at, WaitlistOffer.id)
        )
        return [tuple(row) for row in await self.session.exec(query)]


async def make_line(session: AsyncSession, count: int = 2, *, full: bool = True, **values: object) -> Line:
    """A service with `count` times tomorrow, all of them booked."""
    provider = await make_provider(session)
    service = await make_service(session, provider, **values)
    line = Line(session, provider, service, await make_slots(session, service, count))
    if full:
        await line.fill()
    return line


def holding(entry: WaitlistEntry) -> Actor:
    """A guest with the link from the mail."""
    return Actor(managed=frozenset([entry.id]))
