"""One editor for a new service and for one that is there already."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display import formatting, markdown
from appointly.display.changes import times_sentence
from appointly.display.services import LOCATIONS, POLICIES, RESCHEDULES, ServiceCard
from appointly.display.shapes import Choice
from appointly.domain.fees import WHOLE, platform_fee
from appointly.errors import AppointlyError, ChangedMeanwhile, NotFound, ValidationFailed
from appointly.operations.add_service import add_service
from appointly.operations.edit_service import edit_service
from appointly.operations.preview_change import Change, preview_change
from appointly.operations.service_form import DRAWN, MOST_QUESTIONS, ServiceChanges, ServiceForm
from appointly.queries.own_services import own_service
from appointly.queries.profiles import own_profile
from appointly.settings import settings
from appointly.state.base import Viewer
from appointly.state.service_draft import NEW, TIMES, Draft, QuestionDraft, drafts_of, form_of, marked, read, typed_of
from appointly.state.views import photo_of
from appointly.visitor import current_actor

LIST = "/dashboard/services"
Typed = Annotated[
    dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=10_000)]], Field(max_length=150)
]
NOTICES = (0, 30, 60, 120, 240, 720, 1440, 2880, 10080)
MOST_DRAFTS = 8
ANSWERS = (1, 3, 6, 12, 24, 48, 72, 168)
HORIZONS = (7, 14, 30, 60, 90, 180, 365)
Key = Annotated[str, Field(max_length=64)]
# Selects: what they offer. A stored value beside these is offered too.
UNUSUAL = {
    "min_notice_minutes": tuple(map(str, NOTICES)),
    "horizon_days": tuple(map(str, HORIZONS)),
    "answer_within_hours": tuple(map(str, ANSWERS)),
}
# Fields that are folded away at first, by the fold that holds them.
FOLDS = {
    "more": ("tags",),
    "deposit": ("deposit_percent",),
    "times": TIMES[1:-1],
}


@dataclass(frozen=True)
class Head:
    """The top of the service's page, as customers will see it. `description` is HTML."""

    description: str = ""
    where: str = ""
    approval: str = ""
    policy: str = ""
    reschedule: str = ""
    notice: str = ""
    group: str = ""


