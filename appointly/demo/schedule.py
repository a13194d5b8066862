"""Who came, who did not, who is expected: the demo's bookings relative to now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.demo.bookings import Bookable, Bookings, Customer, Move, Shop, Time, apart, grid, ranges_of
from appointly.demo.places import OPEN_TODAY
from appointly.domain.lifecycle import Status

HISTORY_DAYS = 92
AHEAD_DAYS = 20
MISSED_DAYS_AGO = 4  # or the next open day: the demo customer can still say that this no-show is none
ANSWERS = {
    5: "Thank you, that makes our day. See you next time!",
    4: "Thank you for coming, and for the kind words. Tell us next time what would make it five.",
    3: "Thank you for being frank. We have talked about it in the team, and hope to do better next time.",
    2: "We are sorry. Please write to us, so that we can put it right.",
    1: "We are sorry. Please write to us, so that we can put it right.",
}


def history(bookings: Bookings, shops: Sequence[Shop], demo_customer: Customer, now: datetime) -> None:
    """Three months of bookings that have run their course, with what customers said about them."""
    random = bookings.random
    visits = _visits(bookings, shops, demo_customer, now)
    missed = False
    for shop in shops:
        today = now.astimezone(shop.zone).date()
        first = 1 if shop.business.demo else 0  # the demo provider's today is written apart
        for age in range(HISTORY_DAYS, first - 1, -1):
            day = today - timedelta(days=age)
            ranges = [] if (shop.id, day) in visits else ranges_of(shop, day)
            times = [time_ for service in shop.services for time_ in grid(service, shop.zone, day, ranges)]
            times = [time_ for time_ in times if time_.occupies[1] < now - timedelta(hours=1)]
            random.shuffle(times)
            wanted = random.randint(3, 6) if shop.business.demo else random.randint(0, 3)
            chosen = list(apart(times))[:wanted]
            if shop.business.demo and age <= MISSED_DAYS_AGO and chosen and not missed:
                missed, time_ = True, chosen.pop()
                bookings.add(time_, [(demo_customer, _moves(bookings, time_, Status.NO_SHOW))])
            for time_ in chosen:
                _finished(bookings, time_, now)
    _report(bookings, next(shop for shop in shops if shop.business.demo), now)


def _finished(
    bookings: Bookings, time_: Time, now: datetime, customers: Sequence[Customer] = (), *, silent: bool = False
) -> None:
    """One past time, booked by one party or by a class, sometimes reviewed; `silent`: not yet."""
    random = bookings.random
    capacity = time_.service.offer.capacity
    size = 1 if capacity == 1 else random.randint(capacity // 3 + 1, capacity)
    people = customers or random.sample(bookings.customers, size)
    parties = []
    for customer in people:
        end = random.choices([Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW], [88, 8, 4])[0]
        parties.append((customer, _moves(bookings, time_, end if not customers else Status.COMPLETED)))
    for appointment, (_, moves) in zip(bookings.add(time_, parties), parties, strict=True):
        if moves[-1][0] == Status.COMPLETED and (customers or random.random() < 0.3) and not silent:
            _review(bookings, time_, appointment, now)


def _moves(bookings: Bookings, time_: Time, end: Status) -> list[Move]:
    """How a booking of a past time came to its end."""
    random = bookings.random
    booked = time_.start - timedelta(minutes=random.randint(26 * 60, 12 * 24 * 60))
    moves: list[Move] = [(Status.CONFIRMED, booked, "customer")]
    if time_.service.offer.approval == "manual":
        moves = [(Status.PENDING, booked, "customer"), (Status.CONFIRMED, booked + timedelta(minutes=95), "provider")]
    if end == Status.CANCELLED:
        return [*moves, (end, time_.start - timedelta(hours=random.randint(3, 20)), "customer")]
    return [*moves, (end, time_.end, "provider")]


def _review(bookings: Bookings, time_: Time, appointment: UUID, now: datetime) -> None:
    """What was said afterwards. Each sentence is used once a service; later reviews are stars alone."""
    words = time_.service.words
    stars, sentence = words.pop() if words else (bookings.random.choices([5, 4, 3], [70, 25, 5])[0], "")
    said = min(time_.end + timedelta(hours=bookings.random.randint(1, 50)), now)
    answer = ANSWERS[stars] if len(sentence) % 3 else ""
    bookings.rows.add(
        "review", said, appointment_id=appointment, service_id=time_.service.id, stars=stars, words=sentence,
        answer=answer, answered_at=min(said + timedelta(hours=20), now) if answer else None, created_at=said,
    )  # fmt: skip


def _report(bookings: Bookings, shop: Shop, now: datetime) -> None:
    """The demo provider has asked our team to look at the harshest review."""
    own = {service.id for service in shop.services}
    written = [row for row in bookings.rows.tables["review"] if row["service_id"] in own and row["words"]]
    harshest = min(written, key=lambda row: row["stars"])
    bookings.rows.add(
        "flag", now, kind="review", appointment_id=harshest["appointment_id"], review_id=harshest["id"],
        raised_by=shop.owner_id, reason="This must be about another business: we do not offer what it describes.",
        status="open", decision="", created_at=now - timedelta(hours=3),
    )  # fmt: skip


def _visits(
    bookings: Bookings, shops: Sequence[Shop], demo_customer: Customer, now: datetime
) -> set[tuple[UUID, date]]:
    """The demo customer's own past: a visit every ten days or so, each at another provider on a free date."""
    visits = set()
    for number, shop in enumerate(shops[1::3]):
        day = now.astimezone(shop.zone).date() - timedelta(days=5 + 9 * number)
        while not ranges_of(shop, day):
            day -= timedelta(days=1)
        service = next(service for service in shop.services if service.offer.capacity == 1)
        _finished(
            bookings, grid(service, shop.zone, day, ranges_of(shop, day))[2], now, [demo_customer], silent=not number
        )
        visits.add((shop.id, day))
    return visits


