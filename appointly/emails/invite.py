"""An appointment as a calendar file: the invitation in a mail (RFC 6047) and the download on its page."""

from email.utils import parseaddr

from icalendar import Calendar, Event, vCalAddress, vText

from appointly import routes
from appointly.display.formatting import street_and_city
from appointly.emails.mail import Attachment
from appointly.queries.bookings import Booking
from appointly.settings import Settings


def invitation(booking: Booking, method: str, link: str, organizer: str) -> Attachment:
    """The file for the customer's calendar. `method` is REQUEST, CANCEL or PUBLISH, `organizer` an address.

    The id is the appointment's for life; a calendar keeps what has the highest sequence, which is the booking's, as
    its time and the instant of its last change are.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Appointly//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_event(booking, method, link, organizer))
    return Attachment("appointment.ics", f"text/calendar; charset=utf-8; method={method}", calendar.to_ical())


def calendar_file(booking: Booking, settings: Settings) -> Attachment:
    """The file behind "Add to calendar" on the booking's page; a newer one replaces it."""
    link = settings.base_url + routes.booking(booking.reference)
    organizer = parseaddr(settings.mail_from)[1]
    return invitation(booking, "PUBLISH", link, organizer)


def _event(booking: Booking, method: str, link: str, organizer: str) -> Event:
    event = Event()
    event.add("uid", f"{booking.id}@appointly")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.updated_at)
    event.add("dtstart", booking.start)
    event.add("dtend", booking.end)
    event.add("summary", f"{booking.service_title} · {booking.provider_name}")
    event.add("description", f"Reference {booking.reference}, token {booking.token}.\n{link}")
    event.add("url", link)
    if place := where(booking):
        event.add("location", place)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(organizer, booking.provider_name))
    if method != "PUBLISH":
        attendee = _address(booking.customer_email, booking.customer_name)
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", attendee)
    return event


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name.replace('"', "'"))
    return address


def where(booking: Booking) -> str:
    """The place in words."""
    if booking.location == "online":
        return "Online"
    if booking.location == "customer":
        return "At your place"
    return street_and_city(booking.address, booking.city)
