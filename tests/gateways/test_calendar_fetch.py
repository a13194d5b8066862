"""Fetching what strangers name: never from a private network, never more than we take, no secret to another host."""

import asyncio
import gzip
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from appointly.errors import CalendarUnreadable
from appointly.gateways import calendar_fetch
from appointly.gateways.calendar_fetch import MOST_BYTES, Fetched, Login, allowed_networks, fetch, good, is_public
from appointly.settings import settings
from tests.calendars import Answer, Asked, certificate, reply, stranger

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1",  # noqa: S104
     "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "::7f00:1", "2001:db8::1",
    "fec0::1", "100::1", "3fff::1", "5f00::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "142.250.74.14", "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8"]
SECRET = "hunter2-app-password"


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch, database: str) -> Callable[[], None]:
    """Lets strangers be this very machine."""

    def allow(networks: str = "127.0.0.1/32") -> None:
        monkeypatch.setattr(settings(), "calendar_networks", networks)

    allow()
    return allow


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names mean, instead of the world's DNS; how often each was asked is in `asked`."""
    known: dict[str, list[str]] = {"asked": []}

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        known["asked"].append(host)
        if host not in known:
            known[host] = [host] if host[0].isdigit() or ":" in host else []
        if not known[host]:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return known


def leads_to(target: str) -> Answer:
    return lambda handler, _: reply(handler, b"", 302, location=target)


@pytest.mark.parametrize("address", PRIVATE)
async def test_no_private_address_is_public(address: str, database: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
async def test_public_addresses_are_public(address: str, database: str) -> None:
    assert is_public(ip_address(address))


async def test_named_networks_are_allowed_and_what_stands_for_them(loopback: Callable[[str], None]) -> None:
    loopback("10.0.0.0/8, fd00::/8")
    assert all(is_public(ip_address(each)) for each in ("10.2.3.4", "fd12::1", "::ffff:10.2.3.4", "64:ff9b::a02:304"))
    assert not is_public(ip_address("127.0.0.1"))
    with pytest.raises(ValueError, match="not-a-network"):
        allowed_networks("not-a-network")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://localhost/",
        "http://0/",
        "http://nothing.invalid/",
        "ftp://1.1.1.1/",
        "file:///etc/passwd",
        "gopher://1.1.1.1/",
    ],
)
async def test_the_way_inside_is_closed_however_it_is_written(address: str, database: str) -> None:
    with pytest.raises(CalendarUnreadable) as refused:
        await fetch(address)
    assert "etc" not in refused.value.message


async def test_a_name_with_one_private_address_among_public_ones_is_refused(
    names: dict[str, list[str]], database: str
) -> None:
    names["mixed.example"] = ["1.1.1.1", "127.0.0.1"]
    with pytest.raises(CalendarUnreadable, match="private network"):
        await fetch("https://mixed.example/")


async def test_the_connection_goes_where_the_one_look_led(
    loopback: Callable[[], None], names: dict[str, list[str]]
) -> None:
    """A second answer of the DNS changes nothing, as there is no second question."""
    names["rebinding.example"] = ["127.0.0.1"]
    with stranger(lambda handler, _: reply(handler, b"hello")) as server:
        port = server.address.rpartition(":")[2]
        answer = await fetch(f"http://rebinding.example:{port}/a.ics?token=x")
    assert answer.body == b"hello"
    assert names["asked"] == ["rebinding.example"]
    assert server.asked[0].headers["host"] == f"rebinding.example:{port}"


async def test_tls_is_verified_for_the_name_though_the_address_is_pinned(
    loopback: Callable[[], None], names: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certificate(tmp_path, "good.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    names |= {"good.example": ["127.0.0.1"], "evil.example": ["127.0.0.1"]}
    calendar_fetch._tls.cache_clear()
    try:
        with stranger(lambda handler, _: reply(handler, b"hello"), context) as server:
            port = server.address.rpartition(":")[2]
            assert (await fetch(f"https://good.example:{port}/")).body == b"hello"
            for name in ("evil.example", "127.0.0.1"):
                with pytest.raises(CalendarUnreadable, match="cannot prove"):
                    await fetch(f"https://{name}:{port}/")
        assert len(server.asked) == 1
    finally:
        calendar_fetch._tls.cache_clear()


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]:80/", "file:///etc/passwd"]
)
async def test_a_redirect_leads_no_further_than_an_address_would(loopback: Callable[[], None], target: str) -> None:
    with (
        stranger(leads_to(target)) as server,
        pytest.raises(CalendarUnreadable),
    ):
        await fetch(server.address)
    assert len(server.asked) == 1


