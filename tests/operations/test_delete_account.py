"""An account goes, and with it every trace of the person; what was booked stays on record."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import engine, transaction
from appointly.domain.actor import Actor
from appointly.domain.proven_identity import ProvenIdentity
from appointly.errors import Forbidden, NotSignedIn
from appointly.models import ApiToken, Appointment, BlockedTime, Identity, OneTimeCode, Provider, Service, User
from appointly.models.base import uuid7
from appointly.operations import book_appointment as booking
from appointly.operations.account_mail import mail_account
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.delete_account import delete_account
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.operations.flags import dispute_no_show
from appointly.operations.identities import enter
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.operations.reset_password import ask_for_reset
from appointly.operations.sign_up import SignUp, sign_up
from appointly.queries.leaving import coming_bookings
from tests.blocked import blocked
from tests.hostile import fingerprint
from tests.invariants import broken_invariants
from tests.making import asking, make_provider, make_service, make_slots, make_user, owner_of
from tests.people import PASSWORD, person

TRACES = ("zyxada", "quorlan", "zyxada@quorlan.example", "+49301234567", "allergic to wool", "hidden courtyard")
SOON = now() + timedelta(days=2)
LEFT_ALONE = {"sandbox_message", "search_word"}  # the demo's mailbox; single words of all listings together


def traces(database: str) -> list[str]:
    """Where something of the person is left: every column of every table, as text."""
    found = []
    with psycopg.connect(database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for trace in TRACES if table not in LEFT_ALONE else ():
                query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ILIKE %s").format(sql.Identifier(table))
                row = connection.execute(query, [f"%{trace}%"]).fetchone()
                found += [f"{table}: {trace}"] if row and row[0] else []
    return found


async def statuses(session: AsyncSession) -> list[str]:
    query = "SELECT status FROM appointment ORDER BY start_time"
    return [status for (status,) in (await session.exec(text(query))).all()]  # type: ignore[call-overload]


async def customer_with_a_past(session: AsyncSession) -> tuple[Actor, Provider]:
    """Somebody with one past and two coming bookings, and everything else an account can have."""
    ada = await person("Zyxada Quorlan", email="zyxada@quorlan.example")
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service, 4, start=now() + timedelta(days=2))
    session.add(ApiToken(user_id=ada.user_id, name="Zyxada's", token_hash=b"x", hint="abcd", scopes=["account:read"]))
    session.add(Identity(user_id=ada.user_id, issuer="https://google.test", subject="z", email=ada.email))
    later = now() + timedelta(hours=1)
    session.add(OneTimeCode(user_id=ada.user_id, purpose="reset_password", email=ada.email, expires_at=later))
    await session.commit()
    actor = Actor("customer", ada.user_id, name="Zyxada Quorlan", email=ada.email)
    details = {
        "customer_name": "Zyxada Quorlan",
        "customer_email": "zyxada@quorlan.example",
        "customer_phone": "+49301234567",
        "notes": "Allergic to wool",
    }
    async with transaction() as own:
        made = [await book_appointment(own, actor, asking(slot, **details), now()) for slot in slots[:3]]
        await mail_account(own, "sign_in_code", ada.email, "x", now(), code_id=str(uuid7()))
        await ask_for_reset(own, ada.email, now())
    past = "UPDATE appointment SET start_time = start_time - interval '9 days', end_time = end_time - interval '9 days'"
    await session.exec(text(f"{past} WHERE id = '{made[0].id}'"))  # type: ignore[call-overload]
    await session.commit()
    async with transaction() as own:
        await complete_appointment(own, owner_of(provider), made[0].id, now())
    return actor, provider


async def test_nothing_of_a_customer_is_left(session: AsyncSession, database: str) -> None:
    ada, _ = await customer_with_a_past(session)
    assert len(traces(database)) > 10  # the control: the search does find
    assert await coming_bookings(session, ada, now()) == (2, 0)
    async with transaction() as own:
        await delete_account(own, ada, now())
    assert traces(database) == []
    assert await statuses(session) == ["completed", "cancelled", "cancelled"]
    assert await broken_invariants(session) == []
    user = await session.get_one(User, ada.user_id)
    assert (user.name, user.email) == ("Deleted customer", f"deleted-{user.id}@deleted.invalid")
    assert user.disabled_at is not None
    assert user.deleted_at is not None
    past = await session.get_one(Appointment, (await _ids(session))[0])
    assert (past.price_amount, past.customer_id, past.customer_name) == (4500, user.id, "Deleted customer")


async def test_what_was_said_of_a_no_show_goes_too(session: AsyncSession, database: str) -> None:
    ada, provider = await customer_with_a_past(session)
    missed = (await _ids(session))[1]
    past = "UPDATE appointment SET start_time = start_time - interval '9 days', end_time = end_time - interval '9 days'"
    await session.exec(text(f"{past} WHERE id = '{missed}'"))  # type: ignore[call-overload]
    await session.commit()
    async with transaction() as own:
        await mark_no_show(own, owner_of(provider), missed, now())
        await dispute_no_show(own, ada, missed, "I stood in the hidden courtyard", now())
    assert {"flag: hidden courtyard", "message: hidden courtyard"} <= set(traces(database))
    async with transaction() as own:
        await delete_account(own, ada, now())
    assert traces(database) == []
    assert (await session.exec(text("SELECT reason, status FROM flag"))).all() == [("", "open")]  # type: ignore[call-overload]


async def _ids(session: AsyncSession) -> list[object]:
    query = "SELECT id FROM appointment ORDER BY start_time"
    return [row for (row,) in (await session.exec(text(query))).all()]  # type: ignore[call-overload]


async def test_the_other_side_is_told_and_the_person_is_not(session: AsyncSession) -> None:
    ada, _ = await customer_with_a_past(session)
    async with transaction() as own:
        await delete_account(own, ada, now())
    query = """
        SELECT message.kind, recipient = "user".email, message.status FROM message
        JOIN appointment ON appointment.id = appointment_id JOIN provider ON provider.id = provider_id
        JOIN "user" ON "user".id = user_id JOIN job ON dedupe_key = 'mail:' || message.id
        WHERE message.kind = 'booking_cancelled'
    """
    told = (await session.exec(text(query))).all()  # type: ignore[call-overload]
    assert told == [("booking_cancelled", True, "planned")] * 2
    query = (
        "SELECT count(*) FROM message JOIN job ON dedupe_key = 'mail:' || message.id WHERE recipient LIKE 'deleted%'"
    )
    assert (await session.exec(text(query))).scalar_one() == 0  # type: ignore[call-overload]


async def test_twice_is_once_and_the_middle_is_nothing(session: AsyncSession, database: str) -> None:
    ada, _ = await customer_with_a_past(session)
    before = fingerprint(database)

    async def cut_off() -> None:
        async with transaction() as own:
            await delete_account(own, ada, now())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await cut_off()
    assert fingerprint(database) == before

    async def delete() -> None:
        async with transaction() as own:
            await delete_account(own, ada, now())

    await asyncio.gather(delete(), delete())
    after = fingerprint(database)
    await delete()
    assert fingerprint(database) == after


async def test_the_address_can_begin_anew(session: AsyncSession) -> None:
    ada, _ = await customer_with_a_past(session)
    async with transaction() as own:
        await delete_account(own, ada, now())
        form = SignUp(email=ada.email, password=PASSWORD, name="Somebody else")
        assert (await sign_up(own, form, now())).id != ada.user_id
    proven = ProvenIdentity("https://google.test", "z", "new@example.com", True, "Z")
    async with transaction() as own:
        assert (await enter(own, proven, now())).id != ada.user_id  # the old identity opens nothing any more


async def provider_with_a_past(session: AsyncSession, *, booked: bool) -> tuple[Actor, Provider, Service]:
    """A business of a person who has written about themselves everywhere."""
    owner = await make_user(session, "Zyxada Quorlan", "provider")
    owner.email = "zyxada@quorlan.example"
    provider = Provider(
        user_id=owner.id,
        slug="zyxada-quorlan",
        business_name="Studio Nine" if booked else "Zyxada Quorlan",
        category="hair",
        city="Berlin",
        time_zone="Europe/Berlin",
        about="I am Zyxada",
        headline="Zyxada cuts",
        address="In the hidden courtyard",
        phone="+49301234567",
        links=["https://quorlan.example"],
    )
    session.add(provider)
    await session.flush()
    service = await make_service(session, provider, description="With Zyxada", tags=["quorlan"])
    slots = await make_slots(session, service, 4, start=now() + timedelta(days=2))
    start = now() + timedelta(days=5)
    session.add(
        BlockedTime(
            provider_id=provider.id, start_time=start, end_time=start + timedelta(hours=1), reason="Zyxada is away"
        )
    )
    await session.commit()
    if booked:
        async with transaction() as own:
            grace = Actor("customer", (await person("Grace Hopper")).user_id)
            await book_appointment(own, grace, asking(slots[0]), now())
            await book_appointment(own, Actor(), asking(slots[1]), now())
    return Actor("provider", owner.id, provider.id, owner.name, owner.email), provider, service


async def test_nothing_of_a_provider_is_left(session: AsyncSession, database: str) -> None:
    ada, provider, service = await provider_with_a_past(session, booked=True)
    async with transaction() as own:
        late = Mail(
            (await session.exec(select(Appointment.id))).first(), "delayed", detail={"reason": "Zyxada is late"}
        )
        await plan_mails(own, [late], now())
    assert "message: zyxada" in traces(database)
    assert await coming_bookings(session, ada, now()) == (0, 2)
    async with transaction() as own:
        await delete_account(own, ada, now())
    assert traces(database) == []
    assert await statuses(session) == ["cancelled", "cancelled"]
    assert await broken_invariants(session) == []
    await session.refresh(provider)
    await session.refresh(service)
    assert (provider.business_name, service.status) == ("Studio Nine", "archived")
    assert provider.suspended_at is not None
    query = "SELECT count(*) FROM message WHERE kind = 'cancelled' AND status = 'planned'"
    assert (await session.exec(text(query))).scalar_one() == 2  # type: ignore[call-overload]


async def test_a_business_without_a_booking_loses_its_name(session: AsyncSession, database: str) -> None:
    ada, provider, _ = await provider_with_a_past(session, booked=False)
    async with transaction() as own:
        await delete_account(own, ada, now())
    assert traces(database) == []
    await session.refresh(provider)
    assert provider.business_name == "Deleted provider"
    assert (await session.exec(text("SELECT count(*) FROM service"))).scalar_one() == 0  # type: ignore[call-overload]


async def book_while_deleting(session: AsyncSession, database: str) -> object:
    """The account is being deleted when its owner's booking at a business that is new to it begins."""
    ada = await person("Zyxada Quorlan", email="zyxada@quorlan.example")
    actor = Actor("customer", ada.user_id, name="Zyxada Quorlan", email=ada.email)
    [slot, *_] = await make_slots(session, await make_service(session, await make_provider(session)), start=SOON)
    await session.commit()

    async def book() -> Booked:
        async with transaction() as own:
            request = asking(slot, customer_name="Zyxada Quorlan", customer_email=ada.email)
            return await book_appointment(own, actor, request, now())

    async with transaction() as own:
        await delete_account(own, actor, now())
        begun = asyncio.create_task(book())
        await blocked(engine(), begun)  # it waits for the account's row
    [outcome] = await asyncio.gather(begun, return_exceptions=True)
    return outcome


async def test_a_booking_under_way_does_not_outlive_the_account(session: AsyncSession, database: str) -> None:
    assert isinstance(await book_while_deleting(session, database), NotSignedIn)
    assert traces(database) == []
    assert await broken_invariants(session) == []


async def test_control_without_the_lock_it_keeps_the_name(
    session: AsyncSession, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "BOOK", booking.BOOK.replace("AND disabled_at IS NULL FOR KEY SHARE", ""))
    assert isinstance(await book_while_deleting(session, database), Booked)
    assert traces(database) != []


async def test_who_may_not(session: AsyncSession) -> None:
    admin = await make_user(session, "Root", "admin")
    await session.commit()
    for actor, refusal in ((Actor(), NotSignedIn), (Actor("admin", admin.id), Forbidden)):
        with pytest.raises(refusal):
            async with transaction() as own:
                await delete_account(own, actor, now())
