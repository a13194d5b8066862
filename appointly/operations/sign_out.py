"""End a login session, everywhere it is used."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require


async def sign_out(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """Delete the session: its cookie and its access tokens are refused from now on, and open pages notice."""
    require(actor, "session.end", Whose(user_id=actor.user_id))
    query = "DELETE FROM login_session WHERE id = %(id)s AND user_id = %(user_id)s"
    await execute(session, query, id=session_id, user_id=actor.user_id)
    announce(session, f"customer:{actor.user_id}")
    if actor.provider_id:
        announce(session, f"provider:{actor.provider_id}")
