"""What letters about an appointment have in common: its facts, the frame for each side, and words to fill in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import clock_time, long_day, money, zone_name
from appointly.display.moves import from_to, instant_words
from appointly.emails.invite import where
from appointly.emails.layout import Letter
from appointly.queries.bookings import Booking
from appointly.queries.mails import News
from appointly.settings import Settings

Write = Callable[[News, str, Settings], Letter]

# Of these neither the place in the queue nor what there is to pay matters any more.
OVER = {"declined", "expired", "cancelled", "booking_cancelled", "called_off", "missed", "missed_taken_back"} | {
    "disputed",
    "dispute_decided",
    "review_decided",
}
SEE = "See or change your booking"
KEEP_LINK = "This link opens your booking without an account. Keep it to yourself: whoever has it can cancel."


def to_customer(subject: str, heading: str, *sentences: str, button: str = SEE, small_print: str = KEEP_LINK) -> Write:
    """A letter to the customer, whose button opens the booking. `{…}` in its words are those of `words`."""

    def write(news: News, link: str, settings: Settings) -> Letter:
        filled = _filled(news, subject, heading, sentences)
        return for_customer(news, link, **filled, button=button, small_print=small_print)

    return write


def to_provider(subject: str, heading: str, *sentences: str, button: str = "Open the booking") -> Write:
    """The same to the provider."""

    def write(news: News, link: str, settings: Settings) -> Letter:
        return for_provider(news, settings, **_filled(news, subject, heading, sentences), button=button)

    return write


def _filled(news: News, subject: str, heading: str, sentences: Sequence[str]) -> dict[str, Any]:
    said = words(news)
    return {
        "subject": subject.format_map(said),
        "heading": heading.format_map(said),
        "sentences": [sentence.format_map(said) for sentence in sentences],
    }


def words(news: News) -> dict[str, str]:
    """What the words of a letter are filled with; times in the reader's zone, which is named."""
    booking = news.booking
    said = {
        "customer": booking.customer_name,
        "provider": booking.provider_name,
        "mover": booking.provider_name if news.by == "provider" else "Appointly",
        "service": booking.service_title,
        "day": long_day(booking.slot_date),
        "what": f"{booking.service_title} at {booking.provider_name}",
        "answer_by": _with_zone(instant_words(booking.answer_by or booking.start, news.reader_zone), news),
        "settled": "Your calendar takes the new time from the attached invitation."
        if news.was_confirmed
        else f"{booking.provider_name} still has to answer your request.",
    }
    told = {name: _instant(news, name) for name in ("from", "to", "until") if name in news.detail}
    if "from" in told:
        said["change"] = _with_zone(from_to(told["from"], told["to"]), news)
    if "until" in told:
        said["until"] = _with_zone(told["until"], news)
    return said


def _instant(news: News, name: str) -> str:
    return instant_words(datetime.fromisoformat(news.detail[name]), news.reader_zone)


def _with_zone(told: str, news: News) -> str:
    return f"{told} ({zone_name(news.reader_zone)})"


def when(booking: Booking, zone: str) -> str:
    """Two lines: "Tuesday 24 November 2026", "10:00 to 10:30 (Berlin time)"."""
    day = booking.start.astimezone(ZoneInfo(zone)).date()
    times = f"{clock_time(booking.start, zone)} to {clock_time(booking.end, zone)}"
    return f"{long_day(day)} {day.year}\n{times} ({zone_name(zone)})"


def _facts(news: News, *more: tuple[str, str]) -> list[tuple[str, str]]:
    booking = news.booking
    price = money(booking.price_amount, booking.currency)
    times = when(booking, news.reader_zone)
    if news.reader_zone != booking.time_zone:
        times += f"\n{when(booking, booking.time_zone)}"
    facts = [("What", booking.service_title), ("When", times), *more]
    if news.kind not in OVER:
        facts.append(("Token", booking.token))
        facts.append(("Price", price if price == "Free" else f"{price}, paid at the appointment"))
    facts.append(("Reference", booking.reference))
    return [(name, value) for name, value in facts if value]


def for_customer(
    news: News,
    link: str,
    *,
    subject: str,
    heading: str,
    sentences: list[str],
    button: str,
    small_print: str = "",
    before_links: str = "",
    links: Sequence[tuple[str, str]] = (),
) -> Letter:
    """A letter to the customer; `link` is what its button opens, `links` are further ones with their words."""
    booking = news.booking
    place = ("Where", where(booking))
    return Letter(
        subject=subject,
        preview=when(booking, news.reader_zone).replace("\n", ", "),
        heading=heading,
        sentences=[f"Hello {booking.customer_name},", *sentences],
        facts=_facts(news, ("With", booking.provider_name), place),
        quote=news.reason,
        button=(button, link),
        small_print=small_print,
        before_links=before_links,
        links=links,
    )


def for_provider(
    news: News, settings: Settings, *, subject: str, heading: str, sentences: list[str], button: str
) -> Letter:
    """A letter to the provider, with what the customer said; its button opens the booking in the dashboard."""
    booking = news.booking
    more = [
        ("Customer", booking.customer_name),
        ("Email", booking.reachable_at),
        ("Telephone", booking.customer_phone),
        *booking.answered,
        ("Note", booking.notes),
    ]
    return Letter(
        subject=subject,
        preview=f"{booking.customer_name}, {when(booking, news.reader_zone)}".replace("\n", ", "),
        heading=heading,
        sentences=sentences,
        facts=_facts(news, *more),
        quote=news.reason,
        button=(button, settings.base_url + routes.booking_panel(booking.reference)),
        reply_to=booking.reachable_at,
    )
