"""What customers said afterwards, and the stars in figures. Hidden reviews are nowhere, and count nowhere."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString, TypeVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.reviews import CHANGE_FOR
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound
from appointly.queries.bookings import EITHER, LAST_INSTANT, rights
from appointly.queries.paging import Page, cursor_after, read_cursor

Which = Literal["all", "unanswered"]
PAGE = 10


@dataclass(frozen=True)
class Said:
    """A review and its answer. `customer` is the full name, None once the account is deleted: show `shown_name`."""

    id: UUID
    stars: int
    words: str
    customer: str | None
    title: str
    slug: str
    provider: str
    answer: str
    answered_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Received(Said):
    """The same for the business it is about: which appointment it was, and whether it is or can be reported."""

    reference: str
    start: datetime
    report: str | None
    reportable: bool


Shown = TypeVar("Shown", bound=Said)


@dataclass(frozen=True)
class Own:
    """The review of one appointment, for its people. `hidden` is one that an admin has taken down."""

    id: UUID
    stars: int
    words: str
    answer: str
    hidden: bool
    created_at: datetime


@dataclass(frozen=True)
class Spread:
    """How many gave how many stars. `average` is None where nobody has; words without an answer are `unanswered`."""

    average: float | None
    count: int
    fives: int
    fours: int
    threes: int
    twos: int
    ones: int
    unanswered: int


COUNTS: LiteralString = "review.hidden_at IS NULL"
# The stars of each row of `service`.
RATING: LiteralString = f"""
LATERAL (SELECT avg(stars)::float8 AS rating, count(*) AS reviews FROM review
         WHERE review.service_id = service.id AND {COUNTS}) AS said
"""
# And those of each row of `provider`, whatever became of the service.
PROVIDER_RATING: LiteralString = f"""
LATERAL (SELECT avg(stars)::float8 AS rating, count(*) AS reviews FROM review JOIN service ON service.id = service_id
         WHERE service.provider_id = provider.id AND {COUNTS}) AS said
"""
COLUMNS: LiteralString = """
review.id, stars, review.words, CASE WHEN writer.deleted_at IS NULL THEN customer_name END AS customer, title,
service.slug, business_name AS provider, answer, answered_at, review.created_at
"""
SOURCES: LiteralString = """
FROM review JOIN appointment ON appointment.id = appointment_id JOIN service ON service.id = review.service_id
JOIN provider ON provider.id = service.provider_id LEFT JOIN "user" AS writer ON writer.id = customer_id
"""
REVIEW: LiteralString = f"SELECT {COLUMNS} {SOURCES}"
NEWEST: LiteralString = """
(review.created_at, review.id) < (%(after)s, %(after_id)s) ORDER BY review.created_at DESC, review.id DESC
LIMIT %(limit)s
"""
OF_SERVICE: LiteralString = f"{REVIEW} WHERE {COUNTS} AND review.service_id = %(service_id)s AND {NEWEST}"
WORDS_OF_SERVICE: LiteralString = (
    f"{REVIEW} WHERE {COUNTS} AND review.service_id = %(service_id)s AND review.words <> '' AND {NEWEST}"
)
WORDS_OF_PROVIDER: LiteralString = (
    f"{REVIEW} WHERE {COUNTS} AND service.provider_id = %(provider_id)s AND review.words <> '' AND NOT unlisted"
    f" AND {NEWEST}"
)
RECEIVED: LiteralString = f"""
SELECT {COLUMNS}, reference, start_time AS start,
       (SELECT status FROM flag WHERE flag.review_id = review.id ORDER BY flag.id DESC LIMIT 1) AS report,
       NOT EXISTS (SELECT FROM flag WHERE flag.review_id = review.id
                   AND (flag.status = 'open' OR decided_at >= review.created_at + %(changeable)s)) AS reportable
{SOURCES}
WHERE {COUNTS} AND service.provider_id = %(provider_id)s
  AND (NOT %(unanswered)s OR review.words <> '' AND answer = '') AND {NEWEST}
"""
BEST: LiteralString = f"""
SELECT * FROM (
    SELECT DISTINCT ON (title) * FROM (
        {REVIEW} WHERE {COUNTS} AND stars = 5 AND length(review.words) BETWEEN 40 AND 160 AND NOT unlisted
            AND suspended_at IS NULL
        ORDER BY review.created_at DESC LIMIT 60
    ) AS latest
) AS one_each ORDER BY created_at DESC LIMIT %(count)s
"""
SPREAD: LiteralString = f"""
SELECT avg(stars)::float8 AS average, count(*) AS count,
       count(*) FILTER (WHERE stars = 5) AS fives, count(*) FILTER (WHERE stars = 4) AS fours,
       count(*) FILTER (WHERE stars = 3) AS threes, count(*) FILTER (WHERE stars = 2) AS twos,
       count(*) FILTER (WHERE stars = 1) AS ones, count(*) FILTER (WHERE words <> '' AND answer = '') AS unanswered
