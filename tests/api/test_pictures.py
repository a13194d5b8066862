"""Pictures over HTTP: upload, order, removal, and the files themselves."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.database.statement import execute
from appointly.gateways import files
from appointly.models import Picture, Provider
from appointly.operations.forget_pictures import forget_pictures, forget_unused_pictures
from appointly.operations.keep_picture import MOST, MOST_IN_GALLERY, plan_picture
from appointly.settings import settings
from tests.hostile import NOBODY
from tests.making import make_provider, make_service, owner_of
from tests.people import Person, person, signed_in
from tests.test_pictures import file, halves

ALL = "/api/v1/provider/pictures"
GOOD = file(halves(), "PNG")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which this test's pictures lie."""
    monkeypatch.setenv("APPOINTLY_HOME", str(tmp_path))
    for made_once in (settings, files.store):
        made_once.cache_clear()
    yield tmp_path / "media"
    for made_once in (settings, files.store):
        made_once.cache_clear()


@pytest.fixture
async def provider(session: AsyncSession) -> Provider:
    made = await make_provider(session)
    await session.commit()
    return made


@pytest.fixture
async def owner(provider: Provider) -> Person:
    return await signed_in(provider.user_id, "owner@example.com")


async def upload(http: httpx.AsyncClient, who: Person, kind: str = "gallery", content: bytes = GOOD) -> httpx.Response:
    sent = {"file": ("../../etc/passwd.php", content, "text/html")}
    return await http.post(ALL, headers=who.headers, data={"kind": kind}, files=sent)


async def uploaded(http: httpx.AsyncClient, who: Person, kind: str = "gallery") -> dict[str, str]:
    answer = await upload(http, who, kind)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def all_of(http: httpx.AsyncClient, who: Person) -> list[str]:
    return [item["id"] for item in (await http.get(ALL, headers=who.headers)).json()["items"]]


async def carry_out_everything() -> None:
    """Every job that is planned, also for later."""
    from tasks.jobs import run_due  # the worker's settings are read when it is imported

    async with transaction() as session:
        await execute(session, "UPDATE job SET due_at = now()")
    await run_due()


def kept_in(media: Path) -> set[str]:
    """The pictures that have files."""
    return {path.parent.name for path in media.rglob("*.webp")}


async def test_what_is_uploaded_is_shown_to_everybody(http: httpx.AsyncClient, owner: Person, media: Path) -> None:
    made = await uploaded(http, owner)
    assert made == {
        "id": made["id"],
        "kind": "gallery",
        "large": f"/media/{made['id']}/large.webp",
        "small": f"/media/{made['id']}/small.webp",
        "width": 800,
        "height": 600,
    }
    for size in ("large", "small"):
        shown = await http.get(made[size])
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
        assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert shown.content.startswith(b"RIFF")
        head = await http.head(made[size])
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(shown.content)))
    assert kept_in(media) == {made["id"]}
    assert await all_of(http, owner) == [made["id"]]


@pytest.mark.parametrize(
    "path",
    [
        "/media/x/large.webp",
        f"/media/{NOBODY}/large.webp",
        f"/media/{NOBODY}/huge.webp",
        f"/media/{NOBODY}/large.svg",
        "/media/..%2f..%2fsecret_key/large.webp",
        "/media/../secret_key",
        "/media/",
        "/media/%00/large.webp",
    ],
)
async def test_other_addresses_are_unknown(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_profile_shows_the_last_one(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession
) -> None:
    first, second = await uploaded(http, owner, "profile"), await uploaded(http, owner, "profile")
    await session.refresh(provider)
    assert provider.picture == second["large"]
    assert await all_of(http, owner) == [second["id"]]
    await carry_out_everything()
    assert (await http.get(first["large"])).status_code == 404
    assert (await http.get(second["large"])).status_code == 200


async def test_a_gallery_is_put_in_order(http: httpx.AsyncClient, owner: Person) -> None:
    a, b, c = [(await uploaded(http, owner))["id"] for _ in range(3)]
    assert await all_of(http, owner) == [a, b, c]
    sorted_ = await http.put(f"{ALL}/order", headers=owner.headers, json={"ids": [c, a, b, a]})
    assert [item["id"] for item in sorted_.json()["items"]] == [c, a, b]
    await http.put(f"{ALL}/order", headers=owner.headers, json={"ids": [b]})
    assert await all_of(http, owner) == [b, c, a], "those that were not named come after"
    for wrong in ([], [str(uuid4())], [a, str(uuid4())], [a] * 13, ["x"]):
        refused = await http.put(f"{ALL}/order", headers=owner.headers, json={"ids": wrong})
        assert refused.status_code in (404, 422)
    assert await all_of(http, owner) == [b, c, a]


async def test_what_is_removed_is_gone_wherever_it_was_shown(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession, media: Path
) -> None:
    photo, shown = await uploaded(http, owner, "profile"), await uploaded(http, owner, "service")
    service = await make_service(session, provider, picture=shown["large"])
    await session.commit()
    for made in (photo, shown):
        gone = await http.delete(f"{ALL}/{made['id']}", headers=owner.headers)
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await http.delete(f"{ALL}/{made['id']}", headers=owner.headers)).status_code == 404
    await session.refresh(provider)
    await session.refresh(service)
    assert (provider.picture, service.picture) == ("", "/pictures/hair-1.svg")
    await carry_out_everything()
    assert not kept_in(media)


