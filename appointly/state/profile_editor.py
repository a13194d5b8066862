"""A business as its owner edits it, with everything typed kept until it is saved."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display import formatting
from appointly.display.changes import ChangeView, change_view
from appointly.domain.actor import Actor
from appointly.domain.zones import zones
from appointly.errors import AppointlyError, ValidationFailed
from appointly.operations.change_time_zone import change_time_zone
from appointly.operations.edit_provider import ProviderChanges, edit_provider
from appointly.operations.preview_change import preview_change
from appointly.operations.provider_fields import MOST_LANGUAGES, MOST_LINKS, languages
from appointly.queries.pictures import pictures_of
from appointly.queries.profiles import OwnProfile, own_profile
from appointly.queries.reviews import spread_of_provider
from appointly.state.profile_views import Preview, preview_of
from appointly.state.views import photo_of
from appointly.validation import parse
from appointly.visitor import current_actor

LINKS = tuple(f"link_{number}" for number in range(MOST_LINKS))
PREVIEWED = 6
PLACES = ("provider", "customer", "online")
SAME = ("business_name", "category", "headline", "about", "city", "address", "phone", "timezone")
FIELDS = (*SAME, "latitude", "longitude", "travel_radius_km", *(f"at_{place}" for place in PLACES), *LINKS)
OUTSIDE = ("then lies outside your hours", "then lie outside your hours")
FieldName = Annotated[str, Field(max_length=40)]
Typed = Annotated[dict[FieldName, Annotated[str, Field(max_length=6000)]], Field(max_length=60)]


class ProfileEditor(rx.State):
    """One form and one Save. Only what was changed is written, so two windows do not undo each other."""

    __access__ = "provider"

    loaded: bool = False
    path: str = ""
    typed: dict[str, str] = dict.fromkeys(FIELDS, "")
    errors: dict[str, str] = dict.fromkeys((*FIELDS, "languages"), "")
    spoken: list[str] = []
    links_shown: int = 1
    changed: bool = False
    saving: bool = False
    problem: str = ""
    version: int = 0
    preview: Preview = Preview()
    photo: str = ""
    gallery: list[str] = []
    rating: str = ""
    reviews: str = ""
    zone_change: ChangeView = ChangeView()
    _saved: dict[str, str] = {}
    _saved_spoken: list[str] = []

    @rx.event
    async def load(self) -> None:
        """The page opens: what was typed and not saved in this tab stays."""
        actor = current_actor()
        if actor.provider_id is None:
            return
        async with reading() as session:
            profile = await own_profile(session, actor, now())
            self.gallery = await gallery_of(session, actor)
            said = await spread_of_provider(session, actor.provider_id)
        self.rating, self.reviews = formatting.rating(said.average), f"({said.count})"
        if profile is None:
            return
        self._saved, self._saved_spoken = typed_of(profile), list(profile.languages)
        self.photo = photo_of(profile.picture)
        self.path, self.saving = routes.provider(profile.slug), False
        if not self.changed:
            self._begin()
        self._show()
        self.loaded = True

    def _begin(self) -> None:
        self.typed, self.spoken = dict(self._saved), list(self._saved_spoken)
        self.errors, self.problem = dict.fromkeys(self.errors, ""), ""
        self.zone_change, self.changed = ChangeView(), False
        self.version += 1

    @rx.event
    def keep(self, name: FieldName, value: Annotated[str, Field(max_length=6000)]) -> None:
        """Remember what is being typed, and show it in the preview."""
        self._keep(name, value)

    def _keep(self, name: str, value: str) -> None:
        if name in FIELDS and value != self.typed[name]:
            self.typed, self.errors = self.typed | {name: value}, self.errors | {name: ""}
            self.problem = self.problem if any(self.errors.values()) else ""
            self._show()

    @rx.event
    def tick(self, name: FieldName, ticked: bool) -> None:
        """Remember a box that was ticked or not."""
        self._keep(name, "on" if ticked else "")

    @rx.event
    def place(self, name: FieldName, value: Annotated[str, Field(max_length=100)]) -> None:
        """Latitude or longitude; a whole point "52.52, 13.40" pasted into either fills both."""
        parts = [part.strip() for part in value.split(",")]
        if len(parts) == 2 and all(parts):
            self.typed = self.typed | {"latitude": parts[0], "longitude": parts[1]}
            self.version += 1
            self._show()
        elif name in ("latitude", "longitude"):
            self._keep(name, value)

    @rx.event
    def speak(self, language: Annotated[str, Field(max_length=60)]) -> None:
        """Add a language."""
        if language in languages() and language not in self.spoken:
            full = len(self.spoken) >= MOST_LANGUAGES
            problem = f"Please give at most {MOST_LANGUAGES} languages." if full else ""
            self.errors = self.errors | {"languages": problem}
            self.spoken = self.spoken if full else [*self.spoken, language]
            self._show()

    @rx.event
    def unspeak(self, language: Annotated[str, Field(max_length=60)]) -> None:
        """Take a language away."""
        self.spoken = [each for each in self.spoken if each != language]
        self._show()

    @rx.event
    async def choose_zone(self, zone: Annotated[str, Field(max_length=60)]) -> None:
        """Another time zone is chosen: say beforehand what it would change."""
        self._keep("timezone", zone)
        self.zone_change = ChangeView()
        actor, at = current_actor(), now()
        if actor.provider_id is None or zone not in zones() or zone == self._saved.get("timezone"):
            return
        async with transaction() as session:
            change = await preview_change(session, actor, lambda: change_time_zone(session, actor, zone, at), at)
        self.zone_change = change_view(change, OUTSIDE, zone, at)

    @rx.event
    def show_photo(self, address: Annotated[str, Field(max_length=300)]) -> None:
        """The photo was uploaded or removed: show it in the preview."""
        self.photo = photo_of(address)

    @rx.event
    async def show_gallery(self, address: Annotated[str, Field(max_length=300)]) -> None:
        """The picture at `address` came into the gallery, or one left it or moved: show what is there now."""
        async with reading() as session:
            self.gallery = await gallery_of(session, current_actor())

    @rx.event
    def discard(self) -> None:
        """Back to what is saved."""
        if self.loaded:
            self._begin()
            self._show()

    @rx.event
    async def save(self, form: Typed) -> AsyncIterator[EventSpec | None]:
        """Save everything that was changed; what is wrong is said at its field, and nothing typed is lost."""
        if self.saving or not self.loaded:
            return
        self.typed = self.typed | {name: form[name] for name in FIELDS if name in form}
        self.typed = self.typed | {name: form.get(name, "") for name in FIELDS if name.startswith("at_")}
        self.saving, self.problem = True, ""
        yield None
        try:
            await self._store()
        except ValidationFailed as error:
            at = {field_of(name, self.typed): sentence for name, sentence in error.fields.items()}
            self.errors = dict.fromkeys(self.errors, "") | {name: at[name] for name in at if name in self.errors}
            self.problem = "Please check the marked fields. Nothing was saved yet." if at else error.message
            yield rx.set_focus(next((name for name in FIELDS if self.errors[name]), "business_name"))
        except AppointlyError as error:
            self.problem = error.message
        finally:
            self.saving = False
        self._show()

    async def _store(self) -> None:
        actor, at = current_actor(), now()
        wanted, before = values_of(self.typed, self.spoken), values_of(self._saved, self._saved_spoken)
        if not wanted["places"]:
            raise ValidationFailed(fields={"places": "Please choose at least one: where do people meet you?"})
        changes = parse(ProviderChanges, {name: wanted[name] for name in wanted if wanted[name] != before[name]})
        async with transaction() as session:
            await edit_provider(session, actor, changes, at)
        async with reading() as session:
            profile = await own_profile(session, actor, at)
        assert profile is not None  # noqa: S101 - it has just been changed
        self._saved, self._saved_spoken = typed_of(profile), list(profile.languages)
        self._begin()

    def _show(self) -> None:
        self.changed = self.typed != self._saved or self.spoken != self._saved_spoken
        self.links_shown = 1 + max((number for number, name in enumerate(LINKS, 1) if self.typed[name]), default=0)
        self.preview = preview_of(self.typed, "EUR", languages=self.spoken)


async def gallery_of(session: AsyncSession, actor: Actor) -> list[str]:
    """The addresses of the first pictures of the gallery, as many as the preview shows."""
    if actor.provider_id is None:
        return []
    uploaded = await pictures_of(session, actor.provider_id, "gallery")
    return [routes.picture(each.id, "small") for each in uploaded[:PREVIEWED]]


def typed_of(profile: OwnProfile) -> dict[str, str]:
    """A saved profile as its fields hold it."""
    values = {name: getattr(profile, name) for name in SAME if name != "timezone"} | {"timezone": profile.time_zone}
    values["travel_radius_km"] = str(profile.travel_radius_km or "")
    for name in ("latitude", "longitude"):
        degrees = getattr(profile, name)
        values[name] = "" if degrees is None else f"{degrees:.6f}".rstrip("0").rstrip(".")
    values |= {f"at_{place}": "on" if place in profile.places else "" for place in PLACES}
    links = [*profile.links, *[""] * MOST_LINKS]
    return values | dict(zip(LINKS, links, strict=False))


def values_of(typed: Mapping[str, str], spoken: list[str]) -> dict[str, object]:
    """The fields as `ProviderChanges` takes them."""
    values: dict[str, object] = {name: typed[name] for name in SAME}
    for name in ("latitude", "longitude"):
        values[name] = typed[name].strip().removesuffix("°") or None
    places = [place for place in PLACES if typed[f"at_{place}"]]
    values["travel_radius_km"] = (typed["travel_radius_km"].strip() or None) if "customer" in places else None
    return values | {
        "places": places,
        "links": [typed[name].strip() for name in LINKS if typed[name].strip()],
        "languages": spoken,
    }


def field_of(name: str, typed: Mapping[str, str]) -> str:
    """Which field a finding is about: `links.1` is the second that is filled in."""
    first, _, place = name.partition(".")
    if first == "links":
        filled = [link for link in LINKS if typed[link].strip()]
        return filled[int(place)] if place.isdecimal() and int(place) < len(filled) else LINKS[0]
    return {"places": "at_provider", "languages": "languages"}.get(first, first)
