"""Does what was asked for an address, whosever it is, beside the request: the answer tells nothing."""

from appointly.clock import now
from appointly.database import transaction
from appointly.operations.jobs import ClaimedJob
from appointly.operations.reset_password import mail_reset_link


async def answer_reset(job: ClaimedJob) -> None:
    """Mail a link for a new password, if there is such an account."""
    async with transaction() as session:
        await mail_reset_link(session, job.payload["email"], now())
