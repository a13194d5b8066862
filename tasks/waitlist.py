"""Offers free times to those who wait for them, where no change has done so, and mails them."""

from uuid import UUID

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.emails import waitlist
from appointly.gateways import mail
from appointly.operations.end_waits import end_waits
from appointly.operations.jobs import ClaimedJob
from appointly.operations.offer_freed import offer_missed
from appointly.queries.waitlist_mails import news_of_place
from appointly.settings import settings
from tasks.celery_app import app, run


@app.task(name="offer_missed")
def offer() -> None:
    """End waits that are over, then offer all that is free for somebody in line; one provider a transaction."""
    while run(_end()) or run(_offer()):
        pass


async def _end() -> int:
    async with transaction() as session:
        return await end_waits(session, now())


async def _offer() -> int:
    async with transaction() as session:
        return await offer_missed(session, now())


async def send_waitlist_mail(job: ClaimedJob) -> None:
    """Render the mail and hand it over, unless it is no longer true."""
    payload = job.payload
    offer_id = UUID(payload["offer_id"]) if "offer_id" in payload else None
    async with reading() as session:
        news = await news_of_place(session, payload["kind"], UUID(payload["entry_id"]), offer_id, now())
    if news:
        await mail.send(waitlist.compose(news, settings()), job.dedupe_key)
