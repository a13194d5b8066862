"""What calling a booking off means, in words."""

from datetime import datetime

from appointly.display.formatting import moment, sum_of
from appointly.queries.cancellations import Preview


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
    return (
        f"{sentence} That holds until {moment(outcome.until, booking.time_zone, now)}." if outcome.until else sentence
    )
