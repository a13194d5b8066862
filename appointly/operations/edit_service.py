"""Change what is offered."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.errors import ChangedMeanwhile, NotFound
from appointly.models import Provider, Service
from appointly.operations.add_service import require_own
from appointly.operations.end_waits import end_waits_at
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.operations.service_form import ServiceChanges, ServiceForm
from appointly.validation import parse


async def edit_service(
    session: AsyncSession, actor: Actor, service_id: UUID, changes: ServiceChanges, now: datetime, seen: str = ""
) -> Regenerated:
    """Change a service of the actor's and bring its free times in line; booked times, prices and policies stay.

    `seen` is the `fingerprint()` of what the actor had before their eyes, where it matters. Raises `Forbidden`,
    `NotFound` (also for somebody else's), `ChangedMeanwhile` and `ValidationFailed`.
    """
    provider_id = await lock_own_provider(session, actor, "service.edit")
    service = await own_service(session, provider_id, service_id)
    before = ServiceForm.of(service)
    if seen and seen != before.fingerprint():
        raise ChangedMeanwhile
    given = changes.given()
    status = given.pop("status", service.status)
    after = parse(ServiceForm, before.model_dump() | given) if given else before
    provider = await session.get_one(Provider, provider_id)
    await require_own(session, provider, after, before)
    known = frozenset(asked["id"] for asked in service.questions)
    for name, value in (after.columns(known) | {"status": status}).items():
        setattr(service, name, value)
    result = await regenerate_slots(session, now=now, service_id=service_id)
    await end_waits_at(session, provider_id, now)
    await offer_freed(session, [provider_id], now)
    announce_times(session, provider_id)
    return result


async def own_service(session: AsyncSession, provider_id: UUID, service_id: UUID) -> Service:
    """The business's service. Raises `NotFound` for somebody else's. The provider's lock is to be held."""
    service = await session.get(Service, service_id, populate_existing=True)
    if service is None or service.provider_id != provider_id:
        raise NotFound("We could not find this service.")
    return service
