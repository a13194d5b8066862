"""Change a password that is known."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import PasswordWrong
from appointly.operations.account_mail import mail_account
from appointly.operations.end_sessions import end_sessions
from appointly.operations.mailed_links import end_links, lock_account
from appointly.operations.rotate_session import rotate_session

_CHANGE = """
UPDATE "user" SET password_hash = %(hash)s WHERE id = %(user_id)s AND password_hash = %(known)s
"""


async def change_password(
    session: AsyncSession, actor: Actor, session_id: UUID, known: str, hashed: str, now: datetime
) -> str:
    """Replace the hash `known`, which the current password was checked against, by `hashed`.

    All other sign-ins end, and links and codes on their way; this one goes on with the secret that is returned, for
    its cookie. Raises `NotSignedIn`, and `PasswordWrong` where another request has changed it meanwhile.
    """
    require(actor, "account.edit", Whose(user_id=actor.user_id))
    assert actor.user_id is not None  # noqa: S101 - guests do not have this right
    await lock_account(session, actor.user_id)
    if not await execute(session, _CHANGE, user_id=actor.user_id, known=known, hash=hashed):
        raise PasswordWrong
    await end_links(session, actor.user_id, now)
    await end_sessions(session, actor, keep=session_id)
    await mail_account(
        session, "password_changed", actor.email, f"{session_id}:{now.isoformat()}", now, name=actor.name
    )
    return await rotate_session(session, session_id, now)
