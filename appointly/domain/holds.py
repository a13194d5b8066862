"""How long a time is kept for somebody who is about to book it, and how many at once."""

from datetime import datetime, timedelta

from appointly.domain.actor import Actor

MOST_HELD = 3
FREE = timedelta(minutes=10)
# A paid one is kept as long as the page that takes the money lives at least: a Stripe Checkout Session's `expires_at`
# lies between 30 minutes and 24 hours ahead (docs.stripe.com/payments/checkout/managing-limited-inventory).
PAID = timedelta(minutes=30)


def held_until(price_amount: int, start: datetime, now: datetime) -> datetime:
    """When a hold that begins now runs out: after its time, or when the appointment itself would begin."""
    return min(now + (PAID if price_amount else FREE), start)


def holder_of(actor: Actor) -> str:
    """Whose hold it is: the account's, else the browser's; empty for guests whose browser keeps no cookie of ours."""
    if actor.user_id is not None:
        return f"user:{actor.user_id}"
    return f"browser:{actor.browser.hex()}" if actor.browser else ""