async def test_redirects_end(loopback: Callable[[], None]) -> None:
    with (
        stranger(leads_to("/again")) as server,
        pytest.raises(CalendarUnreadable, match="without end"),
    ):
        await fetch(server.address)
    assert len(server.asked) == 4


async def test_credentials_stay_with_the_host_they_are_for(loopback: Callable[[], None]) -> None:
    with stranger(lambda handler, _: reply(handler, b"hello")) as other:

        def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
            away = asked.path == "/here"
            reply(handler, b"", 302, location="/here" if not away else f"{other.address}/there")

        with stranger(answer) as first:
            answered = await fetch(first.address, login=Login("ada", SECRET))
            assert answered.address == f"{other.address}/there"
            with_userinfo = first.address.replace("://", f"://ada:{SECRET}@")
            await fetch(with_userinfo)
    assert all("authorization" in asked.headers for asked in first.asked)
    assert len(first.asked) == 4
    assert not any("authorization" in asked.headers for asked in other.asked)


async def test_outside_demo_mode_only_https_is_spoken(
    loopback: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "demo", False)
    with (
        stranger(lambda handler, _: reply(handler, b"hello")) as server,
        pytest.raises(CalendarUnreadable, match="https://"),
    ):
        await fetch(server.address)
    assert server.asked == []


def endless(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65_536)


def bomb(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    reply(handler, gzip.compress(b"\0" * 200 * 1024**2, 9), content_encoding="gzip")


@pytest.mark.parametrize("answer", [endless, bomb])
async def test_no_more_is_taken_than_we_read(loopback: Callable[[], None], answer: Any) -> None:
    with stranger(answer) as server, pytest.raises(CalendarUnreadable, match="larger than 10 MB"):
        await fetch(server.address)


async def test_what_fits_packed_and_unpacked_is_taken(loopback: Callable[[], None]) -> None:
    body = b"a line of text\r\n" * 60_000
    with stranger(lambda handler, _: reply(handler, gzip.compress(body), content_encoding="gzip")) as server:
        assert (await fetch(server.address)).body == body
    assert len(body) < MOST_BYTES


async def test_packings_we_did_not_ask_for_are_refused(loopback: Callable[[], None]) -> None:
    for encoding in ("br", "zstd", "gzip, gzip", "deflate"):
        with (
            stranger(lambda handler, _, e=encoding: reply(handler, b"x", content_encoding=e)) as server,
            pytest.raises(CalendarUnreadable),
        ):
            await fetch(server.address)


async def test_who_drips_is_left(loopback: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_fetch, "SECONDS", 0.5)

    def drip(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    with stranger(drip) as server, pytest.raises(CalendarUnreadable, match="in time"):
        await fetch(server.address)


async def test_nobody_there(loopback: Callable[[], None]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(CalendarUnreadable, match="cannot be reached"):
            await fetch(f"http://127.0.0.1:{held.getsockname()[1]}/")


async def test_who_asks_for_a_password_and_gets_none(loopback: Callable[[], None]) -> None:
    loopback()
    with stranger(lambda handler, _: reply(handler, b"", 401)) as server:
        with pytest.raises(CalendarUnreadable, match="asks for a password"):
            await fetch(server.address)
        with pytest.raises(CalendarUnreadable, match="password was refused"):
            good(await fetch(server.address, login=Login("ada", "x")), 200)


@pytest.mark.parametrize(
    ("status", "told", "words", "wait"),
    [
        (403, "", "does not let us in", 0),
        (404, "", "no calendar at this address.", 0),
        (410, "", "any more", 0),
        (418, "", "refuses to hand out", 0),
        (304, "", "refuses to hand out", 0),
        (503, "9" * 9999, "trouble of its own", 86_400),
        (429, "7200", "trouble of its own", 7200),
        (503, "99999999999999", "trouble of its own", 86_400),
        (500, "Fri, 31 Dec 1999 23:59:59 GMT", "trouble of its own", 0),
        (503, "-5", "trouble of its own", 0),
        (503, "٣", "trouble of its own", 0),
    ],
)
def test_each_refusal_has_its_sentence(status: int, told: str, words: str, wait: int) -> None:
    with pytest.raises(CalendarUnreadable, match=words) as unreadable:
        good(Fetched(status, {"retry-after": told}, b"", "https://calendar.example"), 200)
    assert unreadable.value.wait == wait
