"""The two signed codes of a check-in: a provider's at the door, and a customer's ticket.

A code names its object and proves that we have made it. The door's also names a version, so that a new one ends the old
prints. Neither runs out: what it opens is decided by the day.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

Situation = Literal["here", "pending", "elsewhere", "over", "cancelled", "another_day", "unknown"]
Kind = Literal["door", "ticket"]
LETTERS: dict[str, Kind] = {"D": "door", "T": "ticket"}
SIGNATURE = 16  # bytes: short enough for a small picture, far too many to guess
LONGEST = 80


@dataclass(frozen=True)
class Code:
    """What a scanned code says: a provider's door in its `version`, or the ticket of an appointment."""

    kind: Kind
    id: UUID
    version: int


def door_code(secret: str, provider_id: UUID, version: int) -> str:
    """The code at a provider's door."""
    return _code(secret, "D", provider_id, version)


def ticket_code(secret: str, appointment_id: UUID) -> str:
    """The code of a customer's ticket."""
    return _code(secret, "T", appointment_id, 1)


def read_code(secret: str, text: str) -> Code | None:
    """The code, if it is one of ours and unchanged; whether its version is still good is the caller's to ask."""
    letter, _, rest = text.partition(".")
    parts = rest.split(".")
    if letter not in LETTERS or len(parts) != 3 or len(text) > LONGEST or not parts[1].isascii():
        return None
    try:
        identifier = UUID(bytes=urlsafe_b64decode(parts[0].encode() + b"=="))
        version = int(parts[1])
    except (ValueError, Error):
        return None
    if not hmac.compare_digest(_code(secret, letter, identifier, version).encode(), text.encode(errors="replace")):
        return None
    return Code(LETTERS[letter], identifier, version)


def _code(secret: str, letter: str, identifier: UUID, version: int) -> str:
    said = f"{letter}.{_text(identifier.bytes)}.{version}"
    proof = hmac.new(secret.encode(), f"check-in:{said}".encode(), sha256).digest()[:SIGNATURE]
    return f"{said}.{_text(proof)}"


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


class Appointment(Protocol):
    """What the decision below asks of an appointment; `slot_date` is the local date at its provider."""

    @property
    def provider_id(self) -> UUID: ...
    @property
    def status(self) -> str: ...
    @property
    def slot_date(self) -> date: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def end(self) -> datetime: ...


def on_its_day(booking: Appointment, now: datetime) -> bool:
    """Whether it is the day of an appointment: the date whose hours it is in, beyond midnight until it is over."""
    today = now.astimezone(ZoneInfo(booking.time_zone)).date()
    return booking.slot_date == today or (booking.slot_date < today and now < booking.end)


Booked = TypeVar("Booked", bound=Appointment)


def situation(bookings: Sequence[Booked], provider_id: UUID, now: datetime) -> tuple[Situation, list[Booked]]:
    """Where somebody with these appointments (by start) stands at this provider's door, and which of them it is about.

    `here`: today's that can be checked in, or have been; else the most useful thing to tell.
    """

    mine = [booking for booking in bookings if booking.provider_id == provider_id]
    due = [booking for booking in bookings if booking.status == "confirmed" and booking.end > now]
    todays = [booking for booking in mine if on_its_day(booking, now)]
    found: list[tuple[Situation, list[Booked]]] = [
        ("here", [booking for booking in due if booking in todays]),
        ("pending", [booking for booking in todays if booking.status == "pending"]),
        ("elsewhere", [booking for booking in due if booking.provider_id != provider_id and on_its_day(booking, now)]),
        ("over", [booking for booking in todays if booking.status in ("confirmed", "completed", "no_show")]),
        ("cancelled", [booking for booking in todays if booking.status in ("cancelled", "declined", "expired")]),
        ("another_day", [booking for booking in due if booking in mine]),
    ]
    return next(((name, about) for name, about in found if about), ("unknown", []))
