"""What the public pages show of a provider: photo, gallery, places, links, words."""

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.descriptions import provider_description, service_description
from appointly.appointly import app
from appointly.clock import now
from appointly.models import Picture, Provider
from appointly.state.provider import ProviderView
from appointly.state.service import ServiceView
from tests.making import make_provider, make_service
from tests.state.driver import browser_tab

BASE = "https://book.example.com"


async def shown(provider: Provider) -> ProviderView:
    async with browser_tab(app, path=f"/providers/{provider.slug}") as tab:
        await tab.send(ProviderView.load)
        return await tab.state(ProviderView)


async def add(session: AsyncSession, provider: Provider, kind: str, place: int = 0) -> str:
    picture = Picture(provider_id=provider.id, kind=kind, width=1600, height=900, place=place)
    session.add(picture)
    await session.flush()
    return f"/media/{picture.id}/large.webp"


async def test_a_profile_that_tells_everything(session: AsyncSession) -> None:
    provider = await make_provider(session)
    provider.about, provider.places, provider.travel_radius_km = "**Hello** <b>x</b>", ["online", "customer"], 20
    provider.links = ["https://www.example.com/studio/"]
    provider.picture = await add(session, provider, "profile")
    second, first = await add(session, provider, "gallery", 2), await add(session, provider, "gallery", 1)
    session.add(provider)
    await session.commit()
    page = await shown(provider)
    assert page.story.photo == provider.picture.replace("large", "small")
    assert page.story.about == '<p dir="auto"><strong>Hello</strong> &lt;b&gt;x&lt;/b&gt;</p>\n'
    assert page.story.serves == "We come to you, up to 20 km · Online"
    assert [(site.name, site.href) for site in page.sites] == [("example.com/studio", provider.links[0])]
    assert [picture.large for picture in page.gallery] == [first, second]
    assert page.gallery[0].small == first.replace("large", "small")


async def test_a_profile_that_tells_nothing(session: AsyncSession) -> None:
    provider = await make_provider(session)
    await session.commit()
    page = await shown(provider)
    assert (page.story.photo, page.story.about, page.story.serves) == ("", "", "")
    assert (page.sites, page.gallery) == ([], [])


@pytest.mark.parametrize("photo", [True, False])
async def test_a_service_shows_its_own_picture_or_the_next_best(session: AsyncSession, photo: bool) -> None:
    provider = await make_provider(session)
    own = await add(session, provider, "service")
    if photo:
        provider.picture = await add(session, provider, "profile")
        session.add(provider)
    with_own, without = (
        await make_service(session, provider, "A", picture=own),
        await make_service(session, provider, "B"),
    )
    await session.commit()
    fallback = provider.picture if photo else "/pictures/hair-1.svg"
    for service, large in ((with_own, own), (without, fallback)):
        async with browser_tab(app, path=f"/services/{service.slug}") as tab:
            await tab.send(ServiceView.load)
            assert (await tab.state(ServiceView)).story.picture == large
        described = await service_description(BASE, service.slug, now())
        assert described is not None
        assert described.data[0]["image"] == f"{BASE}{large}"
        assert described.image == (f"{BASE}{large}" if large.startswith("/media/") else f"{BASE}/og.png")
    cards = (await shown(provider)).services
    assert [card.picture for card in cards] == [own.replace("large", "small"), fallback.replace("large", "small")]


async def test_search_engines_read_words_without_marks(session: AsyncSession) -> None:
    provider = await make_provider(session)
    provider.about = "# Studio\n\n**Bold** [site](https://a.example) <script>alert(1)</script>"
    provider.picture = await add(session, provider, "profile")
    session.add(provider)
    await session.commit()
    described = await provider_description(BASE, provider.slug, now())
    assert described is not None
    assert described.data[0]["description"] == "Studio. Bold site <script>alert(1)</script>."
    assert described.data[0]["image"] == described.image == f"{BASE}{provider.picture}"
    assert "<script>" not in described.body
    assert '<a href="https://a.example" rel="nofollow noopener ugc">site</a>' in described.body
