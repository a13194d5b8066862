"""What is measured is our own SQL with values of the benchmark's: when a statement wants another value, this fails."""

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import book_appointment
from bench.faults import AGE, OVERDUE, UNDONE, WRONG
from bench.http import works
from tests.making import NOW, asking, make_provider, make_service, make_slots


def test_pgbench_is_given_every_value_our_statements_ask_for() -> None:
    scripts = {work.name: work.script for work in works("00000000-0000-7000-8000-000000000000", [])}
    assert scripts.keys() == {"day", "month", "booking"}
    assert not [name for name, script in scripts.items() if "%(" in script]


def test_the_bare_endpoint_gives_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///never-opened")
    from bench import _bare

    values = _bare.booking_values(
        _bare.Request(slot_id="00000000-0000-7000-8000-000000000000", customer_name="", customer_email="")
    )
    assert _bare.BOOK % dict.fromkeys(values, "")


async def test_what_faults_could_do_is_seen(session: AsyncSession) -> None:
    async def found() -> set[str]:
        return {what for what, query in WRONG.items() if await execute(session, query)}

    slots = await make_slots(session, await make_service(session, await make_provider(session)), 2)
    for number, slot in enumerate(slots):
        await book_appointment(session, GUEST, asking(slot, customer_email=f"{number}@example.test"), NOW)
    assert await found() == set()
    for spoil in (
        "UPDATE appointment SET customer_email = 'both@example.test'",
        "UPDATE message SET status = 'sent'",
        "UPDATE job SET dead_at = now()",
        """INSERT INTO sandbox_message (channel, idempotency_key, recipient, sender, subject, text, html, attachments)
           VALUES ('email', 'none', '', '', '', '', '', '[]')""",
        AGE,
        OVERDUE,
        UNDONE,
    ):
        await execute(session, spoil)
    assert await found() == set(WRONG)
