"""Where a request or an event comes from: the client's address, and a browser that has signed in before.

The address is the socket's. `X-Forwarded-For` is believed as far as it was written by APPOINTLY_TRUSTED_PROXIES.
"""

import hmac
import secrets
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from starlette.datastructures import Headers

from appointly.errors import SettingsInvalid
from appointly.settings import settings
from appointly.visitor import read_cookies

DEVICE_COOKIE = "appointly_device"
ACCOUNTS_KEPT = 5
NONCE, PROOF = 24, 32
IPV6_SITE = 64  # what a provider gives to one household: within it everybody has as many addresses as they like


@dataclass(frozen=True)
class Origin:
    """`address` as text, empty in a task or script; `cookies` and `agent` (the browser) the headers as they came."""

    address: str = ""
    cookies: str = ""
    agent: str = ""

    @property
    def device(self) -> str:
        """The value of the device cookie."""
        return read_cookies(self.cookies).get(DEVICE_COOKIE, "")

    @property
    def network(self) -> str:
        """What counts as one place: an IPv4 address, or the /64 of an IPv6 address."""
        try:
            found = ip_address(self.address)
        except ValueError:
            return "unknown"
        if isinstance(found, IPv6Address):
            return str(found.ipv4_mapped or ip_network((int(found), IPV6_SITE), strict=False))
        return str(found)

    def known_to(self, email: str) -> str:
        """The name of this browser for an account that has signed in with it; empty for every other account."""
        nonce, *proofs = self.device.split(".")[: ACCOUNTS_KEPT + 1]
        fits = [hmac.compare_digest(_proof(nonce, email).encode(), each.encode(errors="replace")) for each in proofs]
        return nonce if any(fits) else ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("current_origin", default=NOWHERE)


def current_origin() -> Origin:
    """Where the running request or event comes from; set by the two doors."""
    return _current.get()


def set_current_origin(origin: Origin) -> None:
    """Called by the doors alone."""
    _current.set(origin)


@lru_cache(maxsize=1)
def trusted(listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of APPOINTLY_TRUSTED_PROXIES. Raises `SettingsInvalid` for what is none."""
    try:
        return tuple(ip_network(each.strip(), strict=False) for each in listed.split(",") if each.strip())
    except ValueError as error:
        raise SettingsInvalid(f"APPOINTLY_TRUSTED_PROXIES: {error}. Write addresses or networks, by commas.") from error


def origin_of(scope: MutableMapping[str, Any]) -> Origin:
    """The origin of an HTTP request."""
    headers = Headers(scope=scope)
    peer = scope["client"][0] if scope.get("client") else ""
    address = client_address(peer, ",".join(headers.getlist("x-forwarded-for")))
    return Origin(address, ";".join(headers.getlist("cookie")), headers.get("user-agent", ""))


def client_address(peer: str, forwarded_for: str) -> str:
    """The client's address: the nearest one that is no proxy of ours, read from our own end of the header."""
    proxies = trusted(settings().trusted_proxies)
    address = peer
    for hop in reversed(forwarded_for.split(",") if proxies else ()):
        if not _within(address, proxies):
            break
        try:
            ip_address(hop.strip())
        except ValueError:
            break
        address = hop.strip()
    return address


def _within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in networks)


def device_value(origin: Origin, email: str) -> str:
    """The cookie that makes this browser known to one more account. It signs nobody in: it only counts apart."""
    nonce, *proofs = origin.device.split(".")
    if len(nonce) != NONCE or not nonce.isalnum():
        nonce, proofs = secrets.token_hex(NONCE // 2), []
    kept = dict.fromkeys([_proof(nonce, email), *(each for each in proofs if len(each) == PROOF)])
    return ".".join([nonce, *list(kept)[:ACCOUNTS_KEPT]])


def _proof(nonce: str, email: str) -> str:
    text = f"device:{nonce}:{email}"
    return hmac.new(settings().secret_key.encode(), text.encode(errors="replace"), sha256).hexdigest()[:PROOF]
