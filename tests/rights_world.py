"""People of every kind and things of every kind, for the matrix of rights; and the database put back as it was."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import psycopg
from psycopg import sql

from appointly.clock import now
from appointly.database import transaction
from appointly.database.statement import execute
from appointly.domain.actor import GUEST, Actor
from appointly.domain.lifecycle import Status
from appointly.domain.rights import SCOPES
from appointly.encrypted import encrypt
from appointly.models import (
    ApiToken,
    BlockedTime,
    ExternalCalendar,
    Flag,
    Identity,
    Job,
    LoginSession,
    Picture,
    Review,
    WaitlistEntry,
)
from appointly.operations.api_tokens import NewToken, make_api_token
from appointly.operations.book_appointment import book_appointment
from appointly.operations.reschedule import reschedule
from appointly.visitor import BOOKINGS_COOKIE, remember_bookings
from tests.making import asking, customer, make_provider, make_service, make_slots, make_user, owner_of
from tests.people import signed_in

SECRET_NAME = "Zebulon Quartermain"  # stands in every booking and nowhere else
DISABLE = 'UPDATE "user" SET disabled_at = now()'
STATUSES = [*Status, "begun"]


@dataclass(frozen=True)
class Somebody:
    """One actor: what the doors find, and what they come with. `scopes` is None for people."""

    name: str
    actor: Actor
    headers: dict[str, str] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    refused_bearer: bool = False

    @property
    def cookie(self) -> str:
        """For a browser's socket."""
        return self.headers.get("cookie", "")


@dataclass(frozen=True)
class World:
    """All of it. `bookings` by status ("begun" is confirmed and has started), `references` by the same."""

    people: list[Somebody]
    owner: Actor
    ada: Actor
    bookings: dict[str, UUID]
    references: dict[str, str]
    services: dict[str, UUID]
    slot: UUID
    blocked: UUID
    calendar: UUID
    picture: UUID
    review: UUID
    job: UUID
    session: UUID
    token: UUID
    identity: UUID
    place: UUID
    flag: UUID
    report: UUID
    wish: UUID


