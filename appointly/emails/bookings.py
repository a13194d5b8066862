"""The mails about one appointment: what each says, and to whom."""

from email.utils import parseaddr

from appointly import routes
from appointly.domain.manage_key import manage_key
from appointly.emails import calendars, endings, moves, queue, reviews
from appointly.emails.endings import with_other_times
from appointly.emails.invite import invitation
from appointly.emails.layout import Letter, as_mail
from appointly.emails.letters import Write, to_customer, to_provider
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
    return as_mail(KINDS[news.kind](news, link, settings), news.recipient, _attachments(news, link, settings))


def _attachments(news: News, link: str, settings: Settings) -> tuple[Attachment, ...]:
    method = INVITES.get(news.kind)
    if not method or not news.was_confirmed:
        return ()
    organizer = parseaddr(settings.mail_from)[1]
    return (invitation(news.booking, method, link, organizer),)


def _cancelled(news: News, link: str, settings: Settings) -> Letter:
    return CANCELLED_BY[news.by](news, link, settings)


def _booking_cancelled(news: News, link: str, settings: Settings) -> Letter:
    return BOOKING_CANCELLED_BY[news.by](news, link, settings)


def _called_off(sentence: str) -> Write:
    return with_other_times("Cancelled: {what}", "Your appointment is cancelled", sentence)


def _told_off(who: str) -> Write:
    return to_provider(
        "Cancelled: {customer}, {service}",
        "An appointment is cancelled",
        f"{who} cancelled this appointment. The time can be booked again.",
    )


CANCELLED_BY = {
    "customer": _called_off("This appointment is cancelled, and {provider} knows. You owe nothing for it."),
    "provider": _called_off("We are sorry: {provider} had to cancel this appointment. You owe nothing for it."),
    "appointly": _called_off("We are sorry: Appointly had to cancel this appointment. You owe nothing for it."),
}
BOOKING_CANCELLED_BY = {
    "customer": _told_off("{customer} has"),
    "appointly": _told_off("Appointly has"),
}
KINDS: dict[str, Write] = {
    "confirmed": to_customer(
        "Confirmed: {what}",
        "Your appointment is confirmed",
        "We look forward to seeing you. The invitation for your calendar is attached.",
    ),
    "accepted": to_customer(
        "Confirmed: {what}",
        "{provider} has confirmed your request",
        "Your appointment is settled. The invitation for your calendar is attached.",
    ),
    "requested": to_customer(
        "Request received: {what}",
        "Your request is on its way",
        "{provider} answers each request personally, by {answer_by} at the latest. The time is kept for you until "
        "then, and you get a mail as soon as there is an answer.",
        button="See or change your request",
    ),
    "cancelled": _cancelled,
    "new_booking": to_provider(
        "New booking: {customer}, {service}",
        "You have a new booking",
        "{customer} has booked {service}. There is nothing to do.",
    ),
    "new_request": to_provider(
        "Please answer: {customer}, {service}",
        "A request waits for your answer",
        "{customer} would like {service}. The time is kept until you answer. Please answer by {answer_by}. "
        "After that the request ends.",
        button="Answer the request",
    ),
    "booking_cancelled": _booking_cancelled,
    **calendars.KINDS,
    **endings.KINDS,
    **moves.KINDS,
    **queue.KINDS,
    **reviews.KINDS,
}
