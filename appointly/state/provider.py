"""The public profile of a provider."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx

from appointly import routes
from appointly.clock import now
from appointly.database import reading
from appointly.display import formatting, markdown
from appointly.display.formatting import street_and_city
from appointly.display.services import CATEGORY_NAMES, NOT_FOUND_TITLE, Hours, ServiceCard, ways
from appointly.queries import storefront
from appointly.queries.pictures import Uploaded, pictures_of
from appointly.queries.reviews import reviews_of_provider, spread_of_provider
from appointly.queries.storefront import ProviderPage
from appointly.state.live import once, watch
from appointly.state.public_reviews import PublicReviews, Subject
from appointly.state.views import card_of, photo_of

TIMES = 3
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


class ProviderView(PublicReviews, rx.State):
    """Who they are, what they offer, when they work, what people say."""

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    page_title: str = "Appointly"
    story: ProviderStory = ProviderStory()
    services: list[ServiceCard] = []
    hours: list[Hours] = []
    gallery: list[Shown] = []
    sites: list[Site] = []
    _provider_id: str = ""

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
            today = at.astimezone(ZoneInfo(page.time_zone)).date()
            hours = await storefront.hours_of_provider(session, page.id, today)
            pictures = await pictures_of(session, page.id, "gallery")
        self.story, self.sites, self.gallery = story_of(page), sites_of(page), gallery_of(pictures)
        self.hours = week_of(hours, today.isoweekday())
        self._provider_id = str(page.id)
        self._put_offers(await _offers(page.id, at), at)
        await self._show_reviews()
        watch(self, ProviderView.refresh, f"reviews:{page.id}")

    @rx.event
    async def refresh(self) -> None:
        """Something was said, answered or taken down: the stars of the services move too."""
        if subject := self._subject():
            at = now()
            self._put_offers(await once(subject.topic, "offers", lambda: _offers(subject.id, at)), at)
            await self._refresh_reviews()

    def _subject(self) -> Subject | None:
        if not self._provider_id:
            return None
        provider_id = UUID(self._provider_id)
        return Subject(provider_id, provider_id, reviews_of_provider, spread_of_provider)

    def _put_offers(self, offers: "Offers", at: datetime) -> None:
        self.services = [card_of(offer, times, at) for offer, times in offers]


Offers = list[tuple[storefront.Offer, Sequence[storefront.NextTime]]]


async def _offers(provider_id: UUID, at: datetime) -> Offers:
    """The services of a provider with their next free times."""
    async with reading() as session:
        offers = await storefront.offers_of_provider(session, provider_id)
        times = await storefront.next_times(session, [offer.id for offer in offers], TIMES, at)
    return [(offer, times.get(offer.id, ())) for offer in offers]
