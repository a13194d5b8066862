"""Letters about what an appointment came to: called off with other times, not answered, missed, disputed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appointly import routes
from appointly.display.formatting import zone_name
from appointly.display.moves import instant_words
from appointly.emails.layout import Letter
from appointly.emails.letters import Write, for_customer, to_customer, to_provider, words
from appointly.queries.mails import News
from appointly.settings import Settings


def with_other_times(subject: str, heading: str, *sentences: str) -> Write:
    """A letter to the customer of an appointment that is over, with the other times it was planned with."""

    def write(news: News, link: str, settings: Settings) -> Letter:
        said = words(news)
        booking, again = news.booking, ("Find something else", routes.search())
        if news.offered:
            again = ("See all free times", routes.service(booking.service_slug))
        return for_customer(
            news,
            settings.base_url + again[1],
            subject=subject.format_map(said),
            heading=heading.format_map(said),
            sentences=[sentence.format_map(said) for sentence in sentences],
            button=again[0],
            before_links=_what_else(news),
            links=_other_times(news, settings),
        )

    return write


def _other_times(news: News, settings: Settings) -> list[tuple[str, str]]:
    """The alternatives, each as words and a link straight into the booking."""
    found: list[dict[str, Any]] = news.detail.get("alternatives", [])
    return [(_time(each, news), settings.base_url + routes.book(each["slug"], each["slot_id"])) for each in found]


def _time(each: Mapping[str, Any], news: News) -> str:
    start, zone = datetime.fromisoformat(each["start"]), each["time_zone"]
    told = f"{instant_words(start, zone)} ({zone_name(zone)})"
    if each["provider"] != news.booking.provider_name:
        told += f": {each['service']} at {each['provider']}"
    return told


def _what_else(news: News) -> str:
    """The sentence before the links; none where there are none."""
    found = news.detail.get("alternatives", [])
    if not found:
        return ""
    if found[0]["provider"] == news.booking.provider_name:
        return "These times are free. One click, and you book it:"
    return "Others nearby have time for something similar. One click, and you book it:"


def _by_decision(upheld: Write, dismissed: Write) -> Write:
    def write(news: News, link: str, settings: Settings) -> Letter:
        return (upheld if news.detail.get("decision") == "upheld" else dismissed)(news, link, settings)

    return write


def _by_reader(customer: Write, provider: Write) -> Write:
    def write(news: News, link: str, settings: Settings) -> Letter:
        return (customer if news.recipient == news.booking.customer_email else provider)(news, link, settings)

    return write


def _decided(heading: str) -> Write:
    subject = "Decided: {service} on {day}"
    return _by_reader(
        to_customer(
            subject,
            heading,
            "We have looked at what you told us about the appointment you were said to have missed.",
            button="See the booking",
            small_print="",
        ),
        to_provider(
            subject, heading, "We have looked at what {customer} told us about the appointment you marked as missed."
        ),
    )


def _report_decided(heading: str) -> Write:
    return to_provider(
        "Decided: the review you reported", heading, "We have looked at the review by {customer} that you reported."
    )


KINDS = {
    "declined": with_other_times(
        "Not possible: {what}",
        "{provider} cannot take this appointment",
        "We are sorry that this time does not work. You owe nothing.",
    ),
    "expired": with_other_times(
        "No answer: {what}",
        "Your request was not answered in time",
        "We are sorry: {provider} did not answer in time. You owe nothing.",
    ),
    "called_off": with_other_times(
        "Cancelled: {what}",
        "{provider} cannot work and had to cancel",
        "We are sorry. You owe nothing for this appointment.",
    ),
    "answer_reminder": to_provider(
        "Still waiting: {customer}, {service}",
        "A request still waits for your answer",
        "{customer} asked for {service}. Please answer by {answer_by}. After that the request ends.",
        button="Answer the request",
    ),
    "missed": to_customer(
        "Missed: {what}",
        "{provider} noted that you did not come",
        "If that is wrong, please say so on the page of the booking within two weeks.",
        button="See the booking",
        small_print="",
    ),
    "missed_taken_back": to_customer(
        "Corrected: {what}",
        "{provider} has noted that you came",
        "The appointment counts as completed. There is nothing left to do.",
        button="See the booking",
        small_print="",
    ),
    "disputed": to_provider(
        "Did they come? {customer}, {service}",
        "{customer} says that they came",
        "You marked this appointment as missed. If that was a mistake, take it back in your dashboard; otherwise"
        " there is nothing to do, and Appointly decides.",
    ),
    "dispute_decided": _by_decision(
        _decided("The appointment counts as completed"), _decided("The appointment stays marked as missed")
    ),
    "review_decided": _by_reader(
        to_customer(
            "Your review of {service}",
            "Your review was taken down",
            "It was reported to us, and it is not what reviews here are for.",
            button="See the booking",
            small_print="",
        ),
        _by_decision(_report_decided("The review was taken down"), _report_decided("The review stays")),
    ),
}
