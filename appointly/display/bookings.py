"""A booking in words, for its customer, its provider and an admin."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import (
    clock_time,
    day,
    day_and_time,
    duration,
    initials,
    long_day,
    moment,
    moment_within,
    money,
    street_and_city,
    tint,
    zone_name,
)
from appointly.display.services import POLICIES
from appointly.queries.bookings import Booking, Move

MAP = "https://www.openstreetmap.org/search?query="
WHO = {
    "guest": "by the customer",
    "customer": "by the customer",
    "provider": "by the provider",
    "admin": "by Appointly",
    "system": "by itself",
}
HEADINGS = {
    "pending": "Your request is with the provider",
    "confirmed": "Your appointment is booked",
    "completed": "This appointment is completed",
    "no_show": "This appointment is marked as missed",
    "declined": "The provider could not take this request",
    "cancelled": "This booking is cancelled",
    "expired": "This request was not answered in time",
}
HEADINGS_FOR_OTHERS = HEADINGS | {
    "pending": "This request waits for an answer",
    "confirmed": "This appointment is booked",
}
MOVES = {
    "held": "Time held",
    "pending": "Requested",
    "confirmed": "Confirmed",
    "completed": "Completed",
    "no_show": "Marked as missed",
    "declined": "Declined",
    "cancelled": "Cancelled",
    "expired": "Expired",
}


@dataclass(frozen=True)
class Answered:
    """A question of the service, and what the customer said."""

    question: str
    answer: str


@dataclass(frozen=True)
class Happened:
    """One line of a booking's history."""

    title: str
    who: str
    when: str
    reason: str
    status: str


@dataclass(frozen=True)
class BookingView:
    """One booking as pages show it. Times are the provider's local ones; `zone` is their IANA name.

    `can_…` say which buttons make sense now; whether they may be pressed is decided when they are. `places` ("3 of 8")
    and the way to the participants are set for a class among its provider's bookings, `wish` (the time that is
    asked for instead) in the customer's account.
    """

    id: str = ""
    reference: str = ""
    status: str = ""
    service: str = ""
    service_href: str = ""
    book_again: str = ""
    picture: str = ""
    category: str = ""
    provider: str = ""
    provider_href: str = ""
    provider_phone: str = ""
    customer: str = ""
    email: str = ""
    phone: str = ""
    initials: str = ""
    tint: int = 1
    day: str = ""
    date: str = ""
    month_short: str = ""
    day_number: str = ""
    when: str = ""
    starts: str = ""
    ends: str = ""
    duration: str = ""
    zone: str = ""
    zone_name: str = ""
    token: str = ""
    price: str = ""
    pays: str = ""
    place: str = ""
    directions: str = ""
    policy: str = ""
    notes: str = ""
    asked: str = ""
    came: str = ""
    answer_by: str = ""
    wish: str = ""
    href: str = ""
    calendar_href: str = ""
    places: str = ""
    class_href: str = ""
    similar: str = ""
    answers: list[Answered] = field(default_factory=list)
    can_cancel: bool = False
    can_answer: bool = False
    can_finish: bool = False
    begun: bool = False
    over: bool = False


def place_of(location: str, address: str, city: str) -> str:
    """Where the appointment is."""
    if location == "online":
        return "Online. The provider sends you the link."
    if location == "customer":
        return "At your place"
    return street_and_city(address, city)


def pays(amount: int, currency: str) -> str:
    """What it costs and how that is paid."""
    return "Free of charge" if amount == 0 else f"{money(amount, currency)}, paid at the appointment"


