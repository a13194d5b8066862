"""The store of pictures: a folder of this machine, and a real S3 server."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from appointly.errors import GatewayFailed, SettingsInvalid
from appointly.gateways import files
from appointly.settings import settings
from appointly.supervisor import Child
from tests.processes import answers, free_port

WHERE = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-1"}


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server with the bucket "pictures"."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = Child("The S3 server", command, log=tmp_path_factory.mktemp("s3") / "s3.log")
    server.wait_until(lambda: answers(port, "/moto-api/"))
    httpx.put(f"http://127.0.0.1:{port}/pictures", trust_env=False, timeout=60).raise_for_status()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Settings that point at an empty store."""
    monkeypatch.setenv("APPOINTLY_HOME", str(tmp_path))
    if kind == "s3":
        monkeypatch.setenv("APPOINTLY_FILES_URL", f"s3://pictures/{uuid4()}")
        for name, value in (WHERE | {"AWS_ENDPOINT_URL": request.getfixturevalue("s3")}).items():
            monkeypatch.setenv(name, value)
    yield from anew()


def anew() -> Iterator[None]:
    for made_once in (settings, files.store):
        made_once.cache_clear()
    yield
    for made_once in (settings, files.store):
        made_once.cache_clear()


async def content(stored: files.Stored | None) -> bytes:
    assert stored is not None
    found = b"".join([chunk async for chunk in stored.chunks])
    assert stored.length == len(found)
    return found


async def test_what_is_put_can_be_got_until_it_is_deleted(store: None) -> None:
    one, other = uuid4(), uuid4()
    large = bytes(range(256)) * 1000
    await files.put(one, {"large": large, "small": b"small"})
    await files.put(other, {"large": b"other", "small": b""})
    assert await content(await files.get(one, "large")) == large
    assert await content(await files.get(one, "small")) == b"small"
    await files.delete(one)
    await files.delete(one)
    assert await files.get(one, "large") is None
    assert await files.get(one, "small") is None
    assert await content(await files.get(other, "large")) == b"other"


async def test_a_store_that_does_not_answer_is_a_failure_that_may_pass(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = WHERE | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "APPOINTLY_FILES_URL": "s3://pictures/x"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    for _ in anew():
        for attempt in (files.put(uuid4(), {"large": b""}), files.get(uuid4(), "large"), files.delete(uuid4())):
            with pytest.raises(GatewayFailed):
                await attempt


async def test_an_address_of_another_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPOINTLY_FILES_URL", "ftp://somewhere/x")
    for _ in anew():
        with pytest.raises(SettingsInvalid, match="s3://"):
            await files.put(uuid4(), {"large": b""})
