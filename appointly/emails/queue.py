"""The mails of a day that runs late."""

from datetime import datetime, timedelta

from appointly.display.formatting import clock_time, count, zone_name
from appointly.emails.layout import Letter
from appointly.emails.letters import KEEP_LINK, for_customer
from appointly.queries.mails import News
from appointly.settings import Settings


def _time(instant: datetime, zone: str) -> str:
    return f"{clock_time(instant, zone)} ({zone_name(zone)})"


def _delayed(news: News, link: str, settings: Settings) -> Letter:
    booking, minutes = news.booking, int(news.detail.get("minutes", 0))
    late, likely = count(minutes, "minute"), _time(booking.start + timedelta(minutes=minutes), news.reader_zone)
    less = minutes < int(news.detail.get("before", 0))
    heading = f"{booking.provider_name} runs {late} late" + (" now, less than before" if less else "")
    return for_customer(
        news,
        link,
        subject=f"Running late: {booking.service_title} at {booking.provider_name}",
        heading=heading,
        sentences=[
            f"Your appointment will begin at about {likely}. It stays yours: there is nothing to do. The page of your"
            " booking shows live when it is your turn."
        ],
        button="Watch the queue",
        small_print=KEEP_LINK,
    )


def _back_on_time(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return for_customer(
        news,
        link,
        subject=f"Back on time: {booking.service_title} at {booking.provider_name}",
        heading=f"{booking.provider_name} is back on time",
        sentences=[f"Please come at {_time(booking.start, news.reader_zone)}, as you had booked."],
        button="See your booking",
        small_print=KEEP_LINK,
    )


KINDS = {"delayed": _delayed, "back_on_time": _back_on_time}
