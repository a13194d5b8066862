"""The mail that asks how an appointment was."""

from appointly.emails.layout import Letter
from appointly.emails.letters import when
from appointly.queries.mails import News
from appointly.settings import Settings


def _how_was_it(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return Letter(
        subject=f"How was it? {booking.service_title} at {booking.provider_name}",
        preview=f"A few stars help others to choose, and {booking.provider_name} to get better.",
        heading="How was it?",
        sentences=[
            f"Hello {booking.customer_name},",
            f"Thank you for coming. A few stars, and words if you like, help others to choose and"
            f" {booking.provider_name} to get better. Others read your first name and an initial, no more.",
        ],
        facts=[
            ("What", booking.service_title),
            ("With", booking.provider_name),
            ("When", when(booking, news.reader_zone)),
            ("Reference", booking.reference),
        ],
        quote="",
        button=("Say how it was", link),
        small_print="We ask once. You can review an appointment for 90 days.",
    )


KINDS = {"how_was_it": _how_was_it}