class ServiceEditor(rx.State):
    """What is being written is kept here as well as in the page: neither a reload nor a lost connection loses it."""

    __access__ = "provider"

    loaded: bool = False
    missing: bool = False
    key: str = ""
    editing: bool = False
    public_href: str = ""
    currency: str = ""
    typed: dict[str, str] = typed_of(NEW)
    questions: list[QuestionDraft] = []
    errors: dict[str, str] = dict.fromkeys([*typed_of(NEW), "questions"], "")
    opened: dict[str, bool] = dict.fromkeys(FOLDS, False)
    form_key: str = ""
    duration_key: str = ""
    stored: dict[str, str] = dict.fromkeys(UNUSUAL, "")
    problem: str = ""
    conflict: bool = False
    dirty: bool = False
    saving: bool = False
    saved: bool = False
    seen: str = ""
    change: str = ""
    price_note: str = ""
    deposit_note: str = ""
    pictures: list[Choice] = []
    card: ServiceCard = ServiceCard("", "", "", "", "", "", "", "", "", "")
    head: Head = Head()
    _drafts: dict[str, Draft] = {}
    _coming: int = 0
    _round: int = 0
    _was: tuple[dict[str, str], list[QuestionDraft]] = ({}, [])
    _provider: str = ""
    _photo: str = ""
    _city: str = ""

    @rx.event
    async def load(self) -> AsyncIterator[EventSpec | None]:
        """The page opens, or its connection returns: what was typed for this very service stays."""
        if current_actor().provider_id is None:
            yield rx.redirect("/dashboard")
        elif self.dirty and not self.saved and self.key == self._wanted():
            self.loaded = True
        else:
            self._put_aside()
            self.loaded = False
            yield None  # so that nobody types into another service's fields
            await self._open()
            self._take_up()

    def _put_aside(self) -> None:
        """Keep what was written for the service that was open before."""
        if self.dirty and not self.saved and not self.missing:
            kept = {key: draft for key, draft in self._drafts.items() if key != self.key}
            kept[self.key] = Draft(self.typed, self.questions, self.seen)
            self._drafts = dict(list(kept.items())[-MOST_DRAFTS:])

    def _take_up(self) -> None:
        """Go on with what was written for this service before another one was opened."""
        draft = self._drafts.get(self.key)
        if draft and not self.missing:
            self._drafts = {key: each for key, each in self._drafts.items() if key != self.key}
            self.typed, self.questions, self.seen = draft.typed, draft.questions, draft.seen
            self._show()

    @rx.event
    async def start_over(self) -> None:
        """Forget what was typed and show what is saved."""
        await self._open()

    def _wanted(self) -> str:
        last = str(self.router.url.path.rstrip("/").rpartition("/")[2])
        return "" if last == "add-service" else last

    async def _open(self) -> None:
        actor, at, key = current_actor(), now(), self._wanted()
        async with reading() as session:
            profile = await own_profile(session, actor, at)
            try:
                service = await own_service(session, actor, UUID(key), at) if key else None
            except (NotFound, ValueError):
                self.missing, self.loaded, self.dirty = True, True, False
                return
        if profile is None:
            raise NotFound("Your account has no business yet.")
        form = ServiceForm.of(service) if service else NEW.model_copy(update={"category": profile.category})
        self.currency, self._provider, self._city = profile.currency, profile.business_name, profile.city
        self._photo = photo_of(profile.picture)
        self.public_href = f"/services/{service.slug}" if service and service.status != "archived" else ""
        self.seen, self._coming = (form.fingerprint(), service.coming) if service else ("", 0)
        self.key, self.editing, self.missing, self.loaded = key, service is not None, False, True
        self.typed, self.questions = typed_of(form), drafts_of(form)
        self._was = self.typed, self.questions
        self.saving = self.saved = self.conflict = False
        usual = typed_of(NEW)
        self.opened = {fold: any(self.typed[name] != usual[name] for name in names) for fold, names in FOLDS.items()}
        # Fields are made anew where they must show something else than what was typed into them.
        self._round += 1
        self.form_key, self.change = f"{key}-{self._round}", ""
        self.stored = {name: "" if self.typed[name] in usual else self.typed[name] for name, usual in UNUSUAL.items()}
        self._mark({})
        self._show()

    async def _remember(self) -> None:
        """After Redis has lost what an open page showed: read it again."""
        if not self.loaded:
            await self._open()

    @rx.event
    async def keep(self, name: Key, value: Annotated[str, Field(max_length=10_000)]) -> EventSpec | None:
        """Remember what was typed in a field."""
        return await self._keep(name, value)

    async def _keep(self, name: str, value: str) -> EventSpec | None:
        await self._remember()
        if name not in self.typed or self.typed[name] == value:
            return None
        self.typed = self.typed | {name: value}
        if name == "category" and self.typed["picture"] in DRAWN:
            self.typed = self.typed | {"picture": ""}
        self._show()
        return ServiceEditor.measure if name in TIMES else None  # type: ignore[return-value]

    @rx.event
    async def choose_duration(self, minutes: int) -> EventSpec | None:
        """One of the usual ones."""
        self._round += 1  # also where it was chosen before, and something else was typed since
        self.duration_key = f"duration-{self._round}"
        return await self._keep("duration_minutes", str(minutes)[:6])

    @rx.event
    async def unlist(self, hidden: bool) -> None:
        """Remember whether only people with the link find it."""
        await self._remember()
        self.typed = self.typed | {"unlisted": "on" if hidden else ""}
        self._show()

    @rx.event
    async def ask(self) -> None:
        """One more question."""
        await self._remember()
        if len(self.questions) < MOST_QUESTIONS:
            names = {draft.key for draft in self.questions}
            key = next(name for number in range(MOST_QUESTIONS + 1) if (name := f"new{number}") not in names)
            self.questions = [*self.questions, QuestionDraft(key)]
            self._show()

    @rx.event
    def drop_question(self, key: Key) -> EventSpec:
        """One question less; the keyboard goes on where the next one can be asked."""
        self.questions = [draft for draft in self.questions if draft.key != key]
        self._show()
        return rx.set_focus("ask")

    @rx.event
    def move_question(self, key: Key, up: bool) -> None:
        """Ask it before or after its neighbour."""
        places = [place for place, draft in enumerate(self.questions) if draft.key == key]
        for place in places[:1]:
            other = place - 1 if up else place + 1
            if 0 <= other < len(self.questions):
                drafts = list(self.questions)
                drafts[place], drafts[other] = drafts[other], drafts[place]
                self.questions = drafts
        self._show()

    @rx.event
    def keep_question(
        self, key: Key, name: Literal["label", "kind", "choices"], value: Annotated[str, Field(max_length=10_000)]
    ) -> None:
        """Remember what was typed for a question."""
        changed = {name: value}
        self.questions = [replace(draft, **changed) if draft.key == key else draft for draft in self.questions]  # type: ignore[arg-type]
        self._show()

    @rx.event
    def require_question(self, key: Key, required: bool) -> None:
        """Remember whether a question must be answered."""
        self.questions = [replace(draft, required=required) if draft.key == key else draft for draft in self.questions]
        self._show()

    @rx.event
    async def measure(self) -> None:
        """Say what the new times would change, by making the change and taking it back."""
        await self._remember()
        times = {name: self.typed[name] for name in TIMES}
        self.change = ""
        if self.missing or (self.editing and times.items() <= self._was[0].items()):
            return
        try:
            # Whatever else is not right yet has no part in it.
            others = {"title": "New", "category": self.typed["category"], "price": "1"}
            form = form_of(typed_of(NEW) | others | times, [], self.currency)
        except ValidationFailed:
            return
        actor, at = current_actor(), now()
        async with transaction() as session:
            if self.editing:
                wanted = ServiceChanges.model_validate({name: getattr(form, name) for name in TIMES})
                edit = edit_service(session, actor, UUID(self.key), wanted, at)
                self.change = changed(await preview_change(session, actor, lambda: edit, at), self._coming)
            else:
                add = add_service(session, actor, form, at)
                self.change = opened(await preview_change(session, actor, lambda: add, at), form.horizon_days)

    @rx.event
    async def save(self, form: Typed, anyway: bool = False) -> AsyncIterator[EventSpec | None]:
        """Store what the page says. `anyway`: also where it was changed meanwhile."""
        if self.saving or self.saved:
            return
        await self._remember()
        if self.missing:
            return
        if form:
            self.typed, self.questions = read(form, self.typed)
        self.saving, self.conflict = True, False
        self._show()
        yield None
        try:
            said = await self._store("" if anyway else form.get("seen", self.seen))
        except ValidationFailed as refusal:
            self._mark(refusal.fields, refusal.message)
            first = next((name for name in self.errors if self.errors[name]), "")
            yield rx.set_focus(first) if first else None
        except ChangedMeanwhile as refusal:
            self.problem, self.conflict = refusal.message, True
        except AppointlyError as refusal:
            self.problem = refusal.message
        else:
            self._mark({})
            self.saved, self.dirty = True, False
            yield Viewer.tell(said, "success")  # type: ignore[operator]
            yield rx.redirect(LIST)
        finally:
            self.saving = False

    async def _store(self, seen: str) -> str:
        """Add or change the service; what to tell about it."""
        actor, at = current_actor(), now()
        wanted = form_of(self.typed, self.questions, self.currency)
        async with transaction() as session:
            if not self.editing:
                await add_service(session, actor, wanted, at)
                return "Your service is online." if not wanted.unlisted else "Saved. Send its link to whom you like."
            changes = ServiceChanges.model_validate(wanted.model_dump())
            done = await edit_service(session, actor, UUID(self.key), changes, at, seen)
        return f"Saved. {changed(Change(done.removed, done.added), 0)}" if done.added or done.removed else "Saved."

    def _mark(self, fields: dict[str, str], problem: str = "") -> None:
        """Put the sentences of a refusal under its fields, and unfold what holds them."""
        self.errors = {name: fields.get(name, "") for name in self.errors}
        self.questions = marked(self.questions, fields)
        self.opened = {
            fold: is_open or any(fields.get(name) for name in FOLDS[fold]) for fold, is_open in self.opened.items()
        }
        elsewhere = [said for name, said in fields.items() if name not in self.errors and "questions." not in name]
        self.problem = " ".join([problem, *elsewhere]).strip()

    def _show(self) -> None:
        """The service as customers would see it."""
        typed = self.typed
        self.dirty = (typed, self.questions) != self._was
        category = typed["category"]
        drawn = [picture for picture in DRAWN if picture.startswith(f"/pictures/{category}-")]
        shown = typed["picture"] or self._photo or (drawn[0] if drawn else "")
        self.pictures = [
            Choice(picture, f"Picture {place}", chosen=picture == shown) for place, picture in enumerate(drawn, start=1)
        ]
        minutes, notice, capacity = (
            number(typed[name]) for name in ("duration_minutes", "min_notice_minutes", "capacity")
        )
        price, self.price_note, self.deposit_note = self._money()
        self.card = ServiceCard(
            slug="",
            href="#",
            title=typed["title"] or "Title of your service",
            provider=self._provider,
            city=self._city,
            picture=shown,
            rating="",
            reviews="",
            price=price or "Price",
            duration=formatting.duration(minutes) if minutes else "",
            when="Your next free times stand here",
        )
        self.head = Head(
            description=markdown.rendered(typed["description"]),
            where=LOCATIONS.get(typed["location"], ""),
            approval="Confirmed at once" if typed["approval"] == "instant" else "You confirm each booking",
            policy=POLICIES.get(typed["cancellation_policy"], ""),
            reschedule=RESCHEDULES.get(typed["reschedule"], ""),
            notice=f"At least {formatting.duration(notice)} before" if notice else "",
            group=f"Up to {capacity} people share a time" if capacity > 1 else "",
        )

    def _money(self) -> tuple[str, str, str]:
        """The price in words, what of it arrives, and what the deposit is."""
        try:
            amount = formatting.amount_of(self.typed["price"], self.currency)
        except ValueError:
            return "", "", ""
        price = formatting.money(amount, self.currency)
        if not amount:
            return price, "Nobody pays anything.", ""
        points = settings().platform_fee_bps
        left = formatting.money(amount - platform_fee(amount, points), self.currency)
        arrives = (
            f"Paid online, {left} of it arrives: Appointly keeps {points * 100 / WHOLE:g} %, and what the payment"
            " company charges for a card goes off that too. Paid at the appointment, all of it is yours."
        )
        percent = number(self.typed["deposit_percent"])
        deposit = formatting.money(amount * percent // 100, self.currency)
        return price, arrives, f"{deposit} of it is paid when somebody books online." if 0 < percent <= 100 else ""


def changed(change: Change, coming: int) -> str:
    """What an edit does to the times on offer."""
    said = times_sentence(change, done=False)
    return f"{said} {formatting.count(coming, 'booked time')} {'stays' if coming == 1 else 'stay'}." if coming else said


def opened(change: Change, days: int) -> str:
    """What a new service opens."""
    if not change.come:
        return "Your hours leave no room for this yet: nobody could book it."
    return f"With your hours this opens {formatting.count(change.come, 'free time')} in the next {days} days."


def number(text: str) -> int:
    """A whole number of at most six digits; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0
