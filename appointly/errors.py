"""Every refusal: a class with a stable code, an HTTP status and a sentence a person understands.

API and pages render the same `code` and `message`; `fields` names the inputs a form should mark.
"""


class AppointlyError(Exception):
    """Base of every refusal. `details` is JSON-ready and goes into the problem document."""

    code = "error"
    status = 400
    message = "That did not work."

    def __init__(
        self,
        message: str | None = None,
        *,
        fields: dict[str, str] | None = None,
        details: dict[str, object] | None = None,
    ) -> None:
        self.message = message or self.message
        self.fields = fields or {}
        self.details = details or {}
        super().__init__(self.message)


class SettingsInvalid(AppointlyError):
    code = "settings_invalid"
    status = 500
    message = "A setting is missing or wrong."


class ValidationFailed(AppointlyError):
    code = "validation_failed"
    status = 422
    message = "Please check the marked fields."


class NotSignedIn(AppointlyError):
    code = "not_signed_in"
    status = 401
    message = "Please sign in first."


class CredentialsInvalid(AppointlyError):
    code = "credentials_invalid"
    status = 401
    message = "The email address or the password is wrong."


class GoogleCancelled(AppointlyError):
    code = "google_cancelled"
    status = 401
    message = "You did not finish signing in at Google. Nothing was changed."


class GoogleStale(AppointlyError):
    code = "google_stale"
    status = 401
    message = (
        "This sign-in with Google was used already, took too long or began in another browser. Please begin it again."
    )


class GoogleDoubtful(AppointlyError):
    code = "google_doubtful"
    status = 401
    message = "We could not be sure that this answer came from Google, so nobody was signed in. Please try again."


class GoogleSilent(AppointlyError):
    code = "google_silent"
    status = 502
    message = "Google does not answer at the moment. Please try again shortly, or use your password."


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


class IdentityUnverified(AppointlyError):
    code = "identity_unverified"
    status = 403
    message = (
        "Google has not confirmed that this email address is yours, so we cannot use it. Confirm it at Google first, or"
        " use an address and a password here."
    )


class IdentityRefused(AppointlyError):
    code = "identity_refused"
    status = 403
    message = "We cannot sign you in with this Google account."


class IdentityTaken(AppointlyError):
    code = "identity_taken"
    status = 409
    message = "This Google account already signs somebody else in here, so it was not added."


class PasswordMissing(AppointlyError):
    code = "password_missing"
    status = 409
    message = "This account has no password yet. Set one by mail first; that shows us that it is yours."


class NotConfirmed(AppointlyError):
    code = "not_confirmed"
    status = 422
    message = "Please type the word as it is asked for, so that nothing happens by accident."


class LastWayIn(AppointlyError):
    code = "last_way_in"
    status = 409
    message = "This is the only way into your account. Set a password first, then you can remove it."


class Forbidden(AppointlyError):
    code = "forbidden"
    status = 403
    message = "Your account may not do this."


class NotFound(AppointlyError):
    code = "not_found"
    status = 404
    message = "We could not find that."


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message = "This token may not do that. Make one with the right it needs."


