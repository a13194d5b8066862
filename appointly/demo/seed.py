"""Makes the demo: people, businesses, three months of history, a day under way."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.demo.bookings import Bookable, Bookings, Customer, Shop, ranges_of
from appointly.demo.catalogue import Business, Category, Offer, catalogue
from appointly.demo.moves import a_wish
from appointly.demo.people import address, names
from appointly.demo.places import CITIES, OPEN_TODAY, studio
from appointly.demo.queue import todays_line
from appointly.demo.rows import Rows
from appointly.demo.schedule import demo_day, history, upcoming
from appointly.demo.waiting import some_wait
from appointly.domain.slug import slug
from appointly.errors import DatabaseNotEmpty
from appointly.models.service import LOCATIONS
from appointly.operations.refresh_listings import refresh_listings
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.passwords import hash_password
from appointly.queries.availability import IS_FREE

PASSWORD = "appointly-demo"  # noqa: S105 (printed on the login page of every demo)
MARK = "demo_data_made"
CUSTOMERS = 30
TRAVELS_KM = 15
LETTERS = "ABCDEF"
VARIANTS = 3
SEED = 20_091

# Today's early bookings were there before the rest of the day was made: its tokens are given anew, in order of time.
IN_ORDER = """
UPDATE slot SET token = numbered.place
FROM (
    SELECT id, row_number() OVER (PARTITION BY service_id, slot_date ORDER BY start_time) AS place FROM slot
) AS numbered
WHERE numbered.id = slot.id AND slot.token <> numbered.place
"""
# The customers of the latest no-shows say that they came; of the older ones an admin has decided. The demo's customer
# has yet to say so.
DISPUTES = """
INSERT INTO flag (kind, appointment_id, raised_by, reason, status, decision, decided_by, decided_at, created_at)
SELECT 'no_show', missed.id, customer_id,
       (ARRAY['I was there ten minutes early. The door was locked and nobody answered.', 'I came and paid in cash.',
              'I had called in the morning to say that I am late.'])[1 + place %% 3],
       CASE WHEN place <= 2 THEN 'open' ELSE 'dismissed' END,
       CASE WHEN place <= 2 THEN '' ELSE 'The provider waited for half an hour.' END,
       CASE WHEN place > 2 THEN admin.id END, CASE WHEN place > 2 THEN end_time + interval '2 days' END,
       least(end_time + interval '3 hours', %(now)s)
FROM (SELECT *, row_number() OVER (ORDER BY start_time DESC, id) AS place FROM appointment
      WHERE status = 'no_show' AND customer_id IS NOT NULL AND customer_email <> 'customer@demo.test'
        AND end_time < %(now)s - interval '3 days') AS missed,
     "user" AS admin
WHERE place <= 4 AND admin.role = 'admin'
"""
AS_BOOKED = """
UPDATE appointment SET token = service.letter || slot.token FROM slot, service
WHERE slot.id = appointment.slot_id AND service.id = slot.service_id
  AND appointment.token <> service.letter || slot.token
"""
# A booking the demo's customer has begun and not made; its time is not kept any more.
BEGUN: LiteralString = f"""
INSERT INTO booking_draft (service_id, user_id, slot_id, customer_name, customer_email, customer_phone, notes,
    updated_at, created_at)
SELECT slot.service_id, customer.id, slot.id, customer.name, customer.email, '', 'My shoulders, mostly.',
    %(now)s - interval '50 minutes', %(now)s - interval '1 hour'
FROM (SELECT id, name, email FROM "user" WHERE email = 'customer@demo.test') AS customer, slot
JOIN service ON service.id = slot.service_id JOIN provider ON provider.id = slot.provider_id
WHERE service.category = 'massage' AND status = 'active'
  AND slot.start_time > %(now)s + interval '5 days' AND {IS_FREE}
