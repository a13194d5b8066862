"""Refusals around an appointment: booking, holding, waiting in line, moving, checking in, reviewing."""

from appointly.errors.common import AppointlyError


class SlotTaken(AppointlyError):
    """`details["alternatives"]`: the nearest free slots, as the availability endpoint shows them."""

    code = "slot_taken"
    status = 409
    message = "Somebody else was a moment faster: this time is taken. Please choose another one."


class TooManyHolds(AppointlyError):
    """`details["held"]`: the services whose times are kept."""

    code = "too_many_holds"
    status = 409
    message = "You keep three times already. Please book one of them or let one go; then you can keep this one."


class SlotInPast(AppointlyError):
    code = "slot_in_past"
    status = 422
    message = "This time has already begun. Please choose a later one."


class TooSoon(AppointlyError):
    code = "too_soon"
    status = 422
    message = "This time is too close. The provider needs more notice."


class TooFarAhead(AppointlyError):
    code = "too_far_ahead"
    status = 422
    message = "This time is further ahead than the provider takes bookings for."


class ServiceUnavailable(AppointlyError):
    code = "service_unavailable"
    status = 409
    message = "This service cannot be booked at the moment."


class DayNotFull(AppointlyError):
    """`details["dates"]`: the dates that have free times."""

    code = "day_not_full"
    status = 409
    message = "There are free times on this day. You can book one at once."


class AlreadyWaiting(AppointlyError):
    code = "already_waiting"
    status = 409
    message = "You are on the list for this service already. We write to you as soon as a time becomes free."


class TooManyLists(AppointlyError):
    code = "too_many_lists"
    status = 409
    message = "You wait for ten services already. Please leave one of these lists first."


class OfferEnded(AppointlyError):
    code = "offer_ended"
    status = 410
    message = "This time is no longer kept for you. You are still in line for other times."


class InvalidTransition(AppointlyError):
    code = "invalid_transition"
    status = 409
    message = "This booking has moved on, so that is no longer possible."


class RescheduleWaiting(AppointlyError):
    code = "reschedule_waiting"
    status = 409
    message = "You have asked for another time already. Withdraw that wish first, then you can choose a different one."


class ReviewTooEarly(AppointlyError):
    code = "review_too_early"
    status = 409
    message = "Only an appointment that has taken place can be reviewed."


class ReviewClosed(AppointlyError):
    code = "review_closed"
    status = 409
    message = "An appointment can be reviewed for 90 days. This one is longer ago."


class ReviewExists(AppointlyError):
    code = "review_exists"
    status = 409
    message = "You have reviewed this appointment already."


class ReviewFinal(AppointlyError):
    code = "review_final"
    status = 409
    message = "A review can be changed for 14 days. This one stands as it is, but you can delete it."


class ReviewHidden(AppointlyError):
    code = "review_hidden"
    status = 409
    message = "Our team has taken this review down, so it cannot be changed any more."


class ReviewReported(AppointlyError):
    code = "review_reported"
    status = 409
    message = "This review was reported already."


class AppointmentReviewed(AppointlyError):
    code = "appointment_reviewed"
    status = 409
    message = "The customer has reviewed this appointment, so it stays completed."


class QueueMovedOn(AppointlyError):
    code = "queue_moved_on"
    status = 409
    message = "The line has moved on meanwhile. Nothing was changed; this is how it stands now."


class QueueFull(AppointlyError):
    code = "queue_full"
    status = 409
    message = "Five hundred people have taken a token without an appointment today. There are no more until tomorrow."


class DoorCodeInvalid(AppointlyError):
    code = "door_code_invalid"
    status = 422
    message = "This code is not one of ours, or it is no longer good. Please ask at the desk for the new one."


class WrongDoor(AppointlyError):
    code = "wrong_door"
    status = 409
    message = "Check in with the code at the door of the provider you have booked with."


class NotToday(AppointlyError):
    code = "not_today"
    status = 409
    message = "This appointment is not today, so there is nothing to check in yet."
