"""Fields of forms: the label above, the error in a sentence below."""

from collections.abc import Callable
from typing import Any

import reflex as rx

CONTROL = (
    "w-full min-h-11 rounded-control border border-field-line bg-surface px-3 text-base text-ink"
    " placeholder:text-ink-faint aria-invalid:border-bad disabled:bg-sunken"
)
# Its place for a thumb is higher than what is seen.
SWITCH = (
    "relative h-7 w-12 shrink-0 rounded-full p-1 transition-colors after:absolute after:-inset-x-1 after:-inset-y-2"
)
LABEL = "text-sm font-medium text-ink"
WHOSE = "whose"
MARKUP_HINT = "You can use **bold**, *italic*, lists with - and [links](https://…)."


def belongs_to(id: Any) -> rx.Component:
    """What a form in a list is about, for its `on_submit`: that stands outside the list and knows no row of it."""
    return rx.el.input(type="hidden", name=WHOSE, value=id)


def whose(form: Any) -> Any:
    """The id that `belongs_to` has put into what the form sends."""
    return form.to(dict[str, str])[WHOSE]


def sent_once(round: Any) -> rx.Component:
    """Tells the second of two clicks on a form's button from the first: `state.base.again` reads it."""
    return rx.el.input(type="hidden", name="round", value=round.to_string())


def field_problem(sentence: Any, **props: Any) -> rx.Component:
    """What is wrong with the field above."""
    return rx.el.p(
        rx.icon("circle-alert", size=16, aria_hidden=True, class_name="mt-0.5 shrink-0"),
        sentence,
        class_name="flex gap-1.5 text-sm text-bad-ink",
        **props,
    )


def field(
    label: str,
    control: rx.Component,
    *,
    name: Any,
    error: Any = "",
    hint: str = "",
    optional: bool = False,
) -> rx.Component:
    """`control`, whose id is `name`, with its label above and its error or hint below."""
    below = rx.el.p(hint, id=f"{name}-note", class_name="text-sm text-ink-faint") if hint else rx.fragment()
    if isinstance(error, rx.Var) or error:
        sentence = field_problem(error, id=f"{name}-note")
        below = rx.cond(error, sentence, below) if isinstance(error, rx.Var) else sentence
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(" (optional)", class_name="font-normal text-ink-faint") if optional else rx.fragment(),
            html_for=name,
            class_name=LABEL,
        ),
        control,
        below,
        class_name="flex flex-col gap-1.5",
    )


def _marked(name: str, error: Any, props: dict[str, Any]) -> dict[str, Any]:
    """What ties a control to its label and its note."""
    invalid = (error != "") if isinstance(error, rx.Var) else bool(error)
    identity = props.setdefault("id", name)
    return {"name": name, "aria_invalid": invalid, "aria_describedby": f"{identity}-note", **props}


def text_field(
    label: str,
    *,
    name: str,
    error: Any = "",
    hint: str = "",
    optional: bool = False,
    type: str = "text",
    **props: Any,
) -> rx.Component:
    """A line of text; `id` where its name stands on the page more than once."""
    required = {} if optional else {"required": True}
    control = rx.el.input(type=type, class_name=CONTROL, **required, **_marked(name, error, props))
    return field(label, control, name=props["id"], error=error, hint=hint, optional=optional)


def contact_fields(typed: Callable[[str], dict[str, Any]]) -> rx.Component:
    """Name, mail address and telephone of a customer; `typed` makes the field of a name show and keep what it holds."""
    return rx.fragment(
        rx.el.div(
            text_field("Your name", auto_complete="name", max_length=120, **typed("customer_name")),
            text_field("Email", type="email", auto_complete="email", max_length=254, **typed("customer_email")),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        text_field(
            "Phone",
            type="tel",
            auto_complete="tel",
            optional=True,
            hint="With the country code, for example +49\u00a030\u00a01234567.",
            max_length=40,
            **typed("customer_phone"),
        ),
    )


def text_area(
    label: str,
    *,
    name: str,
    error: Any = "",
    hint: str = "",
    optional: bool = False,
    rows: int = 4,
    **props: Any,
) -> rx.Component:
    """Several lines of text; `id` as of a `text_field`."""
    control = rx.el.textarea(rows=str(rows), class_name=f"{CONTROL} py-2.5", **_marked(name, error, props))
    return field(label, control, name=props["id"], error=error, hint=hint, optional=optional)


def search_box(label: str, *, large: bool = False, **props: Any) -> rx.Component:
    """A line for words to look for, named by `label`, with a glass in it; what it lies in is `relative`."""
    place, room = ("start-4", "min-h-12 ps-12") if large else ("start-3", "ps-10")
    return rx.fragment(
        rx.icon(
            "search",
            size=20,
            aria_hidden=True,
            class_name=f"pointer-events-none absolute inset-y-0 {place} my-auto text-ink-faint",
        ),
        rx.el.input(type="search", aria_label=label, auto_complete="off", class_name=f"{CONTROL} {room}", **props),
    )


def select(*options: Any, label: str, class_name: str = "", **props: Any) -> rx.Component:
    """A choice among few, named by `label`; options are `option(…)` or a `rx.foreach` of them."""
    return rx.el.span(
        rx.el.select(
            *options,
            aria_label=label,
            class_name=f"{CONTROL} appearance-none pr-9 {class_name}",
            **props,
        ),
        rx.icon(
            "chevron-down",
            size=18,
            aria_hidden=True,
            class_name="pointer-events-none absolute inset-y-0 right-3 my-auto text-ink-faint",
        ),
        class_name="relative block",
    )


def option(label: Any, value: Any) -> rx.Component:
    """One option of a `select`."""
    return rx.el.option(label, value=value)


def checkbox(label: Any, *, name: str, **props: Any) -> rx.Component:
    """A box to tick with its words beside it."""
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, class_name="size-5 shrink-0 accent-accent", **props),
        rx.el.span(label, class_name="text-sm"),
        class_name="flex min-h-11 items-center gap-3",
    )


def switch(label: Any, on: Any, **props: Any) -> rx.Component:
    """Turns something on and off at once; `label` says what."""
    return rx.el.button(
        rx.el.span(
            class_name=rx.cond(
                on,
                "block size-5 translate-x-5 rounded-full bg-on-accent transition-transform",
                "block size-5 rounded-full bg-surface transition-transform",
            )
        ),
        type="button",
        role="switch",
        aria_checked=on,
        aria_label=label,
        class_name=rx.cond(
            on,
            f"{SWITCH} bg-accent",
            f"{SWITCH} bg-field-line",
        ),
        **props,
    )


def time_input(label: Any, **props: Any) -> rx.Component:
    """A time of the clock in steps of five minutes, entered the way the device is used to; named by `label`."""
    return rx.el.input(
        type="time",
        step="300",
        aria_label=label,
        class_name=f"{CONTROL} min-w-0 max-w-34 tabular-nums max-sm:px-1.5",
        **props,
    )
