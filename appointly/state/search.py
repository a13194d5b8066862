"""The search: what it looks for stands in the address bar, so that back, reload and a sent link show the same."""

from datetime import date, timedelta
from urllib.parse import urlencode

import reflex as rx
from reflex_base.event import EventSpec

from appointly import limits
from appointly.clock import now
from appointly.database import reading
from appointly.display import formatting
from appointly.display.services import CATEGORIES, CATEGORY_NAMES, ServiceCard
from appointly.display.shapes import Choice
from appointly.queries.search import search_services
from appointly.queries.search_request import SearchRequest
from appointly.state.views import card_of_found

PAGE, MOST, DAYS = 12, 120, 30
SORTS = [Choice("", "Best match"), Choice("next", "Soonest"), Choice("price", "Lowest price")]
FILTERS = {"q", "category", "city", "min_price", "max_price", "date", "sort"}
PRICES = {"min_price", "max_price"}
HUNDREDTHS = 100


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
    sorts: list[Choice] = SORTS
    chips: list[Choice] = []
    typed_elsewhere: int = 0
    _query: dict[str, str] = {}
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
        await limits.take("search")
        async with reading() as session:
            found = await search_services(session, request.model_copy(update={"limit": PAGE}), at)
        self.services = [card_of_found(item, at) for item in found.items]
        self.more, self._cursor = bool(found.next_cursor), found.next_cursor or ""
        self.corrected = found.corrected or ""
        self.headline = formatting.count(found.total, "service") + (" or more" if found.capped else "")
        self._show_facets(found.facets)
        today = at.date()
        self.days = [
            Choice(day.isoformat(), formatting.day(day, today))
            for day in (today + timedelta(days=offset) for offset in range(DAYS))
        ]
        self.loaded = True

    @rx.event
    async def show_more(self) -> None:
        """The next services below the ones that are shown."""
        if not self._cursor or len(self.services) >= MOST:
            self.more = False
            return
        request, _ = SearchRequest.forgiving(self._query | {"cursor": self._cursor})
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
        """Set one filter; empty takes it away."""
        return self._go({name: value} if name in FILTERS else {})

    @rx.event
    def clear(self) -> EventSpec:
        """Take all filters away."""
        return rx.redirect("/services")

    def _go(self, changes: dict[str, str], *, replace_step: bool = False) -> EventSpec:
        chosen = {name: value[:300] for name, value in (self._query | changes).items() if value.strip()}
        return rx.redirect("/services?" + urlencode(chosen) if chosen else "/services", replace=replace_step)

    def _show_filters(self, request: SearchRequest) -> None:
        """Fields keep what is being typed in them; only what came from elsewhere is written into them."""
        values = request.values()
        self.q, self.category, self.city = request.q, request.category, request.city
        self.day, self.sort = values.get("date", ""), values.get("sort", "")
        self.min_price, self.max_price = (
            str(int(values[name]) // HUNDREDTHS) if name in values else "" for name in ("min_price", "max_price")
        )
        shown = {"q": self.q, "min_price": self.min_price, "max_price": self.max_price}
        if any(self._typed.get(name, "").strip() != value for name, value in shown.items()):
            self._typed = shown
            self.typed_elsewhere += 1
        self.chips = self._chips(values)

    def _chips(self, values: dict[str, str]) -> list[Choice]:
        day = formatting.day(date.fromisoformat(self.day), now().date()) if self.day else ""
        words = {
            "category": CATEGORY_NAMES.get(self.category, self.category),
            "city": self.city,
            "date": day,
            "min_price": f"From {self.min_price}",
            "max_price": f"Up to {self.max_price}",
        }
        return [Choice(name, words[name]) for name in words if name in values]

    def _show_facets(self, facets: dict[str, dict[str, int]]) -> None:
        counts = facets.get("category", {})
        self.categories = [
            Choice(each.slug, each.name, count=counts.get(each.slug, 0), chosen=each.slug == self.category)
            for each in CATEGORIES
        ]
        cities = sorted(facets.get("city", {}).items())
        self.cities = [Choice(name, f"{name} ({count})", chosen=name == self.city) for name, count in cities]
