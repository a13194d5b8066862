"""The base of every refusal, and those that any part of the product may give."""


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


class NotConfirmed(AppointlyError):
    code = "not_confirmed"
    status = 422
    message = "Please type the word as it is asked for, so that nothing happens by accident."


class Forbidden(AppointlyError):
    code = "forbidden"
    status = 403
    message = "Your account may not do this."


class NotFound(AppointlyError):
    code = "not_found"
    status = 404
    message = "We could not find that."


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


class ChangedMeanwhile(AppointlyError):
    code = "changed_meanwhile"
    status = 409
    message = "This was changed meanwhile, perhaps in another tab. Nothing of yours was saved yet."


class IdempotencyKeyReused(AppointlyError):
    code = "idempotency_key_reused"
    status = 422
    message = "This Idempotency-Key was already used for a different request."


class RequestInProgress(AppointlyError):
    code = "request_in_progress"
    status = 409
    message = "The same request is being carried out right now. Please try again in a moment."


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