FROM review JOIN service ON service.id = service_id WHERE {COUNTS} AND
"""
SPREAD_OF_SERVICE: LiteralString = f"{SPREAD} service.id = %(service_id)s"
SPREAD_OF_PROVIDER: LiteralString = f"{SPREAD} service.provider_id = %(provider_id)s"
OWN: LiteralString = f"""
SELECT review.id, stars, words, answer, review.hidden_at IS NOT NULL AS hidden, review.created_at
FROM review JOIN appointment ON appointment.id = appointment_id
WHERE appointment_id = %(appointment_id)s AND {EITHER}
"""


async def reviews_of_service(
    session: AsyncSession, service_id: UUID, *, limit: int = PAGE, cursor: str | None = None, silent: bool = False
) -> Page[Said]:
    """What was said about a service, the newest first; with `silent` also stars without words.

    Raises `ValidationFailed` for a cursor that is none.
    """
    query = OF_SERVICE if silent else WORDS_OF_SERVICE
    return await _page(session, Said, query, limit, cursor, service_id=service_id)


async def reviews_of_provider(
    session: AsyncSession, provider_id: UUID, *, limit: int = PAGE, cursor: str | None = None
) -> Page[Said]:
    """What was said about all listed services of a provider, the newest first. Raises `ValidationFailed`."""
    return await _page(session, Said, WORDS_OF_PROVIDER, limit, cursor, provider_id=provider_id)


async def received_reviews(
    session: AsyncSession,
    actor: Actor,
    provider_id: UUID,
    *,
    which: Which = "all",
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[Received]:
    """Every review of a business for its owner, the newest first. Raises `Forbidden` and `ValidationFailed`."""
    require(actor, "review.list", Whose(provider_id=provider_id))
    values = {"provider_id": provider_id, "unanswered": which == "unanswered", "changeable": CHANGE_FOR}
    return await _page(session, Received, RECEIVED, limit, cursor, **values)


async def best_reviews(session: AsyncSession, count: int) -> list[Said]:
    """Recent reviews with five stars, each of another service."""
    return await select(session, Said, BEST, count=count)


async def spread_of_service(session: AsyncSession, service_id: UUID) -> Spread:
    """The stars of one service."""
    [found] = await select(session, Spread, SPREAD_OF_SERVICE, service_id=service_id)
    return found


async def spread_of_provider(session: AsyncSession, provider_id: UUID) -> Spread:
    """The stars of all services of a provider."""
    [found] = await select(session, Spread, SPREAD_OF_PROVIDER, provider_id=provider_id)
    return found


async def review_of(session: AsyncSession, actor: Actor, appointment_id: UUID) -> Own | None:
    """The review of an appointment, for its customer, its provider or an admin; None where there is none."""
    found = await select(session, Own, OWN, appointment_id=appointment_id, **rights(actor))
    return found[0] if found else None


@dataclass(frozen=True)
class Target:
    """A review that can be seen, with whose it is."""

    id: UUID
    appointment_id: UUID
    provider_id: UUID
    customer_id: UUID | None


TARGET: LiteralString = f"""
SELECT review.id, appointment_id, appointment.provider_id, customer_id
FROM review JOIN appointment ON appointment.id = appointment_id
WHERE review.id = %(id)s AND {COUNTS} AND appointment.provider_id = %(provider_id)s
"""


async def review_received(session: AsyncSession, actor: Actor, review_id: UUID) -> Target:
    """A review of the actor's business. Raises `NotFound` for others', hidden and unknown ones."""
    found = await select(session, Target, TARGET, id=review_id, provider_id=actor.provider_id)
    if not found:
        raise NotFound("We could not find this review. Its customer may have deleted it.")
    return found[0]


async def _page(
    session: AsyncSession, row: type[Shown], query: LiteralString, limit: int, cursor: str | None, **values: object
) -> Page[Shown]:
    after, after_id = read_cursor(cursor) if cursor else (LAST_INSTANT, UUID(int=0))
    found = await select(session, row, query, after=after, after_id=after_id, limit=limit + 1, **values)
    items = found[:limit]
    return Page(items, cursor_after(items[-1].created_at, items[-1].id) if len(found) > limit else None)
