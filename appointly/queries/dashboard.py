"""The figures of a provider's dashboard."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.errors import NotFound
from appointly.queries.hours import Blocked

ABOUT = """
SELECT id, slug, business_name, time_zone, currency FROM provider WHERE id = %(provider_id)s"""

FIGURES = """
SELECT
  count(*) FILTER (WHERE today AND keeps) AS today,
  count(*) FILTER (WHERE today AND keeps AND end_time > %(now)s) AS today_left,
  count(*) FILTER (WHERE status = 'pending' AND start_time > %(now)s) AS requests,
  count(*) FILTER (WHERE keeps AND start_time BETWEEN %(now)s AND %(week)s) AS next_week,
  count(*) FILTER (WHERE created_at >= %(week_ago)s AND keeps) AS new_bookings,
  coalesce(sum(price_amount) FILTER (WHERE status = 'completed' AND start_time >= %(month)s), 0)::bigint AS earned,
  coalesce(sum(price_amount) FILTER (WHERE status = 'completed' AND start_time < %(month)s), 0)::bigint AS earned_before
FROM (
  SELECT status, start_time, end_time, price_amount, created_at, slot_date = %(today)s AS today,
    status NOT IN ('declined', 'cancelled', 'expired') AS keeps
  FROM appointment WHERE provider_id = %(provider_id)s AND start_time >= %(two_months)s
) AS recent"""

HOURS = """
SELECT opens_minute AS opens, closes_minute AS closes FROM date_override
WHERE provider_id = %(provider_id)s AND local_date = %(today)s AND opens_minute IS NOT NULL
UNION ALL
SELECT opens_minute, closes_minute FROM working_hours
WHERE provider_id = %(provider_id)s AND weekday = %(weekday)s AND NOT EXISTS (
  SELECT FROM date_override WHERE provider_id = %(provider_id)s AND local_date = %(today)s)
ORDER BY 1"""

BLOCKED = """
SELECT id, start_time AS start, end_time AS "end", reason, series_id FROM blocked_time
WHERE provider_id = %(provider_id)s AND tstzrange(start_time, end_time) && tstzrange(%(begins)s, %(ends)s) ORDER BY 2"""


@dataclass(frozen=True)
class Business:
    """The provider whose dashboard it is."""

    id: UUID
    slug: str
    business_name: str
    time_zone: str
    currency: str


@dataclass(frozen=True)
class Hours:
    """An opening of the day, in minutes after the local midnight; `closes` passes 1440 after midnight."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Figures:
    """What the provider's day and month come to.

    `today` counts the appointments of the local date, `today_left` those not yet over, `requests` those to answer,
    `next_week` those of the coming seven days, `new_bookings` those made in the last seven. `earned` is in minor units:
    appointments completed in the last 30 days, `earned_before` in the 30 before.
    """

    today: int
    today_left: int
    requests: int
    next_week: int
    new_bookings: int
    earned: int
    earned_before: int


async def business(session: AsyncSession, provider_id: UUID | None) -> Business:
    """Who the provider is. Raises `NotFound` for an account without a business."""
    found = await select(session, Business, ABOUT, provider_id=provider_id)
    if not found:
        raise NotFound("This account has no business yet.")
    return found[0]


async def figures(session: AsyncSession, shop: Business, now: datetime) -> Figures:
    """The figures of one provider. Whoever calls has checked that the actor is this provider."""
    [row] = await select(
        session,
        Figures,
        FIGURES,
        provider_id=shop.id,
        now=now,
        today=now.astimezone(ZoneInfo(shop.time_zone)).date(),
        week=now + timedelta(days=7),
        week_ago=now - timedelta(days=7),
        month=now - timedelta(days=30),
        two_months=now - timedelta(days=60),
    )
    return row


async def day_frame(session: AsyncSession, shop: Business, now: datetime) -> tuple[list[Hours], list[Blocked]]:
    """When the provider works on the local date of `now`, and what is blocked on it."""
    zone = ZoneInfo(shop.time_zone)
    today = now.astimezone(zone).date()
    values = {
        "provider_id": shop.id,
        "today": today,
        "weekday": today.isoweekday(),
        "begins": datetime.combine(today, time(), zone),
        "ends": datetime.combine(today + timedelta(days=1), time(), zone),
    }
    return await select(session, Hours, HOURS, **values), await select(session, Blocked, BLOCKED, **values)
