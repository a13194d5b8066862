"""Everybody × every address of a file: pictures, the export of one's data, the link that a mail holds."""

import io
import zipfile

import httpx
import pytest

from appointly.api.http import api
from appointly.domain.manage_key import manage_key
from appointly.domain.rights import Whose, may
from appointly.settings import settings
from tests.rights_world import SECRET_NAME, Somebody, World, make_world
from tests.test_pictures import file, halves


@pytest.fixture
async def world(database: str) -> World:
    return await make_world()


async def asked(who: Somebody, method: str, path: str, **more: object) -> httpx.Response:
    """The real request."""
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return await client.request(method, path, headers=who.headers, **more)  # type: ignore[arg-type]


def somebody(world: World, name: str) -> Somebody:
    return next(who for who in world.people if who.name == name)


async def test_the_export_holds_what_is_one_s_own_and_nothing_else(world: World) -> None:
    """An admin may read every booking, and still takes only their own data along."""
    holders = set()
    for who in world.people:
        answer = await asked(who, "GET", "/session/export")
        themselves = Whose(user_id=who.actor.user_id)
        expected = who.scopes is None and may(who.actor, "account.export", themselves)
        assert (answer.status_code == 200) == expected, who.name
        if expected:
            archive = zipfile.ZipFile(io.BytesIO(answer.content))
            words = "".join(archive.read(name).decode() for name in archive.namelist())
            if SECRET_NAME in words:
                holders.add(who.name)
        else:
            assert SECRET_NAME not in answer.text
    assert holders == {"customer", "provider"}


async def test_a_picture_is_everybody_s(world: World) -> None:
    owner = somebody(world, "provider")
    upload = await asked(
        owner,
        "POST",
        "/api/v1/provider/pictures",
        data={"kind": "gallery"},
        files={"file": ("a.jpg", file(halves()), "image/jpeg")},
    )
    assert upload.status_code == 201, upload.text
    picture = upload.json()["id"]
    addresses = [f"/media/{picture}/{size}.webp" for size in ("large", "small")]
    for who in world.people:
        for address in addresses:
            expected = may(who.actor, "picture.read", Whose(provider_id=world.owner.provider_id))
            allowed = expected and not who.refused_bearer
            assert ((await asked(who, "GET", address)).status_code == 200) == allowed, who.name


async def test_a_mailed_link_opens_its_own_booking_for_anybody_and_no_other(world: World) -> None:
    first, second = list(world.references)[:2]
    fits = manage_key(settings().require_secret(), world.bookings[first])
    other = manage_key(settings().require_secret(), world.bookings[second])
    for who in world.people:
        for key, opens in ((fits, True), (other, False), ("", False), (fits[:-1], False)):
            answer = await asked(who, "GET", f"/session/booking/{world.references[first]}", params={"key": key})
            opened = "appointly_bookings" in answer.headers.get("set-cookie", "")
            assert opened == (opens and not who.refused_bearer), (who.name, key, answer.status_code)
