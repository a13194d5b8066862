"""Rows for tests: a provider with services and slots, as short as can be."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.domain.actor import Actor
from appointly.models import Provider, Service, Slot, User
from appointly.models.base import uuid7
from appointly.operations.book_appointment import BookingRequest
from appointly.operations.hours import WeekdayHours
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.accounts import Account

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday
TOMORROW_NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def make_user(session: AsyncSession, name: str = "Ada Lovelace", role: str = "customer") -> User:
    """An account without a password."""
    user = User(email=f"{name.lower().replace(' ', '.')}.{uuid7().hex[-6:]}@example.test", name=name, role=role)
    session.add(user)
    await session.flush()
    return user


async def make_provider(session: AsyncSession, name: str = "Studio Nine", time_zone: str = "Europe/Berlin") -> Provider:
    """A business and its owner's account."""
    owner = await make_user(session, f"Owner of {name}", "provider")
    provider = Provider(
        user_id=owner.id,
        slug=f"{name.lower().replace(' ', '-')}-{uuid7().hex[-8:]}",
        business_name=name,
        category="hair",
        city="Berlin",
        time_zone=time_zone,
    )
    session.add(provider)
    await session.flush()
    return provider


def every_day(opens: str = "09:00", closes: str = "12:00") -> list[WeekdayHours]:
    return [WeekdayHours(weekday=weekday, opens=opens, closes=closes) for weekday in range(1, 8)]


async def make_open_provider(session: AsyncSession) -> Provider:
    """A business that is open from nine to five every day, committed."""
    provider = await make_provider(session)
    await set_working_hours(session, owner_of(provider), every_day("09:00", "17:00"), now())
    await session.commit()
    return provider


async def make_service(session: AsyncSession, provider: Provider, letter: str = "A", **values: object) -> Service:
    """A half-hour service for 45 €, booked at once, without notice."""
    defaults: dict[str, object] = {
        "title": "Haircut",
        "category": "hair",
        "price_amount": 4500,
        "duration_minutes": 30,
        "min_notice_minutes": 0,
    }
    service = Service(
        provider_id=provider.id, slug=f"haircut-{uuid7().hex[-8:]}", letter=letter, **{**defaults, **values}
    )
    session.add(service)
    await session.flush()
    return service


async def make_slots(
    session: AsyncSession, service: Service, count: int = 8, start: datetime = TOMORROW_NINE, time_zone: str = "UTC"
) -> list[Slot]:
    """`count` slots one after the other from `start`, tokens from 1."""
    length = timedelta(minutes=service.duration_minutes)
    slots = []
    for place in range(count):
        begin = start + place * length
        slot = Slot(
            service_id=service.id,
            provider_id=service.provider_id,
            slot_date=begin.astimezone(ZoneInfo(time_zone)).date(),
            token=place + 1,
            start_time=begin,
            end_time=begin + length,
            occupies=Range(begin, begin + length),
            capacity=service.capacity,
        )
        slots.append(slot)
    session.add_all(slots)
    await session.flush()
    return slots


def in_two_days() -> datetime:
    """A full hour by the wall clock, for tests of servers and workers, which know no other."""
    return now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


def asking(slot: Slot | UUID, **values: object) -> BookingRequest:
    """A guest's request for this slot."""
    slot_id = slot.id if isinstance(slot, Slot) else slot
    defaults: dict[str, object] = {
        "slot_id": slot_id,
        "customer_name": "Grace Hopper",
        "customer_email": "grace@example.test",
    }
    return BookingRequest.model_validate({**defaults, **values})


def owner_of(provider: Provider) -> Actor:
    """The provider as an actor."""
    return Actor(kind="provider", user_id=provider.user_id, provider_id=provider.id, name=provider.business_name)


def account_of(user: User) -> Account:
    """The account as it is when its password has just been checked."""
    return Account(user.id, user.email, user.name, user.role, user.password_hash)


def customer(user: User) -> Actor:
    """The account as an actor."""
    return Actor(kind="customer", user_id=user.id, name=user.name, email=user.email)
