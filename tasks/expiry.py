"""Ends holds that ran out, and requests and wishes for another time that nobody answered in time."""

from appointly.clock import now
from appointly.database import transaction
from appointly.operations.answer_reschedule import expire_reschedules
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.hold_slot import expire_holds
from tasks.celery_app import app, run


@app.task(name="expire")
def expire() -> None:
    """Expire all that is overdue, some at a time, so that no transaction is long."""
    while run(_expire()):
        pass


async def _expire() -> int:
    at = now()
    # Before the holds: the time that is kept for a wish goes with the wish.
    async with transaction() as session:
        expired = await expire_reschedules(session, at)
    async with transaction() as session:
        expired += await expire_holds(session, at)
    async with transaction() as session:
        return expired + await expire_appointments(session, at)
