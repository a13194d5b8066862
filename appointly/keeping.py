"""Keeps a time for whoever asks, for pages and API alike: within the limits, in a transaction of its own."""

from datetime import datetime
from uuid import UUID

from appointly import limits
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.operations.choose_time import choose_time
from appointly.queries.drafts import OwnHold, own_hold


async def keep_time(actor: Actor, slot_id: UUID, now: datetime) -> OwnHold:
    """`choose_time`; what is kept already is found without a lock and counts as no choice.

    Raises what `choose_time` raises, and `TooManyRequests` for who lets the same time run out again and again.
    """
    async with reading() as session:
        kept = await own_hold(session, actor, slot_id)
    if kept and kept.until > now:
        return kept
    await limits.take("hold")
    again = str(slot_id)
    await limits.pass_through(limits.buckets_of("hold_again", again, fills=False))
    async with transaction() as session:
        kept = await choose_time(session, actor, slot_id, now)
    await limits.pass_through(limits.buckets_of("hold_again", again, asks=False))
    return kept
