"""Begin a new service with another one's words and rules."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.operations.add_service import add_service
from appointly.operations.edit_service import own_service
from appointly.operations.own_provider import lock_own_provider
from appointly.operations.service_form import ServiceForm

LONGEST_TITLE = 140


async def duplicate_service(session: AsyncSession, actor: Actor, service_id: UUID, now: datetime) -> UUID:
    """Add a paused copy of a service of the actor's; its id. Raises as `add_service`, and `NotFound`."""
    provider_id = await lock_own_provider(session, actor, "service.make")
    form = ServiceForm.of(await own_service(session, provider_id, service_id))
    copy = form.model_copy(update={"title": f"Copy of {form.title}"[:LONGEST_TITLE].strip()})
    return await add_service(session, actor, copy, now, "paused")
