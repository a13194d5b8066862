"""The letters about moving an appointment to another time."""

from datetime import datetime

from appointly.display.moves import FREE_TO_CHANGE, from_to, instant_words
from appointly.emails.layout import Letter
from appointly.emails.letters import KEEP_LINK, for_customer, for_provider
from appointly.queries.mails import News
from appointly.settings import Settings

SEE = "See or change your booking"


def _at(news: News, name: str) -> str:
    """An instant that the news carries, in the reader's zone."""
    return instant_words(datetime.fromisoformat(news.detail[name]), news.reader_zone)


def _from_to(news: News) -> str:
    return from_to(_at(news, "from"), _at(news, "to"))


def _settled(news: News) -> str:
    if news.was_confirmed:
        return "Your calendar takes the new time from the attached invitation."
    return f"{news.booking.provider_name} still has to answer your request."


def _what(news: News) -> str:
    return f"{news.booking.service_title} at {news.booking.provider_name}"


def _moved(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Moved: {_what(news)}",
        heading="Your appointment has a new time",
        sentences=[f"You moved it {_from_to(news)}. {_settled(news)}"],
        button=SEE,
        small_print=KEEP_LINK,
    )


def _accepted(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Moved: {_what(news)}",
        heading=f"{news.booking.provider_name} has accepted the new time",
        sentences=[f"Your appointment moved {_from_to(news)}. {_settled(news)}"],
        button=SEE,
        small_print=KEEP_LINK,
    )


def _by_provider(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"New time: {_what(news)}",
        heading=f"{news.booking.provider_name} has moved your appointment",
        sentences=[
            f"It moved {_from_to(news)}. {_settled(news)}",
            FREE_TO_CHANGE,
        ],
        button=SEE,
        small_print=KEEP_LINK,
    )


def _asked(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Another time asked for: {_what(news)}",
        heading="Your wish is on its way",
        sentences=[
            f"You asked to move your appointment {_from_to(news)}. The new time is kept for you until "
            f"{_at(news, 'until')}; your old time stays yours until {news.booking.provider_name} says yes."
        ],
        button=SEE,
        small_print=KEEP_LINK,
    )


def _declined(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Not possible, your time stays: {_what(news)}",
        heading=f"{news.booking.provider_name} cannot take the new time",
        sentences=[f"You asked to move {_from_to(news)}. Your appointment stays where it is."],
        button=SEE,
        small_print=KEEP_LINK,
    )


def _expired(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"No answer, your time stays: {_what(news)}",
        heading="Your wish for another time was not answered",
        sentences=[
            f"You asked to move {_from_to(news)}, and {news.booking.provider_name} did not answer in time. "
            "Your appointment stays where it is; you can ask for another time."
        ],
        button=SEE,
        small_print=KEEP_LINK,
    )


def _request(news: News, link: str, settings: Settings) -> Letter:
    customer = news.booking.customer_name
    return for_provider(
        news,
        settings,
        subject=f"Please answer: {customer} would like another time",
        heading="A customer would like to move an appointment",
        sentences=[
            f"{customer} asks to move {_from_to(news)}. The new time is kept until {_at(news, 'until')}; "
            "without an answer the appointment stays where it is."
        ],
    )


def _withdrawn(news: News, link: str, settings: Settings) -> Letter:
    customer = news.booking.customer_name
    return for_provider(
        news,
        settings,
        subject=f"Withdrawn: {customer} stays at the old time",
        heading="A wish for another time was withdrawn",
        sentences=[f"{customer} no longer asks to move {_from_to(news)}. There is nothing to do."],
    )


def _booking_moved(news: News, link: str, settings: Settings) -> Letter:
    customer = news.booking.customer_name
    return for_provider(
        news,
        settings,
        subject=f"Moved: {customer}, {news.booking.service_title}",
        heading="An appointment has a new time",
        sentences=[f"The appointment of {customer} moved {_from_to(news)}. The old time can be booked again."],
    )


KINDS = {
    "moved": _moved,
    "move_accepted": _accepted,
    "moved_by_provider": _by_provider,
    "move_asked": _asked,
    "move_declined": _declined,
    "move_expired": _expired,
    "move_request": _request,
    "move_withdrawn": _withdrawn,
    "booking_moved": _booking_moved,
}
# Each carries the invitation with the new time, where the appointment is confirmed.
NEW_TIMES = ("moved", "move_accepted", "moved_by_provider")
