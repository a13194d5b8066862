"""The mails about an account: codes, links, and news of what was changed."""

from collections.abc import Callable, Mapping
from uuid import UUID

from appointly.domain.one_time_code import code_of, link_key
from appointly.emails.calendars import calendar_failing
from appointly.emails.layout import Letter, as_mail
from appointly.emails.mail import Mail
from appointly.routes import mailed_link
from appointly.settings import Settings

BECAUSE = "You get this mail because of your account at Appointly."


def compose(facts: Mapping[str, str], settings: Settings) -> Mail:
    """The mail that `operations/account_mail.py` wrote down: `kind` and `to`, and what the kind below needs."""
    return as_mail(KINDS[facts["kind"]](facts, settings), facts["to"])


def _sign_in_code(facts: Mapping[str, str], settings: Settings) -> Letter:
    code = code_of(settings.require_secret(), UUID(facts["code_id"]))
    return Letter(
        subject=f"{code} is your sign-in code",
        preview="It is good for five minutes, in the browser where you asked for it.",
        heading=code,
        sentences=["Type this code to finish signing in. It is good for five minutes, in the browser you began in."],
        small_print="We never ask for it. If this was not you, somebody knows your password: please change it.",
        because=BECAUSE,
    )


def _identity_linked(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Google now signs you in at Appointly",
        preview=f"The Google account {facts['identity']} opens your account from now on.",
        heading=f"Hello {facts['name']}, you can sign in with Google",
        sentences=[f"The Google account {facts['identity']} opens your account from now on."],
        small_print="If this was not you, remove it under Settings and change your password.",
        because=BECAUSE,
        button=("Open settings", f"{settings.base_url}/account/settings"),
    )


def _identity_unlinked(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="A Google account was removed from Appointly",
        preview="It does not open your account any more.",
        heading=f"Hello {facts['name']}, a Google account was removed",
        sentences=["It does not open your account any more. Your other ways to sign in stay as they are."],
        small_print="If this was not you, sign out everywhere and change your password.",
        because=BECAUSE,
        button=("Open settings", f"{settings.base_url}/account/settings"),
    )


def _link(facts: Mapping[str, str], settings: Settings) -> str:
    code_id = UUID(facts["code_id"])
    return settings.base_url + mailed_link(code_id, link_key(settings.require_secret(), code_id))


# What goes to an address that nobody has proved yet holds no words of whoever typed it in.


def _verify_email(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Please confirm your address",
        preview="One click, so that your bookings and codes reach you.",
        heading="Is this your address?",
        sentences=["Confirm it, so that news of your bookings reaches you. The link is good for 24 hours."],
        button=("Confirm my address", _link(facts, settings)),
        small_print="If you have not made an account, somebody has mistyped theirs. Do nothing: it is not confirmed.",
        because="You get this mail because an account at Appointly was made with this address.",
    )


def _reset_password(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Set a new password",
        preview="The link is good for half an hour, and once.",
        heading="Set a new password",
        sentences=[
            "Somebody, hopefully you, asked for this link. It is good for half an hour, and once.",
            "With the new password you are signed out everywhere else.",
        ],
        button=("Set a new password", _link(facts, settings)),
        small_print="If this was not you, do nothing: your password stays as it is. Do not pass this mail on.",
        because=BECAUSE,
    )


def _password_changed(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Your password was changed",
        preview="If this was you, there is nothing to do.",
        heading="Your password was changed",
        sentences=[
            f"{facts['name']}, your account has a new password, and was signed out everywhere else.",
            "If this was you, there is nothing to do. If not, set a new password now and look through your settings.",
        ],
        button=("This was not me", f"{settings.base_url}/reset-password"),
        because=BECAUSE,
    )


def _leave_email(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Please confirm your new address",
        preview=f"Your account is to move to {facts['target']}.",
        heading="Move your account?",
        sentences=[
            f"{facts['name']}, your account is to move from this address to {facts['target']}.",
            "It moves when you have confirmed it here and there, in any order, within 24 hours.",
        ],
        button=("Confirm from this address", _link(facts, settings)),
        small_print="If this was not you, somebody is in your account: do not confirm, and change your password.",
        because=BECAUSE,
    )


def _take_email(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Please confirm your new address",
        preview="Your account moves here when you have confirmed it at both addresses.",
        heading="Is this your new address?",
        sentences=[
            "An account at Appointly is to move to this address.",
            "It moves when this was confirmed here and at the old address, in any order, within 24 hours.",
        ],
        button=("Confirm this address", _link(facts, settings)),
        small_print="If you have not asked for this, somebody has mistyped theirs. Do nothing: nothing will change.",
        because="You get this mail because an account at Appointly is to move to this address.",
    )


def _email_in_use(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Your address has an account already",
        preview="Nobody can move another account to it.",
        heading="This address has an account already",
        sentences=[
            "Somebody, perhaps you, wanted to move another account to this address. One address has one account.",
            "If it was you, sign in with this address instead. If not, there is nothing to do.",
        ],
        button=("Sign in", f"{settings.base_url}/login"),
        because=BECAUSE,
    )


def _email_changed(facts: Mapping[str, str], settings: Settings) -> Letter:
    return Letter(
        subject="Your account has moved to another address",
        preview="If this was not you, you can take it back for three days.",
        heading="Your account has moved",
        sentences=[
            f"{facts['name']}, your account has moved from this address to {facts['target']}, as confirmed at both.",
            "If this was you, there is nothing to do. If not, take it back within three days: everybody is signed out,"
            " and you set a new password.",
        ],
        button=("Take my account back", _link(facts, settings)),
        small_print="Only use the link if you did not want this. Do not pass this mail on.",
        because=BECAUSE,
    )


KINDS: Mapping[str, Callable[[Mapping[str, str], Settings], Letter]] = {
    "sign_in_code": _sign_in_code,
    "identity_linked": _identity_linked,
    "identity_unlinked": _identity_unlinked,
    "verify_email": _verify_email,
    "reset_password": _reset_password,
    "password_changed": _password_changed,
    "leave_email": _leave_email,
    "take_email": _take_email,
    "email_in_use": _email_in_use,
    "email_changed": _email_changed,
    "calendar_failing": calendar_failing,
}