def view_of(booking: Booking, now: datetime) -> BookingView:
    """The booking ready to show."""
    local = booking.start.astimezone(ZoneInfo(booking.time_zone))
    today = now.astimezone(ZoneInfo(booking.time_zone)).date()
    open_ended = booking.status in ("held", "pending", "confirmed")
    at_provider = booking.location == "provider" and bool(booking.address)
    takes_place = booking.status not in ("no_show", "declined", "cancelled", "expired")
    return BookingView(
        id=str(booking.id),
        reference=booking.reference,
        status=booking.status,
        service=booking.service_title,
        service_href=routes.service(booking.service_slug),
        book_again=routes.book(booking.service_slug),
        picture=routes.small(booking.service_picture),
        category=booking.service_category,
        provider=booking.provider_name,
        provider_href=routes.provider(booking.provider_slug),
        provider_phone=booking.provider_phone,
        customer=booking.customer_name,
        email=booking.reachable_at,
        phone=booking.customer_phone,
        initials=initials(booking.customer_name),
        tint=tint(booking.customer_name),
        day=day(local.date(), today),
        date=f"{long_day(local.date())} {local.year}",
        month_short=f"{local:%b}",
        day_number=str(local.day),
        when=moment(booking.start, booking.time_zone, now),
        starts=clock_time(booking.start, booking.time_zone),
        ends=clock_time(booking.end, booking.time_zone),
        duration=duration(round((booking.end - booking.start).total_seconds() / 60)),
        zone=booking.time_zone,
        zone_name=zone_name(booking.time_zone),
        token=booking.token,
        price=money(booking.price_amount, booking.currency),
        pays=(pays if takes_place else money)(booking.price_amount, booking.currency),
        place=place_of(booking.location, booking.address, booking.city),
        directions=MAP + quote_plus(f"{booking.address}, {booking.city}") if at_provider else "",
        policy=POLICIES[booking.cancellation_policy],
        notes=booking.notes,
        asked=moment(booking.created_at, booking.time_zone, now),
        came=moment(booking.checked_in_at, booking.time_zone, now) if booking.checked_in_at else "",
        answer_by=moment_within(booking.answer_by, booking.time_zone, now) if booking.answer_by else "",
        href=routes.booking(booking.reference),
        calendar_href=routes.booking_calendar(booking.reference),
        similar=routes.search(category=booking.service_category, **({"city": booking.city} if at_provider else {})),
        answers=[Answered(question, answer) for question, answer in booking.answered],
        can_cancel=open_ended and booking.start > now,
        can_answer=booking.status == "pending" and booking.start > now,
        can_finish=booking.status == "confirmed" and booking.start <= now,
        begun=booking.start <= now,
        over=booking.end <= now,
    )


def title_of(move: Move, zone: str) -> str:
    """What a move is called; the first one is the booking itself."""
    if move.moved_from and move.moved_to:
        old, new = (day_and_time(each, zone) for each in (move.moved_from, move.moved_to))
        return f"Moved from {old} to {new}"
    if move.from_status is None and move.to_status != "pending":
        return "Booked"
    return MOVES[move.to_status]


def history_of(moves: Iterable[Move], zone: str, now: datetime, own: Collection[str] = ()) -> list[Happened]:
    """What happened to a booking, the latest first; whoever reads it did what the kinds of actor in `own` did."""
    lines = [
        Happened(
            title_of(move, zone),
            "by you" if move.actor_kind in own else WHO[move.actor_kind],
            moment(move.at, zone, now),
            move.reason,
            move.to_status,
        )
        for move in moves
    ]
    return lines[::-1]


def heading_of(view: BookingView, *, own: bool) -> str:
    """How the booking stands, in one line, for its customer (`own`) or for others."""
    if view.status == "confirmed" and view.begun:
        return f"{'Your' if own else 'This'} appointment {'is over' if view.over else 'has begun'}"
    return (HEADINGS if own else HEADINGS_FOR_OTHERS).get(view.status, "Booking")


def next_steps(view: BookingView) -> list[str]:
    """What happens next, as sentences for the customer."""
    mail = f"The confirmation with a calendar invitation goes to {view.email}."
    match view.status:
        case "pending":
            return [
                f"{view.provider} answers your request by {view.answer_by}. The time is kept for you until then.",
                f"As soon as they do, you get a mail at {view.email} and this page changes by itself.",
                "You can withdraw the request at any time before it begins.",
            ]
        case "confirmed" if view.over:
            return ["Your appointment is over. As soon as its provider notes that you came, you can review it."]
        case "confirmed" if view.begun:
            return ["Your appointment has begun. Enjoy it."]
        case "confirmed":
            here = "You are checked in." if view.came else f"When you arrive, say your token: {view.token}."
            return [mail, here, view.policy]
        case "completed":
            return ["Thank you for coming. You can book the next appointment whenever it suits you."]
        case "no_show":
            return ["You can book another time whenever it suits you."]
        case _:
            return []