async def make_world() -> World:
    """Made through the real operations where they exist."""
    at = now()
    async with transaction() as session:
        mine, other = await make_provider(session, "Mine", "UTC"), await make_provider(session, "Other", "UTC")
        users = [await make_user(session, "Ada Owner"), await make_user(session, "Bob Other")]
        ada, bob = map(customer, users)
        newcomer = await make_user(session, "No Business", "provider")
        root = await make_user(session, "Root", "admin")
        disabled = await make_user(session, "Dis Abled")
        begin = (at + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
        main = await make_service(session, mine)
        slots = await make_slots(session, main, len(STATUSES), begin)
        past = await make_slots(session, main, len(STATUSES), begin - timedelta(days=3))
        free = (await make_slots(session, await make_service(session, mine, "B"), 1, begin + timedelta(days=3)))[0]
        foreign = (await make_slots(session, await make_service(session, other), 1, begin))[0]
        services = {
            status: (await make_service(session, mine, letter, status=status)).id
            for letter, status in (("P", "active"), ("Q", "paused"), ("R", "archived"))
        }
        services["unlisted"] = (await make_service(session, mine, "S", unlisted=True)).id
        references, bookings = {}, {}
        for status, future, begun in zip(STATUSES, slots, past, strict=True):
            over = status in ("begun", "completed", "no_show")
            slot, when = (begun, at - timedelta(days=3)) if over else (future, at)
            booked = await book_appointment(session, ada, asking(slot, customer_name=SECRET_NAME), when)
            bookings[str(status)], references[str(status)] = booked.id, booked.reference
            if status not in ("begun", "confirmed"):
                query = (
                    "UPDATE appointment SET status = %(status)s::text, hold_expires_at ="
                    " CASE WHEN %(status)s::text = 'held' THEN now() + interval '1 h' END, answer_by = start_time"
                    " WHERE id = %(id)s"
                )
                await execute(session, query, status=str(status), id=booked.id)
        wanted = (await make_slots(session, main, 1, begin + timedelta(days=1)))[0]
        wish = await reschedule(session, ada, bookings["confirmed"], wanted.id, at)
        elsewhere = await book_appointment(session, GUEST, asking(foreign), at)
        blocked = BlockedTime(provider_id=mine.id, start_time=at, end_time=at + timedelta(hours=1))
        calendar = ExternalCalendar(
            provider_id=mine.id,
            kind="ics",
            name=SECRET_NAME,
            shown="calendar.example",
            secret=encrypt("external_calendar", {"address": "https://calendar.example/a.ics"}),
            due_at=at + timedelta(days=1),
        )
        picture = Picture(provider_id=mine.id, kind="gallery", width=10, height=10)
        job = Job(kind="mail", dedupe_key="dead", due_at=at, dead_at=at, attempts=9)
        identity = [Identity(user_id=ada.user_id, issuer="https://g", subject=str(n), email="a@b.test") for n in (1, 2)]
        place = LoginSession(
            user_id=ada.user_id, token_hash=b"x" * 32, last_seen_at=at, expires_at=at + timedelta(days=1)
        )
        spare = ApiToken(user_id=ada.user_id, name="spare", token_hash=b"y" * 32, hint="aaaa", scopes=["account:read"])
        review = Review(appointment_id=bookings["completed"], service_id=main.id, stars=2, words="Late.")
        session.add_all([review, blocked, calendar, picture, job, *identity, place, spare])
        waiting = WaitlistEntry(
            service_id=main.id,
            provider_id=mine.id,
            customer_id=ada.user_id,
            customer_name=SECRET_NAME,
            customer_email="ada@example.test",
            dates=[(at + timedelta(days=9)).date()],
            updated_at=at,
        )
        session.add(waiting)
        flags = [Flag(kind="no_show", appointment_id=bookings[status]) for status in ("no_show", "completed")]
        session.add_all(flags)
        await session.flush()
        secrets = {
            scope: await make_api_token(session, owner_of(mine), NewToken(name=scope, scopes=[scope]), at)
            for scope in SCOPES
        }
        stale = await make_api_token(session, owner_of(mine), NewToken(name="stale", scopes=list(SCOPES)), at)
        adas = await make_api_token(session, ada, NewToken(name="adas", scopes=list(SCOPES)), at)
        # Visits are noted once a minute; in this world the last one lies ahead, so that none is noted.
        await execute(session, "UPDATE api_token SET last_used_at = now() + interval '1 h'")
        await execute(session, "UPDATE api_token SET expires_at = now() WHERE name = 'stale'")
    opened = {"cookie": f"{BOOKINGS_COOKIE}={remember_bookings([], *bookings.values(), waiting.id)}"}
    people = [
        Somebody("guest", GUEST),
        Somebody("guest with the link", Actor(managed=frozenset([*bookings.values(), waiting.id])), opened),
        Somebody(
            "guest with another link",
            Actor(managed=frozenset([elsewhere.id])),
            {"cookie": f"{BOOKINGS_COOKIE}={remember_bookings([], elsewhere.id)}"},
        ),
        await browser("customer", ada),
        await browser("other customer", bob),
        await browser("provider", owner_of(mine)),
        await browser("other provider", owner_of(other)),
        await browser("provider without business", Actor("provider", newcomer.id)),
        await browser("admin", Actor("admin", root.id)),
        await browser("disabled", Actor("customer", disabled.id), ends=DISABLE),
        await browser("signed out", ada, ends="DELETE FROM login_session"),
        await browser("expired", owner_of(mine), ends="UPDATE login_session SET expires_at = now()"),
        *(bearer(f"token {scope}", owner_of(mine), secret, {scope}) for scope, secret in secrets.items()),
        bearer("customer's token", ada, adas, set(SCOPES)),
        Somebody("expired token", GUEST, {"authorization": f"Bearer {stale}"}, frozenset(), refused_bearer=True),
    ]
    async with transaction() as session:
        await execute(session, "UPDATE login_session SET last_seen_at = now() + interval '1 h'")
    return World(
        people,
        owner_of(mine),
        ada,
        bookings,
        references,
        services,
        free.id,
        blocked.id,
        calendar.id,
        picture.id,
        review.id,
        job.id,
        place.id,
        spare.id,
        identity[0].id,
        waiting.id,
        flags[0].id,
        flags[1].id,
        wish.id,
    )


async def browser(name: str, actor: Actor, *, ends: str = "") -> Somebody:
    """Somebody signed in; with `ends` their sign-in is worth nothing any more."""
    assert actor.user_id is not None
    person = await signed_in(actor.user_id, "")
    if ends:
        async with transaction() as session:
            who = actor.user_id if ends == DISABLE else person.session_id
            await execute(session, f"{ends} WHERE id = %(id)s", id=who)  # type: ignore[arg-type]
    return Somebody(name, GUEST if ends else actor, {"cookie": person.cookie})


def bearer(name: str, actor: Actor, secret: str, scopes: set[str]) -> Somebody:
    """A program with a personal token."""
    return Somebody(name, actor, {"authorization": f"Bearer {secret}"}, frozenset(scopes))


class Memory:
    """The database as it is now, to be put back after a cell that was allowed to change it."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET session_replication_role = replica")
        self.connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")
        self.connection.execute("CREATE SCHEMA kept")
        query = """
            SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
            GROUP BY 1
        """
        self.columns = dict(self.connection.execute(query).fetchall())
        for name in self.columns:
            table = sql.Identifier(name)
            self.connection.execute(sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(table))
        parts = [
            sql.SQL("SELECT {}, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM public.{} t").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in self.columns
        ]
        self.query = sql.SQL(" UNION ALL ").join(parts)
        self.begun = ""
        self.before = self.now()

    def now(self) -> dict[str, str]:
        """The content of every table."""
        return dict(self.connection.execute(self.query).fetchall())

    def changed(self) -> list[str]:
        """The tables that are not as they were; not looked at where nobody has written anything since."""
        [(begun,)] = self.connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchall()
        if begun == self.begun:
            return []
        self.begun = begun
        return sorted(name for name, content in self.now().items() if content != self.before[name])

    def put_back(self, tables: list[str]) -> None:
        """Let these tables be as they were."""
        for name in tables:
            columns = sql.SQL(", ").join(map(sql.Identifier, self.columns[name]))
            table = sql.Identifier(name)
            with self.connection.transaction():
                self.connection.execute(sql.SQL("DELETE FROM public.{}").format(table))
                copy = sql.SQL("INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM kept.{0}")
                self.connection.execute(copy.format(table, columns))

    def close(self) -> None:
        """Leave nothing behind."""
        self.connection.execute("DROP SCHEMA kept CASCADE")
        self.connection.close()
