"""From an account to a business that can be booked, one step at a time. Each step saves itself."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import amount_of, moment
from appointly.domain.actor import Actor
from appointly.domain.zones import zones
from appointly.errors import AppointlyError, BusinessExists, HoursChanged, ValidationFailed
from appointly.operations.add_service import add_service
from appointly.operations.edit_provider import ProviderChanges, edit_provider
from appointly.operations.finish_onboarding import finish_onboarding
from appointly.operations.make_provider import BusinessStart, make_provider
from appointly.operations.own_provider import lock_own_provider
from appointly.operations.service_form import ServiceForm
from appointly.queries.hours import WeekdayRange, working_hours
from appointly.queries.profiles import OwnProfile, own_profile
from appointly.queries.storefront import next_times, offers_of_provider
from appointly.settings import settings
from appointly.state.profile_views import Preview, hours_in_words, preview_of
from appointly.state.week_editor import WeekEditor
from appointly.validation import parse
from appointly.visitor import current_actor

STEPS = ("business", "place", "hours", "service", "done")
FIELDS: dict[str, tuple[str, ...]] = {
    "business": ("business_name", "category", "headline"),
    "place": ("city", "address", "timezone", "currency", "at_provider", "at_customer", "at_online", "travel_radius_km"),
    "hours": (),
    "service": ("title", "duration", "price", "approval", "location", "description"),
    "done": (),
}
FIRST_SERVICE = "/dashboard/services"
SERVICE_THERE = "Your first service is online already. You can edit it, and add others, under Services."
EVERY_FIELD = frozenset(name for names in FIELDS.values() for name in names)
USUAL = {"travel_radius_km": "10", "duration": "60", "approval": "instant", "location": "provider"}
USUAL_WEEK = [WeekdayRange(day, 9 * 60, 17 * 60) for day in range(1, 6)]
AT_FIELD = {"duration_minutes": "duration", "price.amount": "price"}

FieldName = Annotated[str, Field(max_length=40)]
Typed = Annotated[dict[FieldName, Annotated[str, Field(max_length=4000)]], Field(max_length=60)]


@dataclass(frozen=True)
class Finished:
    """What there is to show at the end: the public page, and the first time somebody can book."""

    path: str = ""
    address: str = ""
    first_free: str = ""


class Onboarding(rx.State):
    """The owner's way to a public profile. What is missing comes first, on whichever device they come back."""

    __access__ = "public"

    loaded: bool = False
    begun: bool = False
    step: str = "business"
    place: int = 0
    reached: int = 0
    typed: dict[str, str] = dict.fromkeys(sorted(EVERY_FIELD), "")
    errors: dict[str, str] = dict.fromkeys(sorted(EVERY_FIELD), "")
    problem: str = ""
    saving: bool = False
    currency: str = "EUR"
    ways: list[str] = []
    preview: Preview = Preview()
    finished: Finished = Finished()
    _unsaved: list[str] = []
    _hours: list[str] = []

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, its address changes, or the connection returns. A new step takes the focus."""
        actor, at = current_actor(), now()
        if actor.kind != "provider":
            return rx.redirect("/become-provider")
        before = self.step if self.loaded else None
        await self._open(actor, at)
        if self.step == "service" and self.reached == STEPS.index("done"):
            return rx.redirect(FIRST_SERVICE)  # it is there: it can be edited, and others be added
        return rx.set_focus("step-title") if before not in (None, self.step) else None

    async def _open(self, actor: Actor, at: datetime) -> None:
        async with reading() as session:
            profile = await own_profile(session, actor, at)
            week = await working_hours(session, profile.id) if profile else []
            self.reached = STEPS.index(first_missing(profile))
            asked = str(self.router.url.query_parameters.get("step", ""))
            asked_place = STEPS.index(asked) if asked in STEPS else self.reached
            self.place = min(asked_place, self.reached)
            self.step = STEPS[self.place]
            if profile and self.step == "done":
                self.finished = await finished(session, profile, at)
        if profile and self.step == "done" and profile.onboarded_at is None:
            async with transaction() as session:
                await finish_onboarding(session, actor, at)
        if profile:
            editor = await self.get_state(WeekEditor)
            await editor._read()
            editor._propose(USUAL_WEEK)
        kept = {name: self.typed[name] for name in self._unsaved}
        self.typed = prefilled(profile) | kept
        self.errors = dict.fromkeys(self.errors, "")
        self._hours = hours_in_words(week)
        self.currency = profile.currency if profile else "EUR"
        self.ways = list(profile.places) if profile else []
        self.begun, self.loaded, self.saving, self.problem = profile is not None, True, False, ""
        self._show()

    @rx.event
    def keep(self, name: FieldName, value: Annotated[str, Field(max_length=4000)]) -> None:
        """Remember what is being typed, and show it in the preview."""
        if name in EVERY_FIELD and value != self.typed[name]:
            self.typed = self.typed | {name: value}
            self._touch(name)

    @rx.event
    def tick(self, name: FieldName, ticked: bool) -> None:
        """Remember a box that was ticked or not."""
        if name in EVERY_FIELD:
            self.typed = self.typed | {name: "on" if ticked else ""}
            self._touch(name)

    @rx.event
    async def save(self, form: Typed, zone: Annotated[str, Field(max_length=80)]) -> AsyncIterator[EventSpec | None]:
        """Save the step that is shown and go on to the next. `zone` is that of the reader's clock."""
        if self.saving or self.step == "done":
            return
        step, actor, at = self.step, current_actor(), now()
        self.typed = self.typed | {name: form.get(name, "") for name in FIELDS[step]}
        self._unsaved = list({*self._unsaved, *FIELDS[step]})
        self.saving = True
        yield None
        try:
            await self._save(step, actor, zone, at)
        except BusinessExists:
            yield rx.redirect("/onboarding")
        except AppointlyError as error:
            self.saving = False
            known = {name: sentence for name, sentence in error.fields.items() if name in EVERY_FIELD}
            self.errors = dict.fromkeys(self.errors, "") | known
            self.problem = "" if known else " ".join([error.message, *error.fields.values()])
            if wrong := next((name for name in FIELDS[step] if name in known), ""):
                yield rx.set_focus(wrong)
        except BaseException:
            self.saving = False
            raise
        else:  # `saving` until the next step is shown: a second press finds nothing to do
            self._unsaved = [name for name in self._unsaved if name not in FIELDS[step]]
            yield rx.redirect(f"/onboarding?step={STEPS[STEPS.index(step) + 1]}")

    async def _save(self, step: str, actor: Actor, zone: str, at: datetime) -> None:
        typed = {name: self.typed[name] for name in FIELDS[step]}
        if step == "hours":
            await self._save_hours()
        async with transaction() as session:
            match step:
                case "business" if actor.provider_id is None:
                    guessed = zone if zone in zones() else "UTC"
                    await make_provider(session, actor, parse(BusinessStart, typed | {"timezone": guessed}), at)
                    return
                case "business":
                    await edit_provider(session, actor, parse(ProviderChanges, typed), at)
                case "place":
                    await edit_provider(session, actor, place_of(typed), at)
                case "service":
                    await lock_own_provider(session, actor, "service.make")
                    if (profile := await own_profile(session, actor, at)) and profile.has_service:
                        raise ValidationFailed(SERVICE_THERE)
                    await add_service(session, actor, service_of(typed, self.currency, self.typed["category"]), at)
            await finish_onboarding(session, actor, at)

    async def _save_hours(self) -> None:
        editor = await self.get_state(WeekEditor)
        if not any(day.open for day in editor.days):
            raise ValidationFailed("Please choose at least one day on which you work.")
        try:
            await editor._store()
        except HoursChanged:
            await editor._read()
            raise

    def _touch(self, name: str) -> None:
        self._unsaved = list({*self._unsaved, name})
        self.errors = self.errors | {name: ""}
        self._show()

    def _show(self) -> None:
        self.preview = preview_of(self.typed, self.currency, hours=self._hours)