def demo_day(bookings: Bookings, shop: Shop, now: datetime) -> None:
    """The demo provider's day up to now: some customers have left, one is in the chair."""
    today = now.astimezone(shop.zone).date()
    times = grid(shop.services[0], shop.zone, today, [OPEN_TODAY])
    current = next(number for number, time_ in enumerate(times) if time_.start <= now < time_.end)
    people = bookings.random.sample(bookings.customers, 5)
    for back, customer in zip((0, 1, 2, 4, 5), people, strict=True):
        if back <= current:
            time_ = times[current - back]
            moves = _moves(bookings, time_, Status.NO_SHOW if back == 4 else Status.COMPLETED)
            bookings.add(time_, [(customer, moves if back else moves[:-1])])


async def upcoming(
    session: AsyncSession, bookings: Bookings, shops: Sequence[Shop], demo_customer: Customer, now: datetime
) -> None:
    """Bookings of times to come: fuller in the next days than later."""
    free = await _free_times(session, shops, now)
    random = bookings.random
    demo_shop = next(shop for shop in shops if shop.business.demo)
    mine = shops[2::8]
    for shop in shops:
        today = now.astimezone(shop.zone).date()
        times = free[shop.id]
        taken: list[Time] = []
        if shop is demo_shop:
            taken += _rest_of_today(bookings, shop, times, now)
            taken += _requests(bookings, shop, times, now)
            taken += _to_move(bookings, shop, times, demo_customer, now)
            taken += _classes(bookings, shop, times, taken, now)
        if shop in mine:
            taken += _own(bookings, shop, times, demo_customer, now)
        random.shuffle(times)
        for time_ in apart(times, [time_.occupies for time_ in taken]):
            days = (time_.slot_date - today).days
            if random.random() < max(0.02, 0.35 - 0.03 * days) and not (shop is demo_shop and days == 0):
                capacity = time_.service.offer.capacity
                size = 1 if capacity == 1 else random.randint(1, capacity)
                people = random.sample(bookings.customers, size)
                bookings.add(time_, [(customer, _made(bookings, time_, now)) for customer in people])
    await bookings.rows.write(session)
    await execute(
        session,
        "UPDATE slot SET booked_count = booked.count FROM unnest(%(ids)s::uuid[], %(counts)s::int[]) booked (id, count)"
        " WHERE slot.id = booked.id",
        ids=list(bookings.booked),
        counts=list(bookings.booked.values()),
    )


def _made(bookings: Bookings, time_: Time, now: datetime, confirmed: bool = True) -> list[Move]:
    """How a booking of a time to come stands now."""
    booked = now - timedelta(minutes=bookings.random.randint(150, 9 * 24 * 60))
    if time_.service.offer.approval == "instant":
        return [(Status.CONFIRMED, booked, "customer")]
    answered: list[Move] = [(Status.CONFIRMED, booked + timedelta(minutes=95), "provider")]
    return [(Status.PENDING, booked, "customer"), *(answered if confirmed else [])]


