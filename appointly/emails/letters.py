"""What letters about an appointment have in common: its facts, and the frame for each side."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from appointly.display.formatting import clock_time, long_day, money, zone_name
from appointly.emails.invite import where
from appointly.emails.layout import Letter
from appointly.queries.bookings import Booking
from appointly.queries.mails import News
from appointly.settings import Settings

OVER = {"declined", "expired", "cancelled", "booking_cancelled", "called_off", "missed"}
KEEP_LINK = "This link opens your booking without an account. Keep it to yourself: whoever has it can cancel."


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
        links=links,
    )


def for_provider(news: News, settings: Settings, *, subject: str, heading: str, sentences: list[str]) -> Letter:
    """A letter to the provider, with what the customer said."""
    booking = news.booking
    more = [
        ("Customer", booking.customer_name),
        ("Email", booking.customer_email),
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
        button=("Open your dashboard", settings.base_url + "/dashboard"),
    )
