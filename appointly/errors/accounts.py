"""Refusals around accounts: signing in, passwords, codes, links and tokens."""

from appointly.errors.common import AppointlyError, Forbidden, TooManyRequests, ValidationFailed


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


class LastWayIn(AppointlyError):
    code = "last_way_in"
    status = 409
    message = "This is the only way into your account. Set a password first, then you can remove it."


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message = "This token may not do that. Make one with the right it needs."


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
