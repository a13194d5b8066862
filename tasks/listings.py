"""Keeps search results in the order of their next free times while time passes."""

from appointly.clock import now
from appointly.database import transaction
from appointly.operations.refresh_listings import refresh_listings
from tasks.celery_app import app, run


@app.task(name="refresh_listings")
def refresh() -> None:
    """Refresh all listings whose next free time has passed, some at a time."""
    while run(_refresh()):
        pass


async def _refresh() -> int:
    async with transaction() as session:
        return await refresh_listings(session, now())
