"""What is measured is our own SQL with values of the benchmark's: when a statement wants another value, this fails."""

import pytest

from bench.http import works


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
