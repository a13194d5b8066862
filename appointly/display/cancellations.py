"""What the end of a booking means, in words: called off, or missed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from appointly.display.formatting import moment_within, sum_of
from appointly.queries.bookings import Booking, Move
from appointly.queries.cancellations import Preview
from appointly.queries.flags import Missed

CUSTOMERS = ("customer", "guest")


def outcome_sentence(preview: Preview, now: datetime) -> str:
    """What is paid back, to whom, and until when that holds; times are the provider's."""
    booking, outcome = preview.booking, preview.outcome
    if not booking.paid_amount:
        if preview.by_customer:
            return "Nothing was paid, so you owe nothing."
        return "Nothing was paid, so there is nothing to pay back."
    paid, back = (sum_of(amount, booking.currency) for amount in (booking.paid_amount, outcome.refund))
    who = "You get" if preview.by_customer else "The customer gets"
    if not outcome.refund:
        sentence = f"{who} nothing back of the {paid}."
    elif outcome.refund == booking.paid_amount:
        sentence = f"{who} all of the {paid} back."
    else:
        sentence = f"{who} {back} of the {paid} back."
    until = moment_within(outcome.until, booking.time_zone, now) if outcome.until else ""
    return f"{sentence} That holds until {until}." if until else sentence


@dataclass(frozen=True)
class Ending:
    """Why a booking does not take place: who ended it, in whose `words`, and what that means."""

    said: str = ""
    words: str = ""
    then: str = ""


def ending_of(booking: Booking, last: Move, own: Collection[str]) -> Ending:
    """How it ended with its `last` move; whoever reads it did what the kinds of actor in `own` did."""
    by_you, by_customer = last.actor_kind in own, last.actor_kind in CUSTOMERS
    free = " The time is free for others again." if by_you and by_customer else ""
    nothing = f"Nothing was charged.{free}"
    by = "You" if by_you else {"provider": booking.provider_name, "admin": "Appointly"}.get(last.actor_kind, "")
    match booking.status:
        case "declined" if last.reason:
            return Ending("You wrote:" if by_you else f"{by or 'Appointly'} wrote:", last.reason, nothing)
        case "cancelled":
            said = f"{by or (booking.customer_name if by_customer else 'Appointly')} cancelled it"
            return Ending(f"{said}{':' if last.reason else '.'}", last.reason, nothing)
        case "declined" | "expired":
            return Ending(then=nothing)
    return Ending()


@dataclass(frozen=True)
class MissedView:
    """A no-show on the page of its booking: `said` is what became of it so far, `until` how long it can be disputed."""

    said: str = ""
    words: str = ""
    answer: str = ""
    tone: str = ""
    until: str = ""


def missed_view(booking: Booking, told: Missed, within: timedelta, now: datetime, *, own: bool) -> MissedView:
    """What is to say, and to its customer (`own`) until when they can say that they came."""
    who = "You" if own else "The customer"
    match told.dispute:
        case "open":
            said = f"{who} told us that {'you' if own else 'they'} came. We look into it, and both sides get a mail."
            return MissedView(said, told.reason or "", "", "info")
        case "upheld":
            return MissedView("It is settled: the appointment counts as kept.", "", told.decision or "", "good")
        case "dismissed" if booking.status == "no_show":
            return MissedView("We looked into it: it stays marked as missed.", "", told.decision or "", "warn")
    if not own or told.marked_at is None or told.marked_at + within <= now:
        return MissedView()
    return MissedView(until=moment_within(told.marked_at + within, booking.time_zone, now))
