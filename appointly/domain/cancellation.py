"""What a customer gets back when an appointment is called off, by the policy it was booked under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Policy:
    """How a policy is told to people, and the rule behind the words: pairs of notice and per cent, the longest first.

    Whoever cancels at least that long before the start gets that share back; with less notice than any, nothing.
    """

    words: str
    shares: tuple[tuple[timedelta, int], ...]


POLICIES: Mapping[str, Policy] = {
    "flexible": Policy(
        "Plans change: cancel here any time before it begins. You owe nothing, and all that was paid in advance comes"
        " back.",
        ((timedelta(0), 100),),
    ),
    "moderate": Policy(
        "Plans change: please cancel at least a day before. Later than that, half of what was paid in advance is kept;"
        " if you pay at the appointment, you owe nothing.",
        ((timedelta(days=1), 100), (timedelta(0), 50)),
    ),
    "strict": Policy(
        "This time is kept for you alone: please cancel at least three days before. Later than that, what was paid in"
        " advance is kept; if you pay at the appointment, you owe nothing.",
        ((timedelta(days=3), 100),),
    ),
}


@dataclass(frozen=True)
class Outcome:
    """`refund` in minor units of what was paid, and the instant from which it would be less; None: never."""

    refund: int
    until: datetime | None = None


def cancellation(policy: str, paid: int, start: datetime, now: datetime, *, bound: bool) -> Outcome:
    """What comes back of `paid`, in minor units, when an appointment is called off `now`.

    `bound` is a customer who calls off what was promised: the policy decides. Everybody else, and a customer whose
    request nobody has answered yet, causes all of it to come back. Half of an odd amount is rounded up.
    """
    if not bound:
        return Outcome(paid)
    steps = [(start - notice, share(paid, percent)) for notice, percent in POLICIES[policy].shares]
    steps = [*steps, (datetime.max.replace(tzinfo=start.tzinfo), 0)]
    refund = next(amount for until, amount in steps if now < until)
    change = next((until for until, amount in reversed(steps) if amount == refund), None)
    return Outcome(refund, change if refund else None)


def share(amount: int, percent: int) -> int:
    """`percent` of an amount in minor units, rounded up."""
    return -(-amount * percent // 100)
