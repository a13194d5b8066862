"""Refusals to a provider about the own business: services, hours, pictures and calendars."""

from appointly.errors.common import AppointlyError


class GoogleCalendarCancelled(AppointlyError):
    code = "google_calendar_cancelled"
    status = 403
    message = "You did not let us see your Google calendars. Nothing was changed."


class GoogleCalendarStale(AppointlyError):
    code = "google_calendar_stale"
    status = 409
    message = "This took too long, was used already or began in another browser. Please connect again."


class GoogleCalendarSilent(AppointlyError):
    code = "google_calendar_silent"
    status = 502
    message = "Google does not answer at the moment. Please try again shortly."


class GoogleCalendarClosed(AppointlyError):
    """The permission was taken back, or ran out."""

    code = "google_calendar_closed"
    status = 403
    message = "Google no longer lets us in. Please connect again."


class BusinessExists(AppointlyError):
    code = "business_exists"
    status = 409
    message = "This account has a business already. You can change it in your profile."


class ServiceBooked(AppointlyError):
    code = "service_booked"
    status = 409
    message = (
        "People have booked this service or wait for it, so its record stays. Archive it instead: it disappears"
        " everywhere, and the bookings stay as they are."
    )


class HoursChanged(AppointlyError):
    code = "hours_changed"
    status = 409
    message = "Your hours were changed elsewhere meanwhile. Nothing was saved yet."


class PictureRefused(AppointlyError):
    code = "picture_refused"
    status = 422
    message = "We could not read this picture. Please save it anew as JPEG, PNG or WebP, or choose another one."


class TooManyPictures(AppointlyError):
    code = "too_many_pictures"
    status = 409
    message = "There is no room for another picture. Please remove one first."


class CalendarUnreadable(AppointlyError):
    """A calendar elsewhere did not answer as one. The sentence is for its owner and holds no address and no secret."""

    code = "calendar_unreadable"
    status = 422
    message = "This calendar cannot be read at the moment."
    wait = 0  # seconds after which the other side wants to be asked again, if it says so


class TooManyCalendars(AppointlyError):
    code = "too_many_calendars"
    status = 409
    message = "You have as many calendars here as we can read. Please remove one first."
