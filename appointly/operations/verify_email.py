"""Make sure that an account's address is its owner's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.operations.mailed_links import mail_link, use_link

LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class _Unverified:
    email: str


_UNVERIFIED = 'SELECT email FROM "user" WHERE id = %(user_id)s AND email_verified_at IS NULL'
_VERIFY = """
UPDATE "user" SET email_verified_at = coalesce(email_verified_at, %(now)s)
WHERE id = %(user_id)s AND email = %(email)s
"""


async def mail_verification(session: AsyncSession, actor: Actor, now: datetime) -> int:
    """Mail the link again; 0, or the seconds until that may be done. Raises `NotSignedIn`."""
    require(actor, "account.edit", Whose(user_id=actor.user_id))
    assert actor.user_id is not None  # noqa: S101 - guests do not have this right
    unverified = await select(session, _Unverified, _UNVERIFIED, user_id=actor.user_id)
    return await mail_link(session, actor.user_id, "verify_email", unverified[0].email, LIFE, now) if unverified else 0


async def verify_email(session: AsyncSession, link_id: UUID, now: datetime) -> None:
    """The link was opened, in whatever browser; signs nobody in. Raises `LinkEnded`."""
    link = await use_link(session, link_id, now, "verify_email")
    await execute(session, _VERIFY, user_id=link.user_id, email=link.email, now=now)
    announce(session, f"customer:{link.user_id}")
