"""The provider's own description of itself, which must name the issuer we were told to ask."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from appointly.errors import GoogleDoubtful
from appointly.gateways.google import WELL_KNOWN, Google, Start
from appointly.settings import Settings

START = Start("state", "nonce", "verifier")


@pytest.fixture
async def described() -> AsyncIterator[dict[str, str]]:
    """A server whose description can be changed; `url` is its address."""
    found: dict[str, str] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({key: value for key, value in found.items() if key != "url"}).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{head}connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    ends = {name: f"{url}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    found.update({"url": url, "issuer": url, **ends})
    yield found
    server.close()
    await server.wait_closed()


async def asked(described: dict[str, str]) -> str:
    google = Google(Settings(google_client_id="us", google_discovery_url=described["url"] + WELL_KNOWN))
    try:
        return await google.address(START)
    finally:
        await google.close()


async def test_the_issuer_that_was_configured_is_asked(described: dict[str, str]) -> None:
    assert (await asked(described)).startswith(f"{described['url']}/authorization_endpoint?")


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "http://127.0.0.1", "{url}/tenant", ""])
async def test_a_description_of_another_issuer(described: dict[str, str], issuer: str) -> None:
    described["issuer"] = issuer.format(url=described["url"])
    with pytest.raises(GoogleDoubtful):
        await asked(described)
