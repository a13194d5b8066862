"""Give somebody new private calendar addresses: whoever had the old ones sees nothing any more."""

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require


async def rotate_feeds(session: AsyncSession, actor: Actor) -> None:
    """All addresses of the actor's account change with the commit. Raises `NotSignedIn`."""
    require(actor, "feed.rotate", Whose(user_id=actor.user_id))
    query = 'UPDATE "user" SET feed_version = feed_version + 1 WHERE id = %(user_id)s AND disabled_at IS NULL'
    await execute(session, query, user_id=actor.user_id)
