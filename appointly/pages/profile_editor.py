"""Where a provider says who they are."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, icon_button, link_button
from appointly.components.choices import group
from appointly.components.dialogs import dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import CONTROL, MARKUP_HINT, field, option, text_area, text_field
from appointly.components.kept_fields import TYPING, choice, places, typed
from appointly.components.marks import stars
from appointly.components.picture_upload import picture_upload
from appointly.components.profile_preview import profile_preview
from appointly.components.surfaces import card, page_title, save_bar, unfolds
from appointly.components.zones import zone_options
from appointly.display.services import CATEGORIES
from appointly.operations.provider_fields import LONGEST_ABOUT, languages
from appointly.pages.changes import change_summary
from appointly.pages.shell import workspace
from appointly.state.profile_editor import LINKS, ProfileEditor

HERE = "/dashboard/profile"
PREVIEW = "profile-preview"
# Fills the two fields of the place as if they had been typed. No script of another host, and nothing to evaluate.
HERE_I_AM: rx.Var[Any] = rx.Var(
    "() => navigator.geolocation.getCurrentPosition(({coords}) => {"
    " const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;"
    " for (const name of ['latitude', 'longitude']) { const field = document.getElementById(name);"
    " set.call(field, coords[name].toFixed(5)); field.dispatchEvent(new Event('input', {bubbles: true}));"
    " field.dispatchEvent(new FocusEvent('focusout', {bubbles: true})); } })"
)


def profile_editor() -> rx.Component:
    """The page at /dashboard/profile."""
    return workspace(
        page_title(
            "Profile",
            "What customers read before they book.",
            rx.cond(
                ProfileEditor.path != "",
                link_button("Your public page", href=ProfileEditor.path, kind="secondary", size="small"),
            ),
        ),
        rx.cond(
            ProfileEditor.loaded,
            rx.el.div(
                rx.el.div(_pictures(), _form(), class_name="flex max-w-text min-w-0 flex-col gap-6"),
                rx.el.aside(
                    _preview(),
                    aria_label="Preview",
                    class_name="hidden xl:sticky xl:top-8 xl:block xl:self-start",
                ),
                class_name="mt-6 grid gap-8 xl:grid-cols-[minmax(0,1fr)_22rem]",
            ),
            rx.el.div(*[skeleton("h-64 w-full") for _ in range(3)], class_name="mt-6 flex max-w-text flex-col gap-6"),
        ),
        dialog(PREVIEW, "Your public profile", _preview()),
        current=HERE,
    )


def _preview() -> rx.Component:
    rated = stars(ProfileEditor.rating, ProfileEditor.reviews)
    return profile_preview(ProfileEditor.preview, ProfileEditor.photo, rated, gallery=ProfileEditor.gallery)


def _pictures() -> rx.Component:
    """They save themselves, so they stand outside the form."""
    return _part(
        "pictures",
        "Pictures",
        picture_upload("profile", "Your photo or logo", on_change=ProfileEditor.show_photo),
        picture_upload("gallery", "Gallery", on_change=ProfileEditor.show_gallery),
    )


def _form() -> rx.Component:
    return rx.el.form(
        _part("profile", "Who you are", *_who()),
        _part("place", "Where you work", *_where()),
        _part("more", "How people reach and understand you", *_more()),
        _save_bar(),
        key=f"profile-{ProfileEditor.version}",
        no_validate=True,
        reset_on_submit=False,
        on_submit=ProfileEditor.save,
        class_name="flex min-w-0 flex-col gap-6",
    )


def _part(anchor: str, title: str, *children: rx.Component) -> rx.Component:
    return card(
        rx.el.h2(title, class_name="text-lg font-semibold"),
        rx.el.div(*children, class_name="mt-4 flex flex-col gap-5"),
        id=f"{anchor}-part",
        class_name="scroll-mt-20 p-5 sm:p-6",
    )


def _who() -> tuple[rx.Component, ...]:
    return (
        text_field(
            "Business name",
            max_length=120,
            hint="The address of your page stays the same, whatever you are called.",
            **typed(ProfileEditor, "business_name"),
        ),
        choice(
            ProfileEditor,
            "Category",
            "category",
            *[option(category.name, category.slug) for category in CATEGORIES],
        ),
        text_field("In one line", optional=True, max_length=160, **typed(ProfileEditor, "headline")),
        text_area(
            "About",
            optional=True,
            rows=7,
            max_length=LONGEST_ABOUT,
            hint=MARKUP_HINT,
            **typed(ProfileEditor, "about"),
        ),
    )


def _where() -> tuple[rx.Component, ...]:
    return (
        places(ProfileEditor),
        _point(),
        choice(
            ProfileEditor,
            "Time zone",
            "timezone",
            *zone_options(),
            on_change=ProfileEditor.choose_zone,
            hint="Your hours are read on this clock.",
        ),
        _zone_change(),
    )


def _zone_change() -> rx.Component:
    return rx.cond(
        ProfileEditor.zone_change.times != "",
        rx.el.div(
            rx.el.p(
                "Your hours will be read on the new clock. Appointments that are booked keep their moment, and"
                " nobody has to do anything.",
                class_name="mb-3 text-sm",
            ),
            change_summary(ProfileEditor.zone_change),
            role="status",
            class_name="rounded-card bg-sunken p-4",
        ),
    )


def _point() -> rx.Component:
    """Where exactly that is, which most people leave to the street and the city."""
    return rx.el.details(
        unfolds("The exact point on the map"),
        rx.el.div(
            _degrees("Latitude", "latitude"),
            _degrees("Longitude", "longitude"),
            button(
                rx.icon("locate-fixed", size=18, aria_hidden=True),
                "Use my position",
                kind="secondary",
                custom_attrs={"onClick": HERE_I_AM},
                class_name="sm:mt-6.5",
            ),
            class_name="mt-3 grid items-start gap-x-5 gap-y-4 sm:grid-cols-[1fr_1fr_auto]",
        ),
        open=(ProfileEditor.errors["latitude"] != "") | (ProfileEditor.errors["longitude"] != ""),
    )


def _degrees(label: str, name: str) -> rx.Component:
    return text_field(
        label,
        name=name,
        optional=True,
        error=ProfileEditor.errors[name],
        default_value=ProfileEditor.typed[name],
        on_change=lambda value: ProfileEditor.place(name, value).debounce(TYPING),
        on_blur=lambda value: ProfileEditor.place(name, value),
        hint="Or paste both numbers from a map." if name == "latitude" else "",
        input_mode="text",
        max_length=60,
        auto_complete="off",
    )


def _more() -> tuple[rx.Component, ...]:
    return (
        text_field(
            "Phone",
            type="tel",
            optional=True,
            hint="With the country code, for example +49\u00a030\u00a01234567. Everybody can see it.",
            max_length=40,
            auto_complete="tel",
            **typed(ProfileEditor, "phone"),
        ),
        _languages(),
        group(
            "Links",
            *[
                rx.el.div(  # hidden, not left out: a form sends all its fields
                    text_field(
                        f"Link {number}",
                        type="url",
                        optional=True,
                        placeholder="https://",
                        max_length=300,
                        **typed(ProfileEditor, name),
                    ),
                    class_name=rx.cond(ProfileEditor.links_shown >= number, "", "hidden"),
                )
                for number, name in enumerate(LINKS, start=1)
            ],
            class_name="flex flex-col gap-3",
        ),
    )


def _languages() -> rx.Component:
    return rx.el.div(
        field(
            "Languages",
            rx.el.input(
                id="language",
                type="text",
                list="languages",
                placeholder="Type and choose, for example Portuguese",
                auto_complete="off",
                key=ProfileEditor.spoken.length(),  # type: ignore[attr-defined]
                on_change=ProfileEditor.speak,
                class_name=CONTROL,
            ),
            name="language",
            error=ProfileEditor.errors["languages"],
            optional=True,
        ),
        rx.el.datalist(*[rx.el.option(value=name) for name in languages()], id="languages"),
        rx.el.ul(
            rx.foreach(
                ProfileEditor.spoken,
                lambda name: rx.el.li(
                    name,
                    icon_button(
                        "x", f"Remove {name}", on_click=ProfileEditor.unspeak(name), class_name="-mr-2 rounded-full"
                    ),
                    class_name="flex items-center rounded-full bg-accent-soft pl-4 text-sm font-medium text-accent-ink",
                ),
            ),
            aria_label="Languages chosen",
            class_name="mt-2 flex flex-wrap gap-2 empty:hidden",
        ),
    )


def _save_bar() -> rx.Component:
    return save_bar(
        rx.el.p(rx.cond(ProfileEditor.changed, "Not saved yet.", "Everything is saved.")),
        icon_button("eye", "Preview", class_name="xl:hidden", **opens(PREVIEW)),
        rx.cond(ProfileEditor.changed, button("Discard", kind="quiet", on_click=ProfileEditor.discard)),
        button("Save", type="submit", busy=ProfileEditor.saving),
        above=rx.cond(
            ProfileEditor.problem != "",
            rx.el.div(message(ProfileEditor.problem, tone="bad", role="alert"), class_name="mb-3"),
        ),
    )