ORDER BY slot.start_time, service.slug LIMIT 1
"""  # noqa: S608


async def seed(session: AsyncSession, now: datetime) -> None:
    """Make the demo data on an empty database, relative to `now`. Raises `DatabaseNotEmpty`.

    The same `now` gives the same data. Everybody's address ends in @demo.test.
    """
    if not await is_empty(session):
        raise DatabaseNotEmpty
    rows = Rows(Random(SEED))  # noqa: S311 (no secret hangs on it)
    founded = now - timedelta(days=400)
    known = await hash_password(PASSWORD)
    demo_customer, customers = _people(rows, founded, known)
    shops = [
        _shop(rows, category, business.at_place(studio(now)) if business.demo else business, number, founded, known)
        for category in catalogue()
        for number, business in enumerate(category.provider)
    ]
    for number, shop in enumerate(shops):
        _exceptions(rows, shop, number, now)
    bookings = Bookings(rows, customers)
    history(bookings, shops, demo_customer, now)
    demo_day(bookings, next(shop for shop in shops if shop.business.demo), now)
    rows.add("audit_entry", now, action=MARK, object_kind="database", detail={}, created_at=now)
    await rows.write(session)
    await regenerate_slots(session, now=now)
    await execute(session, "ANALYZE")  # the triggers on bookings below would plan for empty tables
    await upcoming(session, bookings, shops, demo_customer, now)
    await execute(session, IN_ORDER)
    await execute(session, AS_BOOKED)
    await todays_line(session, now)
    await some_wait(session, now)
    await a_wish(session, now)
    await execute(session, DISPUTES, now=now)
    await execute(session, BEGUN, now=now)
    await refresh_listings(session, now)
    await execute(session, "ANALYZE")


async def recreate(session: AsyncSession, now: datetime) -> None:
    """Throw the demo data away and make it anew; also makes it on an empty database.

    Raises `DatabaseNotEmpty` where anything but the demo is found: no mark, or an account from elsewhere.
    """
    accounts = await _accounts(session)
    if accounts.everyone:
        if accounts.foreign or not accounts.marked:
            raise DatabaseNotEmpty
        tables = ", ".join(f'"{table}"' for table in SQLModel.metadata.tables)
        await execute(session, f"TRUNCATE {tables} CASCADE")
    await seed(session, now)


async def is_empty(session: AsyncSession) -> bool:
    """Whether nobody has an account here; nothing else can exist before that."""
    return (await _accounts(session)).everyone == 0


@dataclass(frozen=True)
class _Accounts:
    everyone: int
    foreign: int
    marked: bool


async def _accounts(session: AsyncSession) -> _Accounts:
    [found] = await select(
        session,
        _Accounts,
        """
        SELECT count(*) AS everyone, count(*) FILTER (WHERE email NOT LIKE '%%@demo.test') AS foreign,
               EXISTS (SELECT FROM audit_entry WHERE action = %(mark)s) AS marked
        FROM "user"
        """,
        mark=MARK,
    )
    return found


def _people(rows: Rows, founded: datetime, known: str) -> tuple[Customer, list[Customer]]:
    """The admin, the demo customer and everybody else who books; every third of them as a guest."""
    _user(rows, founded, "Ada Okonkwo", "admin", known, "admin@demo.test")
    own_id = _user(rows, founded, "Jonas Berg", "customer", known, "customer@demo.test")
    customers = [
        Customer(name, address(name), _user(rows, founded, name, "customer", None) if number % 3 else None)
        for number, name in enumerate(names(rows.random, CUSTOMERS))
    ]
    return Customer("Jonas Berg", "customer@demo.test", own_id), customers


def _user(rows: Rows, founded: datetime, name: str, role: str, known: str | None, email: str = "") -> UUID:
    created = founded + timedelta(hours=rows.random.randint(0, 6000))
    return rows.add(
        "user", created, email=email or address(name), name=name, role=role, password_hash=known, created_at=created,
        email_verified_at=created,
    )  # fmt: skip


def _shop(rows: Rows, category: Category, business: Business, number: int, founded: datetime, known: str) -> Shop:
    zone, currency = CITIES[business.city]
    if business.demo:
        owner = _user(rows, founded, business.owner, "provider", known, "provider@demo.test")
    else:
        owner = _user(rows, founded, business.owner, "provider", None)
    latitude, longitude = business.at
    offered = {offer.location for offer in business.service}
    places = [place for place in LOCATIONS if place in offered]
    provider = rows.add(
        "provider",
        founded,
        user_id=owner,
        slug=slug(business.business),
        business_name=business.business,
        headline=business.headline,
        about=business.about,
        category=category.slug,
        city=business.city,
        address=business.address,
        latitude=latitude,
        longitude=longitude,
        time_zone=zone,
        currency=currency,
        phone=business.phone,
        languages=business.languages,
        places=places,
        travel_radius_km=TRAVELS_KM if "customer" in places else None,
        links=[f"https://{slug(business.business)}.example"],
        onboarded_at=founded,
        picture=f"/pictures/{category.slug}-{number % VARIANTS + 1}.svg",
        created_at=founded,
    )
    shop = Shop(provider, owner, business, ZoneInfo(zone))
    for weekday in range(1, 8):
        for opens, closes in ranges_of(shop, date(2024, 1, weekday)):  # 1 January 2024 was a Monday
            rows.add(
                "working_hours",
                founded,
                provider_id=provider,
                weekday=weekday,
                opens_minute=opens,
                closes_minute=closes,
            )
    for letter, offer in zip(LETTERS, business.service, strict=False):
        variant = (number + LETTERS.index(letter)) % VARIANTS + 1
        picture = f"/pictures/{category.slug}-{variant}.svg"
        shop.services.append(_service(rows, shop, category, letter, offer, picture, founded))
    return shop


def _service(
    rows: Rows,
    shop: Shop,
    category: Category,
    letter: str,
    offer: Offer,
    picture: str,
    founded: datetime,
) -> Bookable:
    currency = CITIES[shop.business.city][1]
    service = rows.add(
        "service",
        founded,
        provider_id=shop.id,
        slug=slug(f"{offer.title} {shop.business.business}"),
        letter=letter,
        title=offer.title,
        description=offer.description,
        category=category.slug,
        tags=offer.tags,
        price_amount=offer.price,
        currency=currency,
        duration_minutes=offer.minutes,
        buffer_before_minutes=offer.before,
        buffer_after_minutes=offer.after,
        max_appointments_per_day=offer.per_day,
        spread=offer.spread,
        capacity=offer.capacity,
        min_notice_minutes=offer.notice,
        horizon_days=30,
        approval=offer.approval,
        reschedule=offer.reschedule,
        location=offer.location,
        deposit_percent=offer.deposit,
        cancellation_policy=offer.policy,
        questions=offer.questions,
        picture=picture,
        unlisted=False,
        status="active",
        created_at=founded,
    )
    words = rows.random.sample(category.words, len(category.words))
    return Bookable(service, shop.id, shop.owner_id, letter, offer, currency, words)


def _exceptions(rows: Rows, shop: Shop, number: int, now: datetime) -> None:
    """Days and hours that differ from the usual week: a day off, a long Saturday, time kept free."""
    today = now.astimezone(shop.zone).date()
    day_off = today + timedelta(days=9 + number % 11)
    rows.add(
        "date_override", now, provider_id=shop.id, local_date=day_off, opens_minute=None, closes_minute=None,
        reason="Day off",
    )  # fmt: skip
    if shop.business.demo:
        opens, closes = OPEN_TODAY
        rows.add(
            "date_override", now, provider_id=shop.id, local_date=today, opens_minute=opens, closes_minute=closes,
            reason="Open all day",
        )  # fmt: skip
    elif number % 3 == 0:
        saturday = today + timedelta(days=(5 - today.weekday()) % 7 + 21)
        rows.add(
            "date_override", now, provider_id=shop.id, local_date=saturday, opens_minute=600, closes_minute=1020,
            reason="Open Saturday",
        )  # fmt: skip
    start = datetime.combine(today + timedelta(days=2 + number % 5), time(11), shop.zone)
    rows.add(
        "blocked_time", now, provider_id=shop.id, start_time=start, end_time=start + timedelta(minutes=90),
        reason=("Delivery", "Team meeting", "Dentist", "School play")[number % 4],
    )  # fmt: skip