class TooManyRequests(AppointlyError):
    """`details["retry_after"]`: seconds until another try is worth it; HTTP says it as Retry-After."""

    code = "too_many_requests"
    status = 429
    message = "That was too often. Please wait a moment and try again."

    @classmethod
    def wait(cls, seconds: int) -> "TooManyRequests":
        """The refusal that says when to come back: in whole minutes, or in a moment."""
        minutes = -(-seconds // 60)
        soon = seconds <= 10
        when = "in a moment" if soon else "in a minute" if minutes == 1 else f"in {minutes} minutes"
        return cls(f"That was too often. Please try again {when}.", details={"retry_after": seconds})


class OtpInvalid(AppointlyError):
    code = "otp_invalid"
    status = 401
    message = "That is not the code we mailed. Please check it and type it again."


class OtpExpired(AppointlyError):
    """Too late, used already, or replaced by a newer one."""

    code = "otp_expired"
    status = 410
    message = "That code is no longer good. Please sign in again, and we mail you a new one."


class OtpAttemptsUsed(AppointlyError):
    code = "otp_attempts_used"
    status = 429
    message = "That code was typed wrong too often. Please sign in again, and we mail you a new one."

    def __init__(self) -> None:
        super().__init__(details={"retry_after": 1})


class CodeJustSent(TooManyRequests):
    code = "code_just_sent"
    message = "We have just sent you a code. Give it a moment to arrive before you ask for another one."


class TooManyCodes(TooManyRequests):
    code = "too_many_codes"
    message = (
        "We send ten codes an hour at most. The last one stays good for its five minutes; for a new one, please try "
        "again in an hour."
    )


class ProvidersDoor(AppointlyError):
    code = "providers_door"
    status = 403
    message = "Yours is a provider's account: it signs in here. Please give your password once more."


class CustomersDoor(AppointlyError):
    code = "customers_door"
    status = 403
    message = "Yours is not a provider's account: it signs in here. Please give your password once more."


class RefreshInvalid(AppointlyError):
    code = "refresh_invalid"
    status = 401
    message = "This refresh token is not good any more. Please sign in again."


class LinkEnded(AppointlyError):
    code = "link_ended"
    status = 410
    message = "This link is not good any more. It may have been used already, or it came too late."


class PasswordWrong(AppointlyError):
    code = "password_wrong"
    status = 422
    message = "This is not your current password."


class PasswordCommon(ValidationFailed):
    code = "password_common"
    message = "This password is one that many people use, so it would soon be guessed. Please choose another one."


class PasswordPersonal(ValidationFailed):
    code = "password_personal"
    message = "Please choose a password that is not your name or your address."


class EmailUnchanged(ValidationFailed):
    code = "email_unchanged"
    message = "This is your address already."


class EmailJustChanged(AppointlyError):
    code = "email_just_changed"
    status = 409
    message = "Your address was changed in the last three days. Until then it cannot be changed again."


class TooManyTokens(AppointlyError):
    code = "too_many_tokens"
    status = 409
    message = "You have twenty tokens already. Please revoke one that is not used any more."


class EmailTaken(AppointlyError):
    code = "email_taken"
    status = 409
    message = "There is already an account with this email address. Sign in instead."


class BusinessExists(AppointlyError):
    code = "business_exists"
    status = 409
    message = "This account has a business already. You can change it in your profile."


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


class ServiceBooked(AppointlyError):
    code = "service_booked"
    status = 409
    message = (
        "People have booked this service or wait for it, so its record stays. Archive it instead: it disappears"
        " everywhere, and the bookings stay as they are."
    )


class ChangedMeanwhile(AppointlyError):
    code = "changed_meanwhile"
    status = 409
    message = "This was changed meanwhile, perhaps in another tab. Nothing of yours was saved yet."


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


class HoursChanged(AppointlyError):
    code = "hours_changed"
    status = 409
    message = "Your hours were changed elsewhere meanwhile. Nothing was saved yet."


class IdempotencyKeyReused(AppointlyError):
    code = "idempotency_key_reused"
    status = 422
    message = "This Idempotency-Key was already used for a different request."


class RequestInProgress(AppointlyError):
    code = "request_in_progress"
    status = 409
    message = "The same request is being carried out right now. Please try again in a moment."


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


class TooManyCalendars(AppointlyError):
    code = "too_many_calendars"
    status = 409
    message = "You have as many calendars here as we can read. Please remove one first."


class GatewayFailed(AppointlyError):
    """An outside system did not do its part; another try may help."""

    code = "gateway_failed"
    status = 502
    message = "A service we rely on did not answer. We try again."


class GatewayRefused(GatewayFailed):
    """An outside system said no for good."""

    code = "gateway_refused"
    message = "A service we rely on refused this."


class CrossSite(AppointlyError):
    code = "cross_site"
    status = 403
    message = "This request came from another site, so it was not carried out."


class Unavailable(AppointlyError):
    code = "unavailable"
    status = 503
    message = "We cannot reach our records at the moment. Nothing was changed. Please try again shortly."


class Unexpected(AppointlyError):
    """`details["incident"]` is the number under which the log holds what happened."""

    code = "unexpected"
    status = 500
    message = "That did not work, and it is our fault. Nothing was changed. Please try again."


class DatabaseNotEmpty(AppointlyError):
    code = "database_not_empty"
    status = 409
    message = "This database holds data that is not the demo's, so the demo data was not made. Use an empty one."
