"""Carries out what operations wrote into the outbox."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from appointly.clock import now
from appointly.database import transaction
from appointly.errors import GatewayRefused
from appointly.operations.jobs import ClaimedJob, bury, claim, fail, finish
from tasks.accounts import answer_reset
from tasks.calendars import read_calendars_soon
from tasks.celery_app import app, run
from tasks.google import leave_google, write_google_event
from tasks.mail import send_account_mail, send_mail
from tasks.pictures import forget_files
from tasks.waitlist import send_waitlist_mail

BATCH = 20
sweeping = asyncio.Lock()
log = structlog.get_logger()

HANDLERS: dict[str, Callable[[ClaimedJob], Awaitable[None]]] = {
    "mail": send_mail,
    "account_mail": send_account_mail,
    "waitlist_mail": send_waitlist_mail,
    "google_event": write_google_event,
    "google_leave": leave_google,
    "forget_files": forget_files,
    "reset_asked": answer_reset,
    "read_calendars": read_calendars_soon,
}


@app.task(name="sweep")
def sweep() -> None:
    """Find what the poke missed: late retries, leases of dead workers, pokes that Redis lost."""
    run(_sweep())


async def _sweep() -> None:
    """One at a time in a worker: where the mail service hangs, one sweep after the other would wait for it, and the
    clock's other work find no thread.
    """
    if sweeping.locked():
        return
    async with sweeping:
        async with transaction() as session:
            await bury(session, now())
        await run_due()


async def run_due() -> int:
    """Carry out everything that is due; how many jobs that were. Any number of these may run at once, anywhere."""
    done = 0
    while True:
        async with transaction() as session:
            jobs = await claim(session, now(), BATCH)
        if not jobs:
            return done
        await asyncio.gather(*(_carry_out(job) for job in jobs))
        done += len(jobs)


async def _carry_out(job: ClaimedJob) -> None:
    """Do it outside any transaction, then write down how it went. What is not written down is done again."""
    try:
        await HANDLERS[job.kind](job)
    except Exception as error:
        log.warning("job_failed", job=str(job.id), kind=job.kind, attempts=job.attempts, error=repr(error))
        async with transaction() as session:
            await fail(session, job, str(error) or repr(error), now(), for_good=isinstance(error, GatewayRefused))
    else:
        async with transaction() as session:
            await finish(session, job, now())
