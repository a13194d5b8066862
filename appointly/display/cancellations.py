"""What the end of a booking means, in words: called off, or missed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from appointly.display.formatting import moment_within, sum_of
from appointly.queries.bookings import Booking
from appointly.queries.cancellations import Preview
from appointly.queries.flags import Missed


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
