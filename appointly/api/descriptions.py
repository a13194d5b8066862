"""The public pages in words: for search engines, for previews of a sent link, and for browsers without scripts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from appointly import routes
from appointly.database import reading
from appointly.database.statement import select
from appointly.display import formatting, markdown
from appointly.display.formatting import street_and_city
from appointly.display.services import CATEGORIES, CATEGORY_NAMES, LOCATIONS, POLICIES
from appointly.domain.actor import GUEST
from appointly.domain.queue import Turn
from appointly.domain.reviews import shown_name
from appointly.queries import storefront
from appointly.queries.queue import line_of, shop_by_slug
from appointly.queries.reviews import Said, reviews_of_provider, reviews_of_service
from appointly.queries.search import search_services
from appointly.queries.search_request import SearchRequest

NAME = "Appointly"
PROMISE = "Real free times of hairdressers, therapists, tutors and more, kept for you the moment you choose one."
SHORT = 155
TIMES, REVIEWS = 3, 6


@dataclass(frozen=True)
class Description:
    """A page in words. `body` is HTML, `data` are schema.org objects, `listed` is false where no engine should look."""

    title: str
    words: str
    address: str
    image: str
    body: str = ""
    data: list[dict[str, Any]] = field(default_factory=list)
    listed: bool = True


@dataclass(frozen=True)
class _Address:
    path: str


def landing(base: str) -> Description:
    """The first page; its words are in the built HTML already."""
    site = {
        "@type": "WebSite",
        "name": NAME,
        "url": f"{base}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{base}/services?q={{words}}",
            "query-input": "required name=words",
        },
    }
    return Description(f"{NAME}: book the time you see", PROMISE, f"{base}/", f"{base}/og.png", data=[site])


async def service_description(base: str, slug: str, now: datetime) -> Description | None:
    """A service; None for an unknown one."""
    async with reading() as session:
        page = await storefront.service_page(session, slug)
        if page is None:
            return None
        times = (await storefront.next_times(session, [page.id], TIMES, now)).get(page.id, ())
        said = await reviews_of_service(session, page.id, limit=REVIEWS)
    price, duration = formatting.money(page.price_amount, page.currency), formatting.duration(page.duration_minutes)
    place = street_and_city(page.address, page.city) if page.location == "provider" else page.city
    next_times = [formatting.moment(time.start, page.time_zone, now) for time in times]
    body = [
        tag(
            "p",
            link("All services", "/services"),
            link(CATEGORY_NAMES.get(page.category, page.category), routes.search(category=page.category)),
        ),
        tag("h1", text(page.title)),
        tag(
            "p",
            link(page.provider, routes.provider(page.provider_slug)),
            text(f" · {LOCATIONS[page.location]} · {place}"),
        ),
        tag("p", text(f"{price} · {duration}")),
        tag("p", link("Choose a time", routes.book(page.slug)))
        if page.open
        else tag("p", text("Cannot be booked at the moment.")),
        markdown.rendered(page.description),
        tag("p", text(POLICIES[page.cancellation_policy])),
        tag("p", text("Next free times: " + "; ".join(next_times))) if next_times else "",
        reviews(said.items),
    ]
    return Description(
        f"{page.title} at {page.provider}, {page.city} · {NAME}",
        shortened(f"{price}, {duration}. {markdown.plain(page.description)}"),
        f"{base}{routes.service(page.slug)}",
        preview_of(base, page.picture),
        "".join(body),
        [_offered(base, page) | rating(page.rating, page.reviews)],
        listed=not page.unlisted,
    )


def _offered(base: str, page: storefront.ServicePage) -> dict[str, Any]:
    """The service as search engines read it."""
    return {
        "@type": "Service",
        "name": page.title,
        "description": markdown.plain(page.description),
        "url": f"{base}{routes.service(page.slug)}",
        "image": f"{base}{page.picture}",
        "offers": {
            "@type": "Offer",
            "price": str(formatting.decimal(page.price_amount, page.currency)),
            "priceCurrency": page.currency,
        },
        "areaServed": page.city,
        "provider": business(base, page.provider, page.provider_slug, page.address, page.city),
    }


async def provider_description(base: str, slug: str, now: datetime) -> Description | None:
    """A provider; None for an unknown one."""
    async with reading() as session:
        page = await storefront.provider_page(session, slug)
        if page is None:
            return None
        offers = await storefront.offers_of_provider(session, page.id)
        said = await reviews_of_provider(session, page.id, limit=REVIEWS)
    body = [
        tag("h1", text(page.name)),
        tag("p", text(page.headline)),
        markdown.rendered(page.about),
        tag("p", text(street_and_city(page.address, page.city))),
        tag("h2", text("Services")),
        offers_list(offers),
        reviews(said.items),
    ]
    data = business(base, page.name, page.slug, page.address, page.city) | {"description": markdown.plain(page.about)}
    if page.picture:
        data["image"] = f"{base}{page.picture}"
    if page.latitude is not None:
        data["geo"] = {"@type": "GeoCoordinates", "latitude": page.latitude, "longitude": page.longitude}
    return Description(
        f"{page.name}, {page.city} · {NAME}",
        shortened(f"{page.headline}. {markdown.plain(page.about)}"),
        f"{base}{routes.provider(page.slug)}",
        preview_of(base, page.picture),
        "".join(body),
        [data | rating(page.rating, page.reviews)],
    )


async def queue_description(base: str, slug: str, now: datetime) -> Description | None:
    """The line of a provider; None for an unknown one. It changes by the minute, so no engine keeps it."""
    async with reading() as session:
        shop = await shop_by_slug(session, slug)
        if shop is None:
            return None
        line = await line_of(session, shop, GUEST, now)
    waiting = [place.entry.token for place in line.of(Turn.WAITING)]
    words = f"Now serving {line.serving.entry.token}." if line.serving else "Nobody is served just now."
    words += f" Next: {', '.join(waiting[:8])}." if waiting else ""
    return Description(
        f"The queue at {shop.business_name} · {NAME}",
        words,
        f"{base}{routes.queue(shop.slug)}",
        f"{base}/og.png",
        tag("h1", text(f"The queue at {shop.business_name}")) + tag("p", text(words)),
        listed=False,
    )


async def search_description(base: str, query: Mapping[str, str], now: datetime) -> Description:
    """The search as the address has it. Only the plain search and the categories are for search engines."""
    request, _ = SearchRequest.forgiving(query)
    async with reading() as session:
        found = await search_services(session, request, now)
    what = CATEGORY_NAMES.get(request.category, "") or (f"“{request.q}”" if request.q else "Appointments")
    title = f"{what} in {request.city}" if request.city else what
    address = routes.search(category=request.category, city=request.city)
    number = formatting.count(found.total, "service")
    body = [
        tag("h1", text("Find an appointment")),
        tag("p", *[link(each.name, routes.search(category=each.slug)) for each in CATEGORIES]),
        tag("p", text(number)),
        offers_list(found.items),
    ]
    elements = [
        {"@type": "ListItem", "position": place, "url": f"{base}{routes.service(item.slug)}", "name": item.title}
        for place, item in enumerate(found.items, start=1)
    ]
    return Description(
        f"{title} · {NAME}",
        f"{number} with real free times. {PROMISE}",
        f"{base}{address}",
        f"{base}/og.png",
        "".join(body),
        [{"@type": "ItemList", "itemListElement": elements}],
        listed=not set(request.values()) - {"category", "city"},
    )


async def sitemap(base: str) -> str:
    """The addresses for search engines."""
    async with reading() as session:
        found = await select(session, _Address, storefront.ADDRESSES)
    fixed = ["/", "/services", "/about", "/contact", *(routes.search(category=each.slug) for each in CATEGORIES)]
    urls = "".join(f"<url><loc>{escape(base + path)}</loc></url>" for path in [*fixed, *(row.path for row in found)])
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def preview_of(base: str, picture: str) -> str:
    """The picture for previews of a sent link: theirs, or ours, because drawings are not shown there."""
    return f"{base}{picture}" if picture.startswith("/media/") else f"{base}/og.png"


def business(base: str, name: str, slug: str, address: str, city: str) -> dict[str, Any]:
    """A provider for schema.org."""
    return {
        "@type": "LocalBusiness",
        "name": name,
        "url": f"{base}{routes.provider(slug)}",
        "address": {"@type": "PostalAddress", "streetAddress": address, "addressLocality": city},
    }


def rating(average: float | None, count: int) -> dict[str, Any]:
    """The stars for schema.org; nothing without reviews."""
    if average is None:
        return {}
    return {"aggregateRating": {"@type": "AggregateRating", "ratingValue": f"{average:.1f}", "reviewCount": count}}


def offers_list(offers: Iterable[Any]) -> str:
    """Services with links."""
    return tag(
        "ul",
        *[
            tag(
                "li",
                link(offer.title, routes.service(offer.slug)),
                text(
                    f" · {offer.provider}, {offer.city} · {formatting.money(offer.price_amount, offer.currency)}"
                    f" · {formatting.duration(offer.duration_minutes)}"
                ),
            )
            for offer in offers
        ],
    )


def reviews(said: Iterable[Said]) -> str:
    """What people said, if anybody did."""
    words = [
        tag(
            "li",
            tag("p", text(f"{shown_name(each.customer)}, {each.stars} of 5: {each.words}")),
            tag("p", text(f"{each.provider} answered: {each.answer}")) if each.answer else "",
        )
        for each in said
    ]
    return tag("h2", text("Reviews")) + tag("ul", *words) if words else ""


def tag(name: str, *inner: str) -> str:
    """An element around HTML."""
    return f"<{name}>{' '.join(inner)}</{name}>"


def link(words: str, href: str) -> str:
    """A link."""
    return f'<a href="{escape(href)}">{escape(words)}</a>'


def text(words: str) -> str:
    """Words as HTML."""
    return escape(words)


def shortened(words: str) -> str:
    """One line that fits a result page."""
    line = " ".join(words.split())
    return line if len(line) <= SHORT else line[:SHORT].rsplit(" ", 1)[0] + " …"
