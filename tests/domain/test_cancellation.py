"""Refunds by policy: never more than was paid, never more later, and nothing withheld when the other side calls off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointly.display.services import POLICIES as WORDS
from appointly.domain.cancellation import POLICIES, cancellation
from appointly.models.service import CANCELLATION_POLICIES

START = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
policies = st.sampled_from(sorted(POLICIES))
amounts = st.integers(0, 100_000_000)
before = st.timedeltas(timedelta(days=-3), timedelta(days=90))
TICK = timedelta(microseconds=1)


def test_every_policy_has_a_rule_and_its_words() -> None:
    assert set(POLICIES) == set(CANCELLATION_POLICIES) == set(WORDS)
    # True where it was paid in advance, and where it is paid at the appointment.
    assert all("paid in advance" in words and "you owe nothing" in words.lower() for words in WORDS.values())


@given(policies, amounts, before)
def test_never_more_than_was_paid(policy: str, paid: int, notice: timedelta) -> None:
    assert 0 <= cancellation(policy, paid, START, START - notice, bound=True).refund <= paid


@given(policies, amounts, before)
def test_whoever_is_not_bound_causes_all_of_it(policy: str, paid: int, notice: timedelta) -> None:
    outcome = cancellation(policy, paid, START, START - notice, bound=False)
    assert (outcome.refund, outcome.until) == (paid, None)


@given(policies, amounts, before, before)
def test_never_more_for_less_notice(policy: str, paid: int, one: timedelta, other: timedelta) -> None:
    early, late = (
        cancellation(policy, paid, START, START - notice, bound=True).refund
        for notice in sorted((one, other), reverse=True)
    )
    assert early >= late


@given(policies, st.integers(1, 100_000_000), before)
def test_it_holds_exactly_as_long_as_it_says(policy: str, paid: int, notice: timedelta) -> None:
    at = START - notice
    outcome = cancellation(policy, paid, START, at, bound=True)
    if outcome.until is None:
        assert outcome.refund == 0
        return
    assert at < outcome.until
    assert cancellation(policy, paid, START, outcome.until - TICK, bound=True).refund == outcome.refund
    assert cancellation(policy, paid, START, outcome.until, bound=True).refund < outcome.refund


@pytest.mark.parametrize(
    ("policy", "hours", "refund"),
    [
        ("flexible", 0.1, 4501),
        ("flexible", 0, 0),
        ("moderate", 24.1, 4501),
        ("moderate", 24, 2251),
        ("moderate", 0.1, 2251),
        ("moderate", -1, 0),
        ("strict", 72.1, 4501),
        ("strict", 72, 0),
    ],
)
def test_the_rule_is_what_the_words_say(policy: str, hours: float, refund: int) -> None:
    assert cancellation(policy, 4501, START, START - timedelta(hours=hours), bound=True).refund == refund
