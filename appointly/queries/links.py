"""A mailed link, before it is used."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class OpenedLink:
    """What a link is for, whose it is, and whether it was used or is good no more.

    `way_back`: it leads to the address that the account had before, without a word from the other one.
    """

    purpose: str
    account_email: str
    account_name: str
    way_back: bool
    used: bool
    ended: bool


_LINK = """
SELECT purpose, u.email AS account_email, u.name AS account_name,
       purpose = 'take_email' AND NOT EXISTS (
           SELECT FROM one_time_code leave WHERE leave.user_id = u.id AND leave.purpose = 'leave_email'
           AND leave.created_at = link.created_at
       ) AS way_back,
       used_at IS NOT NULL AS used, ended_at IS NOT NULL OR expires_at <= %(now)s OR disabled_at IS NOT NULL AS ended
FROM one_time_code link JOIN "user" u ON u.id = user_id WHERE link.id = %(id)s AND purpose <> 'sign_in'
"""


async def opened_link(session: AsyncSession, link_id: UUID, now: datetime) -> OpenedLink | None:
    """The link with this id, whose key the caller has checked; None where there is none."""
    found = await select(session, OpenedLink, _LINK, id=link_id, now=now)
    return found[0] if found else None
