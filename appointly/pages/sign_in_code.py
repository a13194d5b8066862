"""The second half of a provider's sign-in: the six digits from the mail."""

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import field
from appointly.components.forms import form, hidden
from appointly.components.links import TEXT_LINK, PlainLink, text_link
from appointly.components.surfaces import card
from appointly.pages.shell import page
from appointly.state.sign_in_code import SignInCodeForm

CODE = (
    "w-full min-h-14 rounded-control border border-field-line bg-surface px-3 text-center font-display text-2xl"
    " font-semibold tracking-[0.3em] tabular-nums text-ink placeholder:text-ink-faint aria-invalid:border-bad"
)

# The seconds that pass, and what comes when they have: on this page alone, so it is no part of the site's stylesheet.
COUNTDOWN = """
@property --left { syntax: "<integer>"; inherits: false; initial-value: 0 }
@keyframes count-down { from { --left: var(--pause) } to { --left: 0 } }
@keyframes come { from { visibility: hidden } to { visibility: visible } }
@keyframes go { from { visibility: visible } to { visibility: hidden } }
.pause { display: grid }
.pause > * { grid-area: 1 / 1; align-self: center }
.pause > :first-child { animation: go 1ms calc(var(--pause) * 1s) both }
.pause > :last-child { animation: come 1ms calc(var(--pause) * 1s) both }
.countdown::after {
  content: counter(left);
  counter-reset: left var(--left);
  animation: count-down calc(var(--pause) * 1s) linear both;
}
@media (prefers-reduced-motion: reduce) {
  @layer base { .countdown::after { animation-duration: calc(var(--pause) * 1s) !important } }
}
"""


def sign_in_code() -> rx.Component:
    """Where the code is typed; or a way back for a browser that waits for none."""
    return page(
        rx.el.div(
            rx.cond(
                SignInCodeForm.loaded,
                rx.cond(SignInCodeForm.code_id, _waiting(), _not_here()),
                card(
                    skeleton("h-8 w-2/3"),
                    skeleton("mt-4 h-14 w-full"),
                    skeleton("mt-4 h-12 w-full"),
                    class_name="p-5 sm:p-6",
                ),
            ),
            class_name="mx-auto max-w-form",
        )
    )


def _waiting() -> rx.Component:
    return rx.fragment(
        rx.el.h1("Check your mail", class_name="text-2xl font-semibold"),
        rx.el.p(
            "We sent six digits to ",
            rx.el.strong(SignInCodeForm.address, class_name="font-semibold text-ink"),
            ". They are good for five minutes, in this browser.",
            class_name="mt-1 text-ink-soft",
        ),
        card(
            form(
                hidden("id", SignInCodeForm.code_id),
                hidden("next", SignInCodeForm.then),
                _code_field(),
                button("Sign in", type="submit", size="large"),
                action="/session/otp",
                class_name="flex flex-col gap-4",
            ),
            _another(),
            _demo(),
            class_name="mt-6 flex flex-col gap-5 p-5 sm:p-6",
        ),
        rx.el.p(
            "Not your address, or changed your mind? ",
            text_link("Start again", href=SignInCodeForm.again),
            class_name="mt-5 text-sm text-ink-soft",
        ),
    )


def _code_field() -> rx.Component:
    """One field: a pasted code, or a whole line of the mail, fits in. No length limit cuts it."""
    control = rx.el.input(
        type="text",
        id="code",
        name="code",
        required=True,
        auto_focus=True,
        auto_complete="one-time-code",
        input_mode="numeric",
        spell_check=False,
        aria_invalid=SignInCodeForm.error != "",
        aria_describedby="code-note",
        class_name=CODE,
    )
    return field("Six-digit code", control, name="code", error=SignInCodeForm.error)


def _another() -> rx.Component:
    """Another mail, after a pause that is seen to pass."""
    return rx.el.div(
        rx.el.style(COUNTDOWN),
        rx.el.p("Nothing there? Please look among the spam, too.", class_name="text-sm text-ink-soft"),
        rx.el.div(
            rx.el.p(
                "You can have another code in ",
                rx.el.span(class_name="countdown tabular-nums"),
                " seconds.",
                class_name="text-sm text-ink-soft",
            ),
            form(
                hidden("id", SignInCodeForm.code_id),
                hidden("next", SignInCodeForm.then),
                button("Send another code", type="submit", kind="secondary", size="small"),
                action="/session/otp/resend",
            ),
            key=SignInCodeForm.code_id,
            style={"--pause": SignInCodeForm.pause},
            class_name="pause mt-1",
        ),
    )


def _demo() -> rx.Component:
    return rx.cond(
        SignInCodeForm.mailbox,
        rx.el.p(
            "This is a demo: the mail is in the ",
            PlainLink.create(
                "development mailbox",
                href=SignInCodeForm.mailbox,
                target="_blank",
                class_name=TEXT_LINK,
            ),
            ".",
            class_name="border-t border-line pt-4 text-sm text-ink-soft",
        ),
    )


def _not_here() -> rx.Component:
    return empty_state(
        "key-round",
        "No code is awaited here",
        "A code can be typed only in the browser where you gave your password, and only once.",
        link_button("Go to the sign-in", href=SignInCodeForm.again),
        level=1,
    )
