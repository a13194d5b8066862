"""The mails about an account: codes, links, and news of what was changed."""

from collections.abc import Callable, Mapping
from uuid import UUID

from appointly.domain.one_time_code import code_of
from appointly.emails.layout import Letter, as_html, as_text
from appointly.emails.mail import Mail
from appointly.settings import Settings

BECAUSE = "You get this mail because of your account at Appointly."


def compose(facts: Mapping[str, str], settings: Settings) -> Mail:
    """The mail that `operations/account_mail.py` wrote down: `kind` and `to`, and what the kind below needs."""
    letter = KINDS[facts["kind"]](facts, settings)
    return Mail(facts["to"], letter.subject, as_text(letter), as_html(letter))


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


KINDS: Mapping[str, Callable[[Mapping[str, str], Settings], Letter]] = {
    "sign_in_code": _sign_in_code,
    "identity_linked": _identity_linked,
    "identity_unlinked": _identity_unlinked,
}
