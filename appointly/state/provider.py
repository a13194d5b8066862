"""The public profile of a provider."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx

from appointly import routes
from appointly.clock import now
from appointly.database import reading
from appointly.display import formatting, markdown
from appointly.display.formatting import street_and_city
from appointly.display.reviews import Quote, StarsView, quotes_of, stars_of
from appointly.display.services import CATEGORY_NAMES, NOT_FOUND_TITLE, Hours, ServiceCard, ways
from appointly.queries import storefront
from appointly.queries.pictures import Uploaded, pictures_of
from appointly.queries.reviews import reviews_of_provider, spread_of_provider
from appointly.queries.storefront import ProviderPage
from appointly.state.views import card_of, photo_of

TIMES, REVIEWS, MOST_REVIEWS = 3, 8, 120
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Shown:
    """A picture of the gallery; `label` says which."""

    small: str
    large: str
    label: str


@dataclass(frozen=True)
class Site:
    """A place on the web that the provider names."""

    name: str
    href: str


@dataclass(frozen=True)
class ProviderStory:
    """What the page tells about a provider. `about` is HTML; `photo` is empty where there is none."""

    slug: str = ""
    name: str = ""
    photo: str = ""
    initials: str = ""
    tint: int = 1
    headline: str = ""
    about: str = ""
    category: str = ""
    category_href: str = ""
    place: str = ""
    map_href: str = ""
    phone: str = ""
    languages: str = ""
    serves: str = ""
    rating: str = ""
    reviews: str = ""
    zone: str = ""


def story_of(page: ProviderPage) -> ProviderStory:
    """The provider, ready to read."""
    address = street_and_city(page.address, page.city)
    return ProviderStory(
        slug=page.slug,
        name=page.name,
        photo=photo_of(page.picture),
        initials=formatting.initials(page.name),
        tint=formatting.tint(page.name),
        headline=page.headline,
        about=markdown.rendered(page.about),
        category=CATEGORY_NAMES.get(page.category, page.category.capitalize()),
        category_href=routes.search(category=page.category),
        place=address,
        map_href=routes.map_of(address),
        phone=page.phone,
        languages=", ".join(page.languages),
        serves=" · ".join(ways(page.places, page.travel_radius_km)),
        rating=formatting.rating(page.rating),
        reviews=formatting.count(page.reviews, "review"),
        zone=formatting.zone_name(page.time_zone),
    )


def sites_of(page: ProviderPage) -> list[Site]:
    """The provider's own links, named by where they lead."""
    return [Site(link.partition("://")[2].removeprefix("www.").rstrip("/"), link) for link in page.links]


def gallery_of(pictures: list[Uploaded]) -> list[Shown]:
    """The gallery in its order."""
    return [
        Shown(routes.picture(picture.id, "small"), routes.picture(picture.id), f"Picture {number} of {len(pictures)}")
        for number, picture in enumerate(pictures, start=1)
    ]


def week_of(hours: Iterable[storefront.Hours], today: int) -> list[Hours]:
    """The week, Monday first; `today` is the weekday there, 1 to 7."""
    ranges: dict[int, list[str]] = defaultdict(list)
    for each in hours:
        ranges[each.weekday].append(f"{_clock(each.opens_minute)}–{_clock(each.closes_minute)}")
    return [
        Hours(name, ", ".join(ranges[number]) or "Closed", number == today)
        for number, name in enumerate(WEEKDAYS, start=1)
    ]


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % (24 * 60), 60)
    return f"{hour:02d}:{rest:02d}"


class ProviderView(rx.State):
    """Who they are, what they offer, when they work, what people say."""

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    page_title: str = "Appointly"
    story: ProviderStory = ProviderStory()
    services: list[ServiceCard] = []
    stars: StarsView = StarsView()
    reviews: list[Quote] = []
    more_reviews: bool = False
    hours: list[Hours] = []
    gallery: list[Shown] = []
    sites: list[Site] = []
    _provider_id: str = ""
    _reviews_after: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        at, slug = now(), str(self.router.url.path.rstrip("/").rpartition("/")[2])
        async with reading() as session:
            page = await storefront.provider_page(session, slug)
            self.missing, self.loaded = page is None, True
            self.page_title = f"{page.name}, {page.city} · Appointly" if page else NOT_FOUND_TITLE
            if page is None:
                return
            offers = await storefront.offers_of_provider(session, page.id)
            times = await storefront.next_times(session, [offer.id for offer in offers], TIMES, at)
            today = at.astimezone(ZoneInfo(page.time_zone)).date()
            hours = await storefront.hours_of_provider(session, page.id, today)
            same = str(page.id) == self._provider_id
            said = await reviews_of_provider(
                session, page.id, limit=max(REVIEWS, len(self.reviews)) if same else REVIEWS
            )
            spread = await spread_of_provider(session, page.id)
            pictures = await pictures_of(session, page.id, "gallery")
        self.story, self.sites, self.gallery = story_of(page), sites_of(page), gallery_of(pictures)
        self.services = [card_of(offer, times.get(offer.id, ()), at) for offer in offers]
        self.hours = week_of(hours, today.isoweekday())
        self._provider_id, self.stars, self.reviews = str(page.id), stars_of(spread), quotes_of(said.items, at)
        self._reviews_end(said.next_cursor)

    @rx.event
    async def show_more_reviews(self) -> None:
        """Add the next reviews below those that are shown."""
        if not self.more_reviews:
            return
        at = now()
        async with reading() as session:
            said = await reviews_of_provider(
                session, UUID(self._provider_id), limit=REVIEWS, cursor=self._reviews_after or None
            )
        self.reviews += quotes_of(said.items, at)
        self._reviews_end(said.next_cursor)

    def _reviews_end(self, cursor: str | None) -> None:
        self._reviews_after = cursor or ""
        self.more_reviews = bool(cursor) and len(self.reviews) < MOST_REVIEWS
