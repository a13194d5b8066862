"""Plans mails about appointments: written with the change that causes them, sent afterwards, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import jobs_written
from appointly.database.statement import execute
from appointly.models.user import NOBODY


@dataclass(frozen=True)
class Mail:
    """A mail to plan: one of the kinds of `appointly.emails.bookings`, to the customer or to the provider.

    `about` tells apart what may happen several times to one appointment, by the id of what happened; `detail` is what
    the words need and nothing else keeps, such as a `reason`.
    """

    appointment_id: UUID
    kind: str
    to_provider: bool = False
    about: UUID | None = None
    detail: dict[str, object] = field(default_factory=dict)


# Of many mails of one change the first go with everybody's, the rest after them: nobody else's waits for hundreds.
TURN = 20
PLAN = """
WITH planned AS (
    INSERT INTO message (appointment_id, start_time, kind, channel, recipient, about, detail, status, created_at)
    SELECT appointment.id, start_time, mail.kind, 'email', recipient, mail.about, mail.detail, 'planned', %(now)s
    FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(to_provider)s::bool[], %(about)s::uuid[], %(detail)s::jsonb[])
        AS mail (id, kind, to_provider, about, detail)
    JOIN appointment ON appointment.id = mail.id
    JOIN provider ON provider.id = appointment.provider_id
    JOIN "user" AS owner ON owner.id = provider.user_id,
    LATERAL (SELECT CASE WHEN mail.to_provider THEN owner.email ELSE customer_email END AS recipient) AS reader
    WHERE recipient NOT LIKE '%%' || %(nobody)s
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO job (kind, payload, dedupe_key, turn, due_at, attempts, last_error, created_at)
SELECT 'mail', jsonb_build_object('message_id', planned.id), 'mail:' || planned.id,
       (row_number() OVER () - 1) / %(turn)s, %(due_at)s, 0, '', %(now)s
FROM planned
"""


async def plan_mails(
    session: AsyncSession, mails: Sequence[Mail], now: datetime, due_at: datetime | None = None
) -> None:
    """Plan these mails, to be sent after the commit or from `due_at` on. News that is planned already stays once.

    The appointments are as the statements before have left them: their start, their address.
    """
    if not mails:
        return
    await execute(
        session,
        PLAN,
        ids=[mail.appointment_id for mail in mails],
        kinds=[mail.kind for mail in mails],
        to_provider=[mail.to_provider for mail in mails],
        about=[mail.about for mail in mails],
        detail=[Jsonb(mail.detail) for mail in mails],
        nobody=NOBODY,
        turn=TURN,
        due_at=due_at or now,
        now=now,
    )
    jobs_written(session)


async def skip_mail(session: AsyncSession, message_id: UUID) -> None:
    """This message is not worth sending any more."""
    await execute(session, "UPDATE message SET status = 'skipped' WHERE id = %(id)s", id=message_id)