def first_missing(profile: OwnProfile | None) -> str:
    """The step to go on with."""
    if profile is None:
        return "business"
    if not profile.city or not profile.places:
        return "place"
    if not profile.has_hours:
        return "hours"
    return "done" if profile.has_service else "service"


def prefilled(profile: OwnProfile | None) -> dict[str, str]:
    """What the fields hold at first: what is saved, else what most people would choose."""
    values = dict.fromkeys(sorted(EVERY_FIELD), "") | USUAL
    if profile is None:
        return values | {"at_provider": "on"}
    same = ("business_name", "category", "headline", "city", "address", "currency")
    values |= {name: getattr(profile, name) for name in same}
    values |= {f"at_{place}": "on" for place in profile.places or (["provider"] if not profile.city else [])}
    unknown = profile.time_zone == "UTC" and not profile.city
    values |= {"timezone": "" if unknown else profile.time_zone, "location": next(iter(profile.places), "provider")}
    if profile.travel_radius_km:
        values["travel_radius_km"] = str(profile.travel_radius_km)
    return values


def place_of(typed: Mapping[str, str]) -> ProviderChanges:
    """The second step. Raises `ValidationFailed`."""
    places = [place for place in ("provider", "customer", "online") if typed[f"at_{place}"]]
    if not places:
        raise ValidationFailed(fields={"at_provider": "Please choose at least one: where do people meet you?"})
    values: dict[str, object] = {name: typed[name] for name in ("city", "address", "timezone", "currency")}
    values["places"] = places
    if "customer" in places:
        values["travel_radius_km"] = typed["travel_radius_km"] or None
    return parse(ProviderChanges, values)


def service_of(typed: Mapping[str, str], currency: str, category: str) -> ServiceForm:
    """The fourth step. Raises `ValidationFailed`."""
    problems, amount = {}, 0
    try:
        amount = amount_of(typed["price"], currency)
    except ValueError as error:
        problems["price"] = str(error)
    values = {
        "title": typed["title"],
        "description": typed["description"],
        "category": category,
        "price": {"amount": amount, "currency": currency},
        "duration_minutes": typed["duration"] or None,
        "approval": typed["approval"],
        "location": typed["location"],
    }
    try:
        form = parse(ServiceForm, values)
    except ValidationFailed as error:
        problems = {AT_FIELD.get(name, name): sentence for name, sentence in error.fields.items()} | problems
    if problems:
        raise ValidationFailed(fields=problems)
    return form


async def finished(session: AsyncSession, profile: OwnProfile, at: datetime) -> Finished:
    """What the last step shows."""
    offers = await offers_of_provider(session, profile.id)
    times = await next_times(session, [offer.id for offer in offers], 1, at)
    first = min((each[0].start for each in times.values() if each), default=None)
    path = routes.provider(profile.slug)
    return Finished(
        path=path,
        address=f"{settings().base_url.rstrip('/')}{path}",
        first_free=moment(first, profile.time_zone, at) if first else "",
    )
