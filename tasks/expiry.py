"""Ends holds that ran out and requests that nobody answered in time."""

from appointly.clock import now
from appointly.database import transaction
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.hold_slot import expire_holds
from tasks.celery_app import app, run


@app.task(name="expire")
def expire() -> None:
    """Expire all that is overdue, some at a time, so that no transaction is long."""
    while run(_expire()):
        pass


async def _expire() -> int:
    async with transaction() as session:
        expired = await expire_holds(session, now())
    async with transaction() as session:
        return expired + await expire_appointments(session, now())
