"""Keeps the free times reaching as far ahead as each service wants."""

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.queries.providers import bookable_provider_ids
from tasks.celery_app import app, run


@app.task(name="top_up")
def top_up() -> None:
    """Add the days that have come into reach. A provider at a time: only its own bookings wait, and not for long."""
    run(_top_up())


async def _top_up() -> None:
    async with reading() as session:
        ids = await bookable_provider_ids(session)
    for provider_id in ids:
        async with transaction() as session:
            await regenerate_slots(session, now=now(), provider_id=provider_id)
