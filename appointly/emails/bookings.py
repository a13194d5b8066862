"""The mails about one appointment: what each says, and to whom."""

from email.utils import parseaddr

from appointly import routes
from appointly.domain.manage_key import manage_key
from appointly.emails import calendars, endings, moves, queue, reviews
from appointly.emails.endings import answer_by, other_times, what_else
from appointly.emails.invite import invitation
from appointly.emails.layout import Letter, as_html, as_text
from appointly.emails.letters import KEEP_LINK, for_customer, for_provider
from appointly.emails.mail import Attachment, Mail
from appointly.queries.mails import News
from appointly.settings import Settings

INVITES = {"confirmed": "REQUEST", "accepted": "REQUEST", "cancelled": "CANCEL", "called_off": "CANCEL"}
INVITES |= dict.fromkeys(moves.NEW_TIMES, "REQUEST")


def compose(news: News, settings: Settings) -> Mail:
    """The mail of one of the kinds below. Times are in the reader's zone, which is named."""
    link = settings.base_url + routes.open_booking(
        news.booking.reference, manage_key(settings.require_secret(), news.booking.id)
    )
    letter = KINDS[news.kind](news, link, settings)
    return Mail(news.recipient, letter.subject, as_text(letter), as_html(letter), _attachments(news, link, settings))


def _attachments(news: News, link: str, settings: Settings) -> tuple[Attachment, ...]:
    method = INVITES.get(news.kind)
    if not method or not news.was_confirmed:
        return ()
    organizer = parseaddr(settings.mail_from)[1]
    return (invitation(news.booking, news.sequence, method, news.planned_at, link, organizer),)


def _confirmed(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Confirmed: {news.booking.service_title} at {news.booking.provider_name}",
        heading="Your appointment is confirmed",
        sentences=["We look forward to seeing you. The invitation for your calendar is attached."],
        button="See or change your booking",
        small_print=KEEP_LINK,
    )


def _accepted(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Confirmed: {news.booking.service_title} at {news.booking.provider_name}",
        heading=f"{news.booking.provider_name} has confirmed your request",
        sentences=["Your appointment is settled. The invitation for your calendar is attached."],
        button="See or change your booking",
        small_print=KEEP_LINK,
    )


def _requested(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        link,
        subject=f"Request received: {news.booking.service_title} at {news.booking.provider_name}",
        heading="Your request is on its way",
        sentences=[
            f"{news.booking.provider_name} answers each request personally. The time is kept for you until then, "
            "and you get a mail as soon as there is an answer."
        ],
        button="See or change your request",
        small_print=KEEP_LINK,
    )


def _declined(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        settings.base_url + routes.service(news.booking.service_slug),
        subject=f"Not possible: {news.booking.service_title} at {news.booking.provider_name}",
        heading=f"{news.booking.provider_name} cannot take this appointment",
        sentences=["We are sorry that this time does not work. Other times may be free.", *what_else(news)],
        button="Choose another time",
        links=other_times(news, settings),
    )


def _expired(news: News, link: str, settings: Settings) -> Letter:
    return for_customer(
        news,
        settings.base_url + routes.service(news.booking.service_slug),
        subject=f"No answer: {news.booking.service_title} at {news.booking.provider_name}",
        heading="Your request was not answered in time",
        sentences=[
            f"We are sorry: {news.booking.provider_name} did not answer in time. You owe nothing.",
            *what_else(news),
        ],
        button="Choose another time",
        links=other_times(news, settings),
    )


def _cancelled(news: News, link: str, settings: Settings) -> Letter:
    provider = news.booking.provider_name
    if news.by_provider:
        sentence = f"We are sorry: {provider} had to cancel this appointment. You owe nothing for it."
    else:
        sentence = f"This appointment is cancelled, and {provider} knows. You owe nothing for it."
    return for_customer(
        news,
        settings.base_url + routes.service(news.booking.service_slug),
        subject=f"Cancelled: {news.booking.service_title} at {provider}",
        heading="Your appointment is cancelled",
        sentences=[sentence],
        button="Choose another time",
    )


def _new_booking(news: News, link: str, settings: Settings) -> Letter:
    return for_provider(
        news,
        settings,
        subject=f"New booking: {news.booking.customer_name}, {news.booking.service_title}",
        heading="You have a new booking",
        sentences=[f"{news.booking.customer_name} has booked {news.booking.service_title}. There is nothing to do."],
    )


def _new_request(news: News, link: str, settings: Settings) -> Letter:
    return for_provider(
        news,
        settings,
        subject=f"Please answer: {news.booking.customer_name}, {news.booking.service_title}",
        heading="A request waits for your answer",
        sentences=[
            f"{news.booking.customer_name} would like {news.booking.service_title}. The time is kept until you answer. "
            f"{answer_by(news)}"
        ],
    )


def _booking_cancelled(news: News, link: str, settings: Settings) -> Letter:
    who = "You have" if news.by_provider else f"{news.booking.customer_name} has"
    return for_provider(
        news,
        settings,
        subject=f"Cancelled: {news.booking.customer_name}, {news.booking.service_title}",
        heading="An appointment is cancelled",
        sentences=[f"{who} cancelled this appointment. The time can be booked again."],
    )


KINDS = {
    **queue.KINDS,
    "confirmed": _confirmed,
    "accepted": _accepted,
    "requested": _requested,
    "declined": _declined,
    "expired": _expired,
    "cancelled": _cancelled,
    "new_booking": _new_booking,
    "new_request": _new_request,
    "booking_cancelled": _booking_cancelled,
    **calendars.KINDS,
    **moves.KINDS,
    **reviews.KINDS,
    **endings.KINDS,
}
