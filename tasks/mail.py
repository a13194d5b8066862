"""Sends planned mails."""

from datetime import datetime
from uuid import UUID

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.emails import accounts
from appointly.emails.bookings import compose
from appointly.errors import GatewayRefused
from appointly.gateways import mail
from appointly.operations.jobs import ClaimedJob
from appointly.operations.plan_mails import skip_mail
from appointly.queries.codes import is_awaited
from appointly.queries.mails import news_of
from appointly.settings import settings


async def send_mail(job: ClaimedJob) -> None:
    """Render the message of the job and hand it over; the job's key makes a second try harmless.

    One whose news is no longer so is skipped.
    """
    async with reading() as session:
        news = await news_of(session, UUID(job.payload["message_id"]), now())
    if news is None:
        raise GatewayRefused("The message of this job is gone.")
    if not news.matters:
        async with transaction() as session:
            await skip_mail(session, UUID(job.payload["message_id"]))
        return
    await mail.send(compose(news, settings()), job.dedupe_key)


async def send_account_mail(job: ClaimedJob) -> None:
    """The same for a mail about an account; one that comes too late to be of use is not sent.

    A code that has been used, or replaced by another, would only be mistaken for the one that is good.
    """
    until = job.payload.get("until")
    if until is not None and now() >= datetime.fromisoformat(until):
        return
    if job.payload["kind"] == "sign_in_code":
        async with reading() as session:
            if not await is_awaited(session, UUID(job.payload["code_id"])):
                return
    await mail.send(accounts.compose(job.payload, settings()), job.dedupe_key)