def _rest_of_today(bookings: Bookings, shop: Shop, times: list[Time], now: datetime) -> list[Time]:
    """The demo provider's next customers of today."""
    today = now.astimezone(shop.zone).date()
    left = [time_ for time_ in times if time_.service is shop.services[0] and time_.slot_date == today]
    chosen = [time_ for place, time_ in enumerate(left) if place in (0, 1, 3)]
    for time_, customer in zip(chosen, bookings.random.sample(bookings.customers, len(chosen)), strict=True):
        bookings.add(time_, [(customer, _made(bookings, time_, now))])
    return chosen


def _requests(bookings: Bookings, shop: Shop, times: list[Time], now: datetime) -> list[Time]:
    """Two requests that wait for the demo provider's answer, on different days."""
    today = now.astimezone(shop.zone).date()
    by_hand = {time_.slot_date: time_ for time_ in times if time_.service.offer.approval == "manual"}
    chosen = [by_hand[day] for day in sorted(by_hand) if day > today][:2]
    for time_, customer in zip(chosen, bookings.random.sample(bookings.customers, 2), strict=True):
        bookings.add(time_, [(customer, _made(bookings, time_, now, confirmed=False))])
    return chosen


def _classes(bookings: Bookings, shop: Shop, times: list[Time], taken: Sequence[Time], now: datetime) -> list[Time]:
    """The demo provider's next classes: somebody has just cancelled in the first, the second is full."""
    today = now.astimezone(shop.zone).date()
    lessons = [time_ for time_ in times if time_.service.offer.capacity > 1 and time_.slot_date > today]
    chosen = list(apart(lessons, [time_.occupies for time_ in taken]))[:2]
    for number, time_ in enumerate(chosen):
        people = bookings.random.sample(bookings.customers, time_.service.offer.capacity)
        parties = [(customer, _made(bookings, time_, now)) for customer in people]
        if number == 0:
            parties[-1][1].append((Status.CANCELLED, now - timedelta(minutes=1), "customer"))
        bookings.add(time_, parties)
    return chosen


def _own(bookings: Bookings, shop: Shop, times: list[Time], demo_customer: Customer, now: datetime) -> list[Time]:
    """A time the demo customer has booked with this provider, a day or more from now."""
    chosen = [time_ for time_ in times if time_.start > now + timedelta(hours=30)][:1]
    for time_ in chosen:
        bookings.add(time_, [(demo_customer, _made(bookings, time_, now))])
    return chosen


def _to_move(bookings: Bookings, shop: Shop, times: list[Time], demo_customer: Customer, now: datetime) -> list[Time]:
    """The demo customer's time at the demo provider, for which they would rather have another."""
    today = now.astimezone(shop.zone).date()
    days = [time_ for time_ in times if time_.service is shop.services[0] and (time_.slot_date - today).days >= 6]
    bookings.add(days[2], [(demo_customer, _made(bookings, days[2], now))])
    return [days[2]]


@dataclass(frozen=True)
class _Free:
    """A free slot as the database has it."""

    id: UUID
    service_id: UUID
    slot_date: date
    token: int
    start_time: datetime


async def _free_times(session: AsyncSession, shops: Sequence[Shop], now: datetime) -> dict[UUID, list[Time]]:
    services: dict[UUID, Bookable] = {service.id: service for shop in shops for service in shop.services}
    found = await select(
        session,
        _Free,
        """
        SELECT id, service_id, slot_date, token, start_time FROM slot
        WHERE start_time > %(now)s AND start_time < %(until)s AND booked_count = 0
          AND NOT EXISTS (
            SELECT FROM blocked_time
            WHERE blocked_time.provider_id = slot.provider_id
              AND tstzrange(blocked_time.start_time, blocked_time.end_time) && slot.occupies
          )
        ORDER BY start_time, id
        """,
        now=now,
        until=now + timedelta(days=AHEAD_DAYS),
    )
    times: dict[UUID, list[Time]] = defaultdict(list)
    for row in found:
        service = services[row.service_id]
        times[service.provider_id].append(Time(row.id, service, row.slot_date, row.token, row.start_time))
    return times
