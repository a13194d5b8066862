"""Letters about what an appointment came to: called off with other times, not answered, missed, disputed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import clock_time, long_day, zone_name
from appointly.emails.layout import Letter
from appointly.emails.letters import for_customer, for_provider
from appointly.queries.mails import News
from appointly.settings import Settings


def other_times(news: News, settings: Settings) -> list[tuple[str, str]]:
    """The alternatives a letter was planned with, each as words and a link straight into the booking."""
    found: list[dict[str, Any]] = news.detail.get("alternatives", [])
    return [(_time(each, news), settings.base_url + routes.book(each["slug"], each["slot_id"])) for each in found]


def _time(each: Mapping[str, Any], news: News) -> str:
    start, zone = datetime.fromisoformat(each["start"]), each["time_zone"]
    words = f"{long_day(start.astimezone(ZoneInfo(zone)).date())}, {clock_time(start, zone)}"
    if zone != news.reader_zone:
        words += f" ({zone_name(zone)})"
    if each["provider"] != news.booking.provider_name:
        words += f": {each['service']} at {each['provider']}"
    return words


def answer_by(news: News) -> str:
    """Until when the provider is asked to answer."""
    zone, until = news.reader_zone, news.booking.answer_by or news.booking.start
    day = long_day(until.astimezone(ZoneInfo(zone)).date())
    return f"Please answer by {day}, {clock_time(until, zone)} ({zone_name(zone)}). After that the request ends."


def what_else(news: News) -> list[str]:
    """The sentence before the links; none where there are none."""
    found = news.detail.get("alternatives", [])
    if not found:
        return []
    if found[0]["provider"] == news.booking.provider_name:
        return ["These are the next free times. One click, and you book it:"]
    return ["Others nearby have time for something similar. One click, and you book it:"]


def _called_off(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return for_customer(
        news,
        settings.base_url + routes.service(booking.service_slug),
        subject=f"Cancelled: {booking.service_title} at {booking.provider_name}",
        heading=f"{booking.provider_name} cannot work and had to cancel",
        sentences=["We are sorry. You owe nothing for this appointment.", *what_else(news)],
        button="See all free times",
        links=other_times(news, settings),
    )


def _answer_reminder(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return for_provider(
        news,
        settings,
        subject=f"Still waiting: {booking.customer_name}, {booking.service_title}",
        heading="A request still waits for your answer",
        sentences=[f"{booking.customer_name} asked for {booking.service_title}. {answer_by(news)}"],
    )


def _missed(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return for_customer(
        news,
        link,
        subject=f"Missed: {booking.service_title} at {booking.provider_name}",
        heading=f"{booking.provider_name} noted that you did not come",
        sentences=["If that is wrong, please say so on the page of the booking within two weeks."],
        button="See the booking",
    )


def _missed_taken_back(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return for_customer(
        news,
        link,
        subject=f"Corrected: {booking.service_title} at {booking.provider_name}",
        heading=f"{booking.provider_name} has noted that you came",
        sentences=["The appointment counts as completed. There is nothing left to do."],
        button="See the booking",
    )


def _disputed(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    return for_provider(
        news,
        settings,
        subject=f"Did they come? {booking.customer_name}, {booking.service_title}",
        heading=f"{booking.customer_name} says that they came",
        sentences=[
            "You marked this appointment as missed. If that was a mistake, take it back in your dashboard; otherwise"
            " there is nothing to do, and Appointly decides."
        ],
    )


def _dispute_decided(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    upheld = news.detail.get("decision") == "upheld"
    subject = f"Decided: {booking.service_title} on {long_day(booking.slot_date)}"
    heading = "The appointment counts as completed" if upheld else "The appointment stays marked as missed"
    if news.recipient == booking.customer_email:
        sentences = ["We have looked at what you told us about the appointment you were said to have missed."]
        return for_customer(news, link, subject=subject, heading=heading, sentences=sentences, button="See the booking")
    sentences = [f"We have looked at what {booking.customer_name} told us about the appointment you marked as missed."]
    return for_provider(news, settings, subject=subject, heading=heading, sentences=sentences)


def _review_decided(news: News, link: str, settings: Settings) -> Letter:
    booking = news.booking
    upheld = news.detail.get("decision") == "upheld"
    heading = "The review was taken down" if upheld else "The review stays"
    if news.recipient == booking.customer_email:
        return for_customer(
            news,
            link,
            subject=f"Your review of {booking.service_title}",
            heading="Your review was taken down",
            sentences=["It was reported to us, and it is not what reviews here are for."],
            button="See the booking",
        )
    sentences = [f"We have looked at the review by {booking.customer_name} that you reported."]
    return for_provider(
        news, settings, subject="Decided: the review you reported", heading=heading, sentences=sentences
    )


KINDS = {
    "called_off": _called_off,
    "answer_reminder": _answer_reminder,
    "missed": _missed,
    "missed_taken_back": _missed_taken_back,
    "disputed": _disputed,
    "dispute_decided": _dispute_decided,
    "review_decided": _review_decided,
}