async def test_the_pictures_of_others_are_not_there(
    http: httpx.AsyncClient, owner: Person, session: AsyncSession
) -> None:
    mine = (await uploaded(http, owner))["id"]
    other = await make_provider(session, "Other")
    await session.commit()
    thief = await signed_in(other.user_id, "other@example.com")
    assert (await http.delete(f"{ALL}/{mine}", headers=thief.headers)).status_code == 404
    assert (await http.put(f"{ALL}/order", headers=thief.headers, json={"ids": [mine]})).status_code == 404
    assert await all_of(http, thief) == []
    assert await all_of(http, owner) == [mine]


async def test_only_providers_with_a_business_upload(http: httpx.AsyncClient, media: Path) -> None:
    for who in (await person(), await person("Bob", "provider")):
        assert (await upload(http, who)).status_code == 403
    assert (await http.post(ALL, data={"kind": "gallery"}, files={"file": GOOD})).status_code == 401
    assert not kept_in(media)


@pytest.mark.parametrize(("kind", "most"), [("gallery", MOST_IN_GALLERY), ("service", MOST)])
async def test_there_is_an_end(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession, kind: str, most: int
) -> None:
    for _ in range(most - 1):
        session.add(Picture(provider_id=provider.id, kind=kind, width=1, height=1))
    await session.commit()
    assert (await upload(http, owner, kind)).status_code == 201
    full = await upload(http, owner, kind)
    assert (full.status_code, full.json()["code"]) == (409, "too_many_pictures")


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", file(halves(), "GIF"), GOOD[:200]])
async def test_what_is_no_picture_gets_a_sentence(http: httpx.AsyncClient, owner: Person, content: bytes) -> None:
    refused = await upload(http, owner, content=content)
    assert (refused.status_code, refused.json()["code"]) == (422, "picture_refused")
    assert await all_of(http, owner) == []


async def test_forms_that_are_none(http: httpx.AsyncClient, owner: Person) -> None:
    assert (await upload(http, owner, "banner")).status_code == 422
    headers = owner.headers | {"content-type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x", b"--x\r\n\r\n", b"--x--", GOOD):
        assert (await http.post(ALL, content=body, headers=headers)).status_code in (400, 422)
    for wrong in ({"data": {"kind": "gallery", "file": "text"}}, {"files": {"kind": GOOD, "file": GOOD}}):
        assert (await http.post(ALL, headers=owner.headers, **wrong)).status_code == 422  # type: ignore[arg-type]
    assert (await http.post(ALL, headers=owner.headers, json={"kind": "gallery"})).status_code == 422


async def test_ten_mebibytes_and_no_more(http: httpx.AsyncClient, owner: Person) -> None:
    assert (await upload(http, owner, content=GOOD + bytes(9 * 1024**2))).status_code == 201
    too_large = await upload(http, owner, content=GOOD + bytes(10 * 1024**2))
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
    request = http.build_request(
        "POST", ALL, headers=owner.headers, data={"kind": "gallery"}, files={"file": bytes(11 * 1024**2)}
    )
    del request.headers["content-length"]
    assert (await http.send(request)).status_code == 413
    other = await http.put(f"{ALL}/order", headers=owner.headers, content=b"x" * 70_000)
    assert other.status_code == 413, "the other routes keep their limit"


@pytest.mark.parametrize("together", [False, True])
async def test_the_same_picture_with_a_key_is_kept_once(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession, media: Path, together: bool
) -> None:
    if not together:  # the gallery is full afterwards
        for _ in range(MOST_IN_GALLERY - 1):
            session.add(Picture(provider_id=provider.id, kind="gallery", width=1, height=1))
        await session.commit()
    headers = {**owner.headers, "Idempotency-Key": "a-key"}

    async def send(kind: str = "gallery", content: bytes = GOOD) -> httpx.Response:
        return await http.post(ALL, headers=headers, data={"kind": kind}, files={"file": content})

    answers = await asyncio.gather(send(), send()) if together else [await send(), await send()]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    kept = answers[0].json()["id"]
    assert (await all_of(http, owner))[-1] == kept
    for other in (await send("service"), await send(content=file(halves(), "JPEG"))):
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    await carry_out_everything()
    assert kept_in(media) == {kept}


async def test_an_upload_that_is_cut_off_leaves_nothing(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession, media: Path
) -> None:
    for reached in ("planned", "one file", "both files"):
        async with transaction() as own:
            picture_id = await plan_picture(own, owner_of(provider), "gallery", now())
        if reached != "planned":
            await files.put(picture_id, {"large": GOOD} | ({"small": GOOD} if reached == "both files" else {}))
    kept = await uploaded(http, owner)
    await carry_out_everything()
    assert kept_in(media) == {kept["id"]}
    assert await all_of(http, owner) == [kept["id"]]


async def test_what_nobody_came_to_use_goes_after_a_day(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession, media: Path
) -> None:
    kept = [await uploaded(http, owner, kind) for kind in ("profile", "gallery", "service")]
    unused = await uploaded(http, owner, "service")
    await make_service(session, provider, picture=kept[2]["large"])
    await session.commit()
    for later, gone in ((timedelta(hours=23), 0), (timedelta(hours=25), 1), (timedelta(hours=25), 0)):
        async with transaction() as own:
            assert await forget_unused_pictures(own, now() + later) == gone
    await carry_out_everything()
    assert await all_of(http, owner) == [made["id"] for made in kept]
    assert unused["id"] not in kept_in(media)


async def test_with_the_account_go_all(
    http: httpx.AsyncClient, owner: Person, provider: Provider, session: AsyncSession, media: Path
) -> None:
    for kind in ("profile", "gallery", "service"):
        await uploaded(http, owner, kind)
    async with transaction() as own:
        await forget_pictures(own, provider.id, now())
    assert (await session.exec(select(Picture).where(Picture.provider_id == UUID(str(provider.id))))).all() == []
    await carry_out_everything()
    assert not kept_in(media)
