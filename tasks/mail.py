"""Sends one planned mail."""

from uuid import UUID

from appointly.database import reading
from appointly.emails.bookings import compose
from appointly.errors import GatewayRefused
from appointly.gateways import mail
from appointly.operations.jobs import ClaimedJob
from appointly.queries.mails import news_of
from appointly.settings import settings


async def send_mail(job: ClaimedJob) -> None:
    """Render the message of the job and hand it over; the job's key makes a second try harmless."""
    async with reading() as session:
        news = await news_of(session, UUID(job.payload["message_id"]), job.payload["sequence"])
    if news is None:
        raise GatewayRefused("The message of this job is gone.")
    await mail.send(compose(news, settings()), job.dedupe_key)
