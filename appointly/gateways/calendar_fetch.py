"""Fetches what strangers name, without ever being led into our own network.

The name is resolved once and every address it has must be public; the connection goes to one of these very addresses,
while TLS verifies the name. The same again after each redirect, which gets no credentials of another host. Bytes count
after decompression, and the time for all of it is limited. Proxies of the environment are not used: they would resolve
the name again.
"""

import asyncio
import ipaddress
import socket
import ssl
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import httpx

from appointly.errors import CalendarUnreadable
from appointly.settings import settings

MOST_BYTES = 10 * 1024 * 1024
SECONDS = 20.0
MOST_REDIRECTS = 3
LONGEST_WAIT = 86_400  # seconds
REDIRECTS = {301, 302, 303, 307, 308}
ASKS = "It asks for a password. Copy the calendar's secret address, or add it as a CalDAV account."
REFUSALS = {
    401: "The password was refused.",
    403: "The server does not let us in.",
    404: "There is no calendar at this address.",
    410: "There is no calendar at this address any more.",
}
# The last 32 bits of these are the IPv4 address that is meant.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What Python's own tables call global in one version or another, and nobody should be led to.
CLOSED = [
    ipaddress.ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23", "2002::/16", "3fff::/20")
]
GLOBAL6 = ipaddress.IPv6Network("2000::/3")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Fetched:
    """What came back in the end: `address` is where it was, header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str


@dataclass(frozen=True)
class Login:
    """User name and password for the host that was asked first, and for no other."""

    user: str
    password: str


async def fetch(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    login: Login | None = None,
) -> Fetched:
    """Ask a stranger's server. Any status but a redirect is an answer; `good` judges it.

    Raises `CalendarUnreadable` with the reason in a sentence, which names neither the address nor the login.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _fetch(httpx.URL(address), method, dict(headers or {}), content, login)
    except TimeoutError:
        raise CalendarUnreadable("The server does not answer in time.") from None
    except (httpx.InvalidURL, UnicodeError):
        raise CalendarUnreadable("This is not the address of a calendar.") from None
    except httpx.ConnectError as error:
        if isinstance(_cause(error), ssl.SSLCertVerificationError):
            raise CalendarUnreadable("The server cannot prove that it is who the address says.") from None
        raise CalendarUnreadable("The server cannot be reached.") from None
    except httpx.HTTPError:
        raise CalendarUnreadable("The server broke off its answer.") from None


async def _fetch(url: httpx.URL, method: str, headers: dict[str, str], content: bytes, login: Login | None) -> Fetched:
    if url.userinfo and login is None:
        login = Login(url.username, url.password)
    first = url = url.copy_with(userinfo=b"", fragment=None)
    for _ in range(MOST_REDIRECTS + 1):
        ours = _origin(url) == _origin(first)
        answer = await _ask(url, method, headers, content, login if ours else None)
        if answer.status not in REDIRECTS or "location" not in answer.headers:
            if answer.status == 401 and login is None:
                raise CalendarUnreadable(ASKS)
            if answer.status == 401 and not ours:
                raise CalendarUnreadable(f"The server leads to another one. Please give its address: {url.host}")
            return answer
        url = url.join(answer.headers["location"]).copy_with(userinfo=b"", fragment=None)
        if answer.status == 303:
            method, content = "GET", b""
    raise CalendarUnreadable("The address leads from one page to the next without end.")


def good(answer: Fetched, *statuses: int) -> Fetched:
    """The answer, if its status is one of these. Raises `CalendarUnreadable` with what the status means."""
    if answer.status in statuses:
        return answer
    if answer.status == 429 or answer.status >= 500:
        trouble = CalendarUnreadable("The server has trouble of its own at the moment.")
        trouble.wait = _wait(answer.headers.get("retry-after", ""))
        raise trouble
    raise CalendarUnreadable(REFUSALS.get(answer.status, "The server refuses to hand out the calendar."))


def _wait(told: str) -> int:
    """Retry-After in seconds (RFC 9110, 10.2.3), but for a time of day: our own rhythm is slow enough for those."""
    return min(int(told[:9]), LONGEST_WAIT) if told.isascii() and told.isdecimal() else 0


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


async def _ask(url: httpx.URL, method: str, headers: dict[str, str], content: bytes, login: Login | None) -> Fetched:
    """One request to one address of the host. No connection is kept: it was verified for one name alone."""
    if url.scheme != "https" and not (url.scheme == "http" and settings().demo):
        raise CalendarUnreadable("The address must begin with https://.")
    port = _origin(url)[2]
    found = await public_addresses(url.raw_host.decode(), port)
    pinned = url.copy_with(host=str(found[0]))
    asked = {**headers, "Host": url.netloc.decode(), "Accept-Encoding": "gzip", "User-Agent": "Appointly"}
    if login is not None:
        asked["Authorization"] = "Basic " + b64encode(f"{login.user}:{login.password}".encode()).decode()
    request = httpx.Request(
        method, pinned, headers=asked, content=content, extensions={"sni_hostname": url.raw_host.decode()}
    )
    # Without httpx's client, which would log the address.
    async with httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False) as transport:
        answer = await transport.handle_async_request(request)
        try:
            body = b"" if answer.status_code in REDIRECTS else await _body(answer)
        finally:
            await answer.aclose()
    return Fetched(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body, str(url))


async def public_addresses(host: str, port: int) -> Sequence[Address]:
    """The addresses of a host, all of them public. Raises `CalendarUnreadable` where one is not."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise CalendarUnreadable("We cannot find a server of this name.") from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses or not all(is_public(each) for each in addresses):
        raise CalendarUnreadable("This address leads into a private network, where we do not go.")
    return addresses


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may be asked there; what stands for another address counts as that."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address in network for network in allowed_networks(settings().calendar_networks)):
        return True
    if any(address in network for network in CLOSED) or (address.version == 6 and address not in GLOBAL6):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@lru_cache
def allowed_networks(listed: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """APPOINTLY_CALENDAR_NETWORKS. Raises `ValueError`."""
    return [ipaddress.ip_network(each.strip()) for each in listed.split(",") if each.strip()]


@lru_cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _body(answer: httpx.Response) -> bytes:
    """The body, unpacked piece by piece so that it never grows beyond what we take."""
    encoding = answer.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise CalendarUnreadable("The server packs its answer in a way we do not know.")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    pieces, size = [], 0
    async for piece in answer.aiter_raw():
        if unpack is not None:
            try:
                piece = unpack.decompress(piece, MOST_BYTES + 1 - size)
            except zlib.error:
                raise CalendarUnreadable("The server broke off its answer.") from None
        size += len(piece)
        if size > MOST_BYTES:
            raise CalendarUnreadable(f"It is larger than {MOST_BYTES // 1024**2} MB, which is more than we read.")
        pieces.append(piece)
    return b"".join(pieces)


def _cause(error: BaseException) -> BaseException:
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return error
