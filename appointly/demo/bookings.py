"""Bookings of the demo: what happened in the last three months, and what is to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from appointly.demo.catalogue import Business, Offer
from appointly.demo.places import WEEKS, minute_of
from appointly.demo.rows import Rows
from appointly.domain.lifecycle import KEEPS_TIME, Status

Move = tuple[Status, datetime, str]
# Neither 0, 1, I, L, O nor U, as everywhere: references are read out.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Customer:
    """Somebody who books; a guest has no account."""

    name: str
    email: str
    user_id: UUID | None


@dataclass
class Bookable:
    """A service that has been added, with what was said about it so far."""

    id: UUID
    provider_id: UUID
    owner_id: UUID
    letter: str
    offer: Offer
    currency: str
    words: list[tuple[int, str]]


@dataclass
class Shop:
    """A provider that has been added."""

    id: UUID
    owner_id: UUID
    business: Business
    zone: ZoneInfo
    services: list[Bookable] = field(default_factory=list)


@dataclass(frozen=True)
class Time:
    """A slot as far as booking it here needs. `occupies` includes the buffers."""

    id: UUID | None
    service: Bookable
    slot_date: date
    token: int
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.service.offer.minutes)

    @property
    def occupies(self) -> tuple[datetime, datetime]:
        offer = self.service.offer
        return self.start - timedelta(minutes=offer.before), self.end + timedelta(minutes=offer.after)


def ranges_of(shop: Shop, day: date) -> list[tuple[int, int]]:
    """The usual hours of the weekday, in minutes after midnight."""
    return [
        (minute_of(opens), minute_of(closes))
        for days, hours in WEEKS[shop.business.hours]
        if day.isoweekday() in days
        for opens, closes in hours
    ]


def grid(service: Bookable, zone: ZoneInfo, day: date, ranges: Sequence[tuple[int, int]]) -> list[Time]:
    """The times of a past day, by start."""
    offer = service.offer
    midnight = datetime.combine(day, time(), zone)
    minutes = [
        minute
        for opens, closes in ranges
        for minute in range(opens, closes - offer.minutes + 1, offer.before + offer.minutes + offer.after)
    ]
    starts = [(midnight + timedelta(minutes=minute)).astimezone(UTC) for minute in minutes]
    return [Time(None, service, day, number, start) for number, start in enumerate(starts[: offer.per_day], 1)]


def apart(times: Sequence[Time], taken: Sequence[tuple[datetime, datetime]] = ()) -> Iterator[Time]:
    """Those of `times`, in this order, which overlap neither an earlier one nor a span of `taken`."""
    spans = list(taken)
    for time_ in times:
        begin, end = time_.occupies
        if all(end <= other_begin or begin >= other_end for other_begin, other_end in spans):
            spans.append((begin, end))
            yield time_


class Bookings:
    """Writes appointments with their events, and slots for times that have none."""

    def __init__(self, rows: Rows, customers: Sequence[Customer]) -> None:
        self.rows = rows
        self.random = rows.random
        self.customers = customers
        self.references: set[str] = set()
        self.booked: dict[UUID, int] = {}

    def reference(self) -> str:
        """One that nobody has yet."""
        while (reference := "".join(self.random.choices(REFERENCE_ALPHABET, k=10))) in self.references:
            pass
        self.references.add(reference)
        return reference

    def add(self, time_: Time, parties: Sequence[tuple[Customer, Sequence[Move]]]) -> list[UUID]:
        """Book `time_` for all parties. A time without a slot row gets one."""
        count = sum(moves[-1][0] in KEEPS_TIME for _, moves in parties)
        slot_id = time_.id or self._slot(time_, count)
        if time_.id and count:
            self.booked[slot_id] = count
        return [self._appointment(time_, slot_id, customer, moves) for customer, moves in parties]

    def _slot(self, time_: Time, count: int) -> UUID:
        begin, end = time_.occupies
        return self.rows.add(
            "slot",
            time_.start,
            service_id=time_.service.id,
            provider_id=time_.service.provider_id,
            slot_date=time_.slot_date,
            token=time_.token,
            start_time=time_.start,
            end_time=time_.end,
            occupies=f"[{begin.isoformat()},{end.isoformat()})",
            capacity=time_.service.offer.capacity,
            booked_count=count,
        )

    def _appointment(self, time_: Time, slot_id: UUID, customer: Customer, moves: Sequence[Move]) -> UUID:
        service = time_.service
        appointment = self.rows.add(
            "appointment",
            moves[0][1],
            slot_id=slot_id,
            service_id=service.id,
            provider_id=service.provider_id,
            customer_id=customer.user_id,
            customer_name=customer.name,
            customer_email=customer.email,
            customer_phone="",
            notes="",
            answers=self._answers(service.offer),
            reference=self.reference(),
            status=moves[-1][0],
            slot_date=time_.slot_date,
            start_time=time_.start,
            end_time=time_.end,
            token=f"{service.letter}{time_.token}",
            price_amount=service.offer.price,
            currency=service.currency,
            deposit_percent=service.offer.deposit,
            cancellation_policy=service.offer.policy,
            answer_by=time_.start if moves[0][0] == Status.PENDING else None,
            sequence=0,
            created_at=moves[0][1],
            updated_at=moves[-1][1],
        )
        before: Status | None = None
        for status, moment, by in moves:
            kind = "guest" if by == "customer" and customer.user_id is None else by
            self.rows.add(
                "appointment_event",
                moment,
                appointment_id=appointment,
                from_status=before,
                to_status=status,
                actor_kind=kind,
                actor_id={"customer": customer.user_id, "provider": service.owner_id}.get(kind),
                reason="",
                created_at=moment,
            )
            before = status
        return appointment

    def _answers(self, offer: Offer) -> dict[str, object]:
        return {
            question["id"]: {
                "label": question["label"],
                "value": self.random.choice(question.get("choices") or ANSWERS[question["id"]]),
            }
            for question in offer.questions
            if question.get("required")
        }


ANSWERS = {
    "advert": ["https://jobs.example/product-lead", "https://jobs.example/data-analyst"],
    "age": ["Four", "Six and a half", "Eight"],
    "history": ["Natural", "Box dye, dark brown", "Highlights last spring"],
    "reason": ["A cough that stays", "Headaches", "A letter for my employer", "Second opinion"],
    "topic": ["Integration by parts", "Vectors", "Probability trees"],
    "week": ["18", "24", "30"],
}
