"""Puts somebody in line for a day that is full."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.display.formatting import long_day
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import (
    AlreadyWaiting,
    DayNotFull,
    NotFound,
    NotSignedIn,
    ServiceUnavailable,
    TooManyLists,
    ValidationFailed,
)
from appointly.operations.own_provider import lock_providers
from appointly.operations.waitlist_mail import mail_waitlist
from appointly.queries.availability import available_days
from appointly.queries.waitlist import full_days
from appointly.validation import EmailAddress, Line, PhoneNumber

MOST_LISTS = 10
MOST_DATES = 31


class WaitRequest(BaseModel):
    """Who would come on which local dates of the provider, if a time became free."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service_id: UUID
    dates: Annotated[
        list[date], Field(min_length=1, max_length=MOST_DATES), AfterValidator(lambda given: sorted(set(given)))
    ]
    customer_name: Annotated[Line, Field(min_length=1, max_length=120)]
    customer_email: Annotated[EmailAddress, Field(max_length=254)]
    customer_phone: Annotated[PhoneNumber, Field(max_length=40)] = ""


@dataclass(frozen=True)
class Wanted:
    """The service as it is before anything is locked."""

    provider_id: UUID
    open: bool


@dataclass(frozen=True)
class Joined:
    """The entry that was made."""

    id: UUID


@dataclass(frozen=True)
class _Count:
    number: int


LOOK = """
SELECT provider_id, service.status = 'active' AND suspended_at IS NULL AS open
FROM service JOIN provider ON provider.id = provider_id
WHERE service.id = %(service_id)s AND service.status <> 'archived'
"""
LISTS = """
SELECT count(*) AS number FROM waitlist_entry
WHERE status IN ('waiting', 'offered') AND (customer_email = %(email)s OR customer_id = %(customer_id)s)
"""
LIVING = 'SELECT FROM "user" WHERE id = %(user_id)s AND disabled_at IS NULL'
JOIN = """
INSERT INTO waitlist_entry (
    service_id, provider_id, customer_id, customer_name, customer_email, customer_phone, dates, status, updated_at,
    created_at
)
VALUES (
    %(service_id)s, %(provider_id)s, %(customer_id)s, %(name)s, %(email)s, %(phone)s, %(dates)s::date[], 'waiting',
    %(now)s, %(now)s
)
ON CONFLICT DO NOTHING
RETURNING id
"""


async def join_waitlist(session: AsyncSession, actor: Actor, request: WaitRequest, now: datetime) -> UUID:
    """Put a guest or the signed-in customer in line, and mail them how to leave; the entry's id.

    Raises `NotFound`, `ServiceUnavailable`, `DayNotFull` where a date has free times that can simply be booked,
    `ValidationFailed` for dates on which there is nothing to wait for, `AlreadyWaiting`, `TooManyLists`, and
    `NotSignedIn` for an account deleted meanwhile.
    """
    require(actor, "waitlist.join", Whose())
    found = await select(session, Wanted, LOOK, service_id=request.service_id)
    if not found:
        raise NotFound("We could not find this service.")
    [wanted] = found
    if not wanted.open:
        raise ServiceUnavailable
    # Whoever frees a time of these dates either finds this entry, or has made the date one with free times.
    await lock_providers(session, [wanted.provider_id])
    await _require_full(session, request, now)
    customer_id = None if actor.provider_id == wanted.provider_id else actor.user_id
    person = {"email": request.customer_email, "customer_id": customer_id}
    joined = await select(
        session,
        Joined,
        JOIN,
        service_id=request.service_id,
        provider_id=wanted.provider_id,
        name=request.customer_name,
        phone=request.customer_phone,
        dates=request.dates,
        now=now,
        **person,
    )
    if not joined:
        raise AlreadyWaiting
    if customer_id and not await execute(session, LIVING, user_id=customer_id):
        raise NotSignedIn
    [lists] = await select(session, _Count, LISTS, **person)
    if lists.number > MOST_LISTS:
        raise TooManyLists
    [entry] = joined
    await mail_waitlist(session, "joined", entry.id, now)
    announce(session, f"provider:{wanted.provider_id}")
    if customer_id:
        announce(session, f"customer:{customer_id}")
    return entry.id


async def _require_full(session: AsyncSession, request: WaitRequest, now: datetime) -> None:
    first, days = request.dates[0], (request.dates[-1] - request.dates[0]).days + 1
    if days > 366:
        raise ValidationFailed(fields={"dates": "Please choose days that lie closer together."})
    other = set(request.dates) - set(await full_days(session, request.service_id, first, days, now))
    if not other:
        return
    free = {each.date for each in await available_days(session, request.service_id, first, days, now)} & other
    if free:
        named = ", ".join(long_day(day) for day in sorted(free))
        raise DayNotFull(
            f"There are free times on {named}. You can book one at once.",
            details={"dates": [day.isoformat() for day in sorted(free)]},
        )
    named = ", ".join(long_day(day) for day in sorted(other)[:3])
    raise ValidationFailed(fields={"dates": f"There is nothing to wait for on {named}. Please choose another day."})
