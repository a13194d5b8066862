"""The search: what it looks for stands in the address bar, so that back, reload and a sent link show the same."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import reflex as rx
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.clock import now
from appointly.database import reading
from appointly.display import formatting
from appointly.display.services import CATEGORIES, CATEGORY_NAMES, ServiceCard
from appointly.display.shapes import Choice, coming_days
from appointly.domain.spoken_times import spoken_times
from appointly.queries.search import first_day_with_any, search_services
from appointly.queries.search_request import SearchRequest, place_in
from appointly.state.views import card_of_found
from appointly.visitor import current_visitor

PAGE, MOST, DAYS = 12, 120, 30
SORTS = [Choice("", "Best match"), Choice("next", "Soonest"), Choice("price", "Lowest price")]
NEAREST = Choice("distance", "Nearest")
FILTERS = {"q", "category", "city", "min_price", "max_price", "date", "after", "before", "near", "within", "sort"}
# As "after-before": parts of the day first, then each full hour of a usual one.
TIMES_OF_DAY = [
    Choice("", "Any time"),
    Choice("-12:00", "Morning, before 12:00"),
    Choice("12:00-17:00", "Afternoon, 12:00 to 17:00"),
    Choice("17:00-", "Evening, from 17:00"),
    *[Choice(f"{hour:02}:00-", f"From {hour:02}:00") for hour in (*range(8, 17), *range(18, 22))],
]
REACHES = [Choice(str(reach), f"Within {reach} km") for reach in (2, 5, 10, 25, 50, 100)]
TOGETHER = {
    "date": ("after", "before"),
    "after": ("before",),
    "before": ("after",),
    "near": ("within", "sort"),
}
PRICES = {"min_price", "max_price"}
HUNDREDTHS = 100
LOOK_AHEAD = 8
# Of many services that are open on a day, the first ones may have nothing at the wanted time.
FURTHER = 3


class Search(rx.State):
    """What was found, and the filters as the address has them. Prices are whole units of each service's currency."""

    __access__ = "public"

    loaded: bool = False
    services: list[ServiceCard] = []
    headline: str = ""
    corrected: str = ""
    problem: str = ""
    more: bool = False
    q: str = ""
    category: str = ""
    city: str = ""
    day: str = ""
    sort: str = ""
    min_price: str = ""
    max_price: str = ""
    categories: list[Choice] = []
    cities: list[Choice] = []
    days: list[Choice] = []
    times_of_day: list[Choice] = TIMES_OF_DAY
    time_of_day: str = ""
    near: str = ""
    within: str = ""
    reaches: list[Choice] = REACHES
    understood: str = ""
    asks_where: bool = False
    sorts: list[Choice] = SORTS
    chips: list[Choice] = []
    next_days: list[Choice] = []
    any_time: list[Choice] = []
    typed_elsewhere: int = 0
    _query: dict[str, str] = {}
    _meant: dict[str, str] = {}
    _typed: dict[str, str] = {}
    _cursor: str = ""

    @rx.event
    async def load(self) -> None:
        """The address has changed: by a filter, by back or forward, by a link."""
        asked = {name: value for name, value in self.router.url.query_parameters.items() if name in FILTERS}
        request, problems = SearchRequest.forgiving(asked)
        self.problem = next(iter(problems.values()), "")
        self._query = request.values()
        self._show_filters(request)
        at = now()
        today = current_visitor().today(at)
        request = self._understand(request, today)
        await limits.take("search")
        async with reading() as session:
            request = request.model_copy(update={"limit": PAGE})
            found = await search_services(session, request, at)
            for _ in range(FURTHER):
                if found.items or not found.next_cursor:
                    break
                following = request.model_copy(update={"cursor": found.next_cursor})
                found = await search_services(session, following, at)
            self.next_days, self.any_time = [], []
            if not found.items:
                self.next_days = await _next_day_with_any(session, request, at)
                if not self.next_days and (request.after or request.before):
                    whole_days = request.model_copy(update={"after": None, "before": None})
                    self.any_time = await _next_day_with_any(session, whole_days, at, first=0, words="at any time")
        self.services = [card_of_found(item, at) for item in found.items]
        self.more, self._cursor = bool(found.next_cursor), found.next_cursor or ""
        self.corrected = found.corrected or ""
        self.headline = formatting.count(found.total, "service") + (" or more" if found.capped else "")
        self._show_facets(found.facets)
        self.days = coming_days(today, DAYS)
        self.loaded = True

    @rx.event
    async def show_more(self) -> None:
        """The next services below the ones that are shown."""
        if not self._cursor or len(self.services) >= MOST:
            self.more = False
            return
        request, _ = SearchRequest.forgiving(self._meant | {"cursor": self._cursor})
        at = now()
        await limits.take("search")
        async with reading() as session:
            found = await search_services(session, request.model_copy(update={"limit": PAGE}), at)
        self.services += [card_of_found(item, at) for item in found.items]
        self._cursor = found.next_cursor or ""
        self.more = bool(self._cursor) and len(self.services) < MOST

    @rx.event
    def type_words(self, words: str) -> EventSpec:
        """While typing: the address follows without a new step in the history."""
        self._typed = {**self._typed, "q": words}
        return self._go({"q": words}, replace_step=True)

    @rx.event
    def type_price(self, name: str, amount: str) -> EventSpec:
        """A price limit in whole units; what is no number is no limit."""
        if name not in PRICES:
            return self._go({})
        amount = amount.strip()[:9]
        minor = str(int(amount) * HUNDREDTHS) if amount.isascii() and amount.isdigit() else ""
        self._typed = {**self._typed, name: amount if minor else ""}
        return self._go({name: minor}, replace_step=True)

    @rx.event
    def choose(self, name: str, value: str) -> EventSpec:
        """Set one filter; empty takes it away, and with it what makes no sense alone."""
        if name not in FILTERS:
            return self._go({})
        alone = {} if value else dict.fromkeys(TOGETHER.get(name, ()), "")
        return self._go({name: value} | alone)

    @rx.event
    def choose_time(self, value: str) -> EventSpec:
        """Set the time of day, "after-before"; without a day that is today's."""
        after, _, before = value.partition("-")
        day = self.day or (current_visitor().today(now()).isoformat() if value else "")
        return self._go({"after": after, "before": before, "date": day})

    @rx.event
    def locate(self, place: str) -> EventSpec | None:
        """The browser has said where it is, as "latitude,longitude", or would not."""
        if place_in(place[:40]) is None:
            self.problem = "Your browser did not tell us where you are. Allow it to, or choose a city instead."
            return None
        return self._go({"near": place[:40], "city": "", "sort": "distance"})

    @rx.event
    def look_on(self, day: str) -> EventSpec:
        """The same search on another day, whether its day and time came from filters or from its words."""
        meant = {name: self._meant.get(name, "") for name in ("q", "after", "before")}
        return self._go(meant | {"date": day})

    @rx.event
    def look_at_any_time(self, day: str) -> EventSpec:
        """The same search on a day, at whatever time."""
        return self._go({"q": self._meant.get("q", ""), "after": "", "before": "", "date": day})

    @rx.event
    def clear(self) -> EventSpec:
        """Take all filters away."""
        return rx.redirect("/services")

    def _understand(self, request: SearchRequest, today: date) -> SearchRequest:
        """The search that was meant: day, time and place out of its words, where the filters do not say them."""
        spoken = spoken_times(request.q, today)
        self.understood, self.asks_where = "", spoken.near_me and not request.near
        if spoken.rest != request.q:
            said = {"date": spoken.day, "after": spoken.after, "before": spoken.before} if request.date is None else {}
            request = request.model_copy(update={"q": spoken.rest} | said)
            words = ", ".join(words for _, words in self._words_of(request.values()) if words) if said else ""
            self.understood = formatting.within(words)
        self._meant = request.values()
        return request

    def _go(self, changes: dict[str, str], *, replace_step: bool = False) -> EventSpec:
        chosen = {name: value[:300] for name, value in (self._query | changes).items() if value.strip()}
        return rx.redirect("/services?" + urlencode(chosen) if chosen else "/services", replace=replace_step)

    def _show_filters(self, request: SearchRequest) -> None:
        """Fields keep what is being typed in them; only what came from elsewhere is written into them."""
        values = request.values()
        self.q, self.category, self.city = request.q, request.category, request.city
        self.day, self.sort = values.get("date", ""), values.get("sort", "")
        self.near, self.within = request.near, str(request.within)
        self.sorts = [*SORTS, NEAREST] if request.near else SORTS
        after, before = values.get("after", ""), values.get("before", "")
        self.time_of_day = f"{after}-{before}" if after or before else ""
        named = {choice.value for choice in TIMES_OF_DAY}
        own = [Choice(self.time_of_day, time_words(after, before))] if self.time_of_day not in named else []
        self.times_of_day = TIMES_OF_DAY + own
        self.min_price, self.max_price = (
            str(int(values[name]) // HUNDREDTHS) if name in values else "" for name in ("min_price", "max_price")
        )
        shown = {"q": self.q, "min_price": self.min_price, "max_price": self.max_price}
        if any(self._typed.get(name, "").strip() != value for name, value in shown.items()):
            self._typed = shown
            self.typed_elsewhere += 1
        self.chips = self._chips(values)

    def _chips(self, values: dict[str, str]) -> list[Choice]:
        words = {
            "category": CATEGORY_NAMES.get(self.category, self.category),
            "city": self.city,
            "near": f"Within {self.within} km of you",
            **dict(self._words_of(values)),
            "min_price": f"From {self.min_price}",
            "max_price": f"Up to {self.max_price}",
        }
        return [Choice(name, words[name]) for name in words if name in values]

    def _words_of(self, values: dict[str, str]) -> list[tuple[str, str]]:
        """Day and time of day in words, by the name of their filter."""
        day = values.get("date", "")
        after, before = values.get("after", ""), values.get("before", "")
        return [
            ("date", formatting.day(date.fromisoformat(day), current_visitor().today(now())) if day else ""),
            ("after" if after else "before", time_words(after, before)),
        ]

    def _show_facets(self, facets: dict[str, dict[str, int]]) -> None:
        counts = facets.get("category", {})
        self.categories = [
            Choice(each.slug, each.name, count=counts.get(each.slug, 0), chosen=each.slug == self.category)
            for each in CATEGORIES
        ]
        cities = sorted(facets.get("city", {}).items())
        self.cities = [Choice(name, f"{name} ({count})", chosen=name == self.city) for name, count in cities]


def time_words(after: str, before: str) -> str:
    """ "from 17:00", "before 12:00", "12:00 to 17:00"."""
    if after and before:
        return f"{after} to {before}"
    return f"from {after}" if after else f"before {before}" if before else ""


async def _next_day_with_any(
    session: AsyncSession, request: SearchRequest, at: datetime, *, first: int = 1, words: str = ""
) -> list[Choice]:
    """Where nothing is free on the wanted day: from `first` days later on the first one with something in a week."""
    if request.date is None:
        return []
    week = [request.date + timedelta(days=offset) for offset in range(first, LOOK_AHEAD)]
    day = await first_day_with_any(session, request, week, at)
    if day is None:
        return []
    said = formatting.within(formatting.day(day, current_visitor().today(at)))
    return [Choice(day.isoformat(), f"See {said} {words}".strip())]
