"""The check of the invariants sees what is wrong."""

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import book_appointment
from tests.invariants import broken_invariants
from tests.making import NOW, asking, make_provider, make_service, make_slots


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("SELECT 1", ""),
        ("UPDATE slot SET booked_count = 0", "counts 0 of 1"),
        ("UPDATE appointment SET status = 'completed'", "is completed after >confirmed"),
        ("DELETE FROM appointment_event", "after nothing"),
        ("UPDATE appointment_event SET from_status = 'pending'", "is confirmed after pending>confirmed"),
        ("DELETE FROM job", "is planned without a job"),
        ("DELETE FROM message", "has no message"),
    ],
)
async def test_each_damage_is_seen(session: AsyncSession, damage: str, words: str) -> None:
    [slot] = await make_slots(session, await make_service(session, await make_provider(session)), 1)
    await book_appointment(session, GUEST, asking(slot), NOW)
    await execute(session, damage)
    broken = await broken_invariants(session)
    assert bool(broken) == bool(words)
    assert all(words in what for what in broken)
