"""A calendar elsewhere: what is asked of it, and what a reading of it brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

OWN_UID = "@appointly"  # how the UIDs of our own invitations end: what we wrote is not read back as busy
LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Span:
    """A stretch of time in which somebody is busy: half-open, instants in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Window:
    """What of a calendar is read, and the zone in which its floating and whole-day times are meant.

    `owners`: the mail addresses of those whose calendar it is, as far as known; what they have declined is not busy.
    """

    start: datetime
    end: datetime
    time_zone: str
    owners: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """All the busy spans of the window, or None where nothing has changed; `sync` is asked with the next time.

    `partly`: only what has changed was read, so they reach no further than those of the last reading.
    """

    spans: list[Span] | None
    sync: Mapping[str, Any] = field(default_factory=dict)
    partly: bool = False


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time with nothing twice: spans that touch or overlap are one; by start."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def web_address(text: str) -> str:
    """An address as people copy it, made one to fetch: webcal is https. Raises `ValueError` with a sentence."""
    address = text.strip()
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in ("webcal", "webcals"):
        address = f"https:{rest}"
    elif "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address or "\\" in address:
        raise ValueError("This is not the address of a calendar. It begins with https:// or webcal://.")
    return address.partition("#")[0]


def host_of(address: str) -> str:
    """The host of an address, which may be shown: the rest of it is often a secret."""
    return urlsplit(address).hostname or ""
