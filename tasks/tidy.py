"""Keeps the tables that grow with every request from growing for ever."""

from appointly.clock import now
from appointly.database import transaction
from appointly.operations.forget_old import forget_old
from appointly.operations.forget_pictures import forget_unused_pictures
from tasks.celery_app import app, run


@app.task(name="forget_old")
def forget() -> None:
    """Delete what has served its time, some at a time."""
    while run(_forget()):
        pass


async def _forget() -> int:
    async with transaction() as session:
        return await forget_old(session, now()) + await forget_unused_pictures(session, now())
