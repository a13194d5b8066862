"""Booking one slot: what is remembered, and every refusal."""

from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import GUEST
from appointly.models import Appointment, AppointmentEvent, BlockedTime, Job, Message, Slot
from appointly.models.base import uuid7
from appointly.operations.book_appointment import REFERENCE_ALPHABET, BookingRequest, book_appointment
from appointly.validation import parse
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of


@pytest.fixture
async def shop(session: AsyncSession) -> dict[str, object]:
    provider = await make_provider(session)
    service = await make_service(session, provider, deposit_percent=20, cancellation_policy="moderate")
    slots = await make_slots(session, service)
    return {"provider": provider, "service": service, "slots": slots}


async def test_a_guest_gets_a_confirmed_appointment(session: AsyncSession, shop) -> None:
    booked = await book_appointment(session, GUEST, asking(shop["slots"][2], notes="Hi\nthere"), NOW)
    appointment = await session.get_one(Appointment, booked.id)
    assert (booked.status, booked.token, booked.price_amount, booked.currency) == ("confirmed", "A3", 4500, "EUR")
    assert (appointment.deposit_percent, appointment.cancellation_policy, appointment.notes) == (
        20,
        "moderate",
        "Hi\nthere",
    )
    assert len(booked.reference) == 10
    assert set(booked.reference) <= set(REFERENCE_ALPHABET)
    assert booked.start == shop["slots"][2].start_time
    await session.refresh(shop["slots"][2])
    assert shop["slots"][2].booked
    [event] = await session.exec(select(AppointmentEvent))
    assert (event.from_status, event.to_status, event.actor_kind, event.actor_id) == (None, "confirmed", "guest", None)
    messages = {message.kind: message.recipient for message in await session.exec(select(Message))}
    assert set(messages) == {"confirmed", "new_booking"}
    assert messages["confirmed"] == "grace@example.test"
    jobs = (await session.exec(select(Job))).all()
    assert [job.kind for job in jobs] == ["mail", "mail"]
    assert session.info["topics"] == {
        f"provider:{booked.provider_id}",
        f"times:{booked.provider_id}",
        f"booking:{booked.id}",
    }
    assert session.info["jobs"]


async def test_an_account_owns_what_it_books(session: AsyncSession, shop) -> None:
    user = await make_user(session)
    booked = await book_appointment(session, customer(user), asking(shop["slots"][0]), NOW)
    assert booked.customer_id == user.id
    assert f"customer:{user.id}" in session.info["topics"]


@pytest.mark.parametrize(
    ("approval", "mails"), [("instant", {"confirmed"}), ("manual", {"requested", "answer_reminder"})]
)
async def test_a_provider_books_for_somebody_else_and_gets_no_mail_about_it(
    session: AsyncSession, shop, approval: str, mails: set[str]
) -> None:
    shop["service"].approval = approval
    booked = await book_appointment(session, owner_of(shop["provider"]), asking(shop["slots"][0]), NOW)
    assert booked.customer_id is None
    assert {message.kind for message in await session.exec(select(Message))} == mails
    assert len((await session.exec(select(Job))).all()) == len(mails)


async def test_a_request_waits_for_the_provider(session: AsyncSession, shop) -> None:
    shop["service"].approval = "manual"
    booked = await book_appointment(session, GUEST, asking(shop["slots"][0]), NOW)
    assert booked.status == "pending"
    assert {message.kind for message in await session.exec(select(Message))} == {
        "requested",
        "new_request",
        "answer_reminder",
    }


async def test_a_taken_time_names_the_three_nearest(session: AsyncSession, shop) -> None:
    slots = shop["slots"]
    await book_appointment(session, GUEST, asking(slots[3]), NOW)
    with pytest.raises(errors.SlotTaken) as refusal:
        await book_appointment(session, GUEST, asking(slots[3]), NOW)
    alternatives = refusal.value.details["alternatives"]
    assert [slot["id"] for slot in alternatives] == [str(slots[n].id) for n in (2, 4, 1)]
    assert alternatives[0]["start"] == "2026-11-24T11:00:00+01:00"
    assert alternatives[0] == alternatives[0] | {
        "date": "2026-11-24",
        "token": alternatives[0]["token"],
        "remaining": 1,
    }


async def test_another_service_of_the_provider_takes_the_time_too(session: AsyncSession, shop) -> None:
    other = await make_service(session, shop["provider"], "B", duration_minutes=60)
    [long] = await make_slots(session, other, 1)
    await book_appointment(session, GUEST, asking(long), NOW)
    for slot in shop["slots"][:2]:
        with pytest.raises(errors.SlotTaken):
            await book_appointment(session, GUEST, asking(slot), NOW)
    await book_appointment(session, GUEST, asking(shop["slots"][2]), NOW)


async def test_a_group_fills_up_to_its_capacity(session: AsyncSession, shop) -> None:
    group = await make_service(session, shop["provider"], "B", capacity=3)
    [slot] = await make_slots(session, group, 1)
    for _ in range(3):
        await book_appointment(session, GUEST, asking(slot), NOW)
    with pytest.raises(errors.SlotTaken):
        await book_appointment(session, GUEST, asking(slot), NOW)


async def test_blocked_time_is_refused(session: AsyncSession, shop) -> None:
    slot: Slot = shop["slots"][1]
    session.add(
        BlockedTime(
            provider_id=shop["provider"].id, start_time=slot.start_time - timedelta(hours=2), end_time=slot.end_time
        )
    )
    with pytest.raises(errors.SlotTaken):
        await book_appointment(session, GUEST, asking(slot), NOW)
    await book_appointment(session, GUEST, asking(shop["slots"][2]), NOW)


async def test_refusals_by_time_and_state(session: AsyncSession, shop) -> None:
    slot, service, provider = shop["slots"][0], shop["service"], shop["provider"]
    cases = [
        (slot.start_time, {}, errors.SlotInPast),
        (slot.start_time - timedelta(minutes=59), {"min_notice_minutes": 60}, errors.TooSoon),
        (slot.start_time - timedelta(days=30), {"min_notice_minutes": 0}, errors.TooFarAhead),
        (NOW, {"status": "paused"}, errors.ServiceUnavailable),
    ]
    for now, change, refusal in cases:
        for name, value in change.items():
            setattr(service, name, value)
        with pytest.raises(refusal):
            await book_appointment(session, GUEST, asking(slot), now)
    service.status, provider.suspended_at = "active", NOW
    with pytest.raises(errors.ServiceUnavailable):
        await book_appointment(session, GUEST, asking(slot), NOW)
    with pytest.raises(errors.NotFound):
        await book_appointment(session, GUEST, asking(uuid7()), NOW)
    assert not (await session.exec(select(Appointment))).all()


async def test_questions_are_answered(session: AsyncSession, shop) -> None:
    shop["service"].questions = [
        {"id": "allergies", "label": "Any allergies?", "kind": "text", "required": True, "choices": []},
        {"id": "length", "label": "Hair length", "kind": "choice", "required": False, "choices": ["Short", "Long"]},
        {"id": "first", "label": "First visit?", "kind": "yes_no", "required": False, "choices": []},
    ]
    with pytest.raises(errors.ValidationFailed) as refusal:
        await book_appointment(
            session, GUEST, asking(shop["slots"][0], answers={"length": "Medium", "first": "x", "other": "?"}), NOW
        )
    assert set(refusal.value.fields) == {
        "answers.allergies",
        "answers.length",
        "answers.first",
        "answers.other",
    }
    booked = await book_appointment(
        session, GUEST, asking(shop["slots"][0], answers={"allergies": "None", "length": "Long", "first": True}), NOW
    )
    appointment = await session.get_one(Appointment, booked.id)
    answers = sorted(appointment.answers.values(), key=lambda answer: answer["place"])
    assert [answer["value"] for answer in answers] == ["None", "Long", "Yes"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slot_id", "nonsense"),
        ("customer_name", ""),
        ("customer_name", "   "),
        ("customer_name", "x" * 121),
        ("customer_name", "Ada\r\nBcc: all@example.com"),
        ("customer_name", "Ada\0"),
        ("customer_name", "\u202eadA"),
        ("customer_name", None),
        ("customer_email", "nobody"),
        ("customer_email", "a@b@c.example"),
        ("customer_email", "a@example.test\nBcc: b@example.test"),
        ("customer_email", "x" * 250 + "@example.test"),
        ("customer_email", "ünï@example.test"),
        ("customer_phone", "not a number"),
        ("customer_phone", "0151 234567"),
        ("customer_phone", "+99999999999999999999"),
        ("notes", "x" * 2001),
        ("notes", "a\0b"),
        ("notes", "a\x1bb"),
        ("notes", "\ud800"),
        ("answers", ["a"]),
        ("answers", {"a": {"b": 1}}),
        ("answers", {"a": "x" * 1001}),
        ("answers", {str(n): "x" for n in range(51)}),
        ("price", 0),
    ],
)
def test_bad_input_is_a_sentence_at_its_field(field: str, value: object) -> None:
    values = {"slot_id": str(uuid7()), "customer_name": "Ada", "customer_email": "ada@example.test", field: value}
    with pytest.raises(errors.ValidationFailed) as refusal:
        parse(BookingRequest, values)
    [(name, sentence)] = refusal.value.fields.items()
    assert name.startswith(field)
    assert sentence.endswith(".")


def test_input_is_tidied() -> None:
    request = asking(
        uuid7(), customer_name="  Zoe\u0308 ", customer_email=" Ada@Example.TEST", customer_phone="0049 30 1234567"
    )
    assert (request.customer_name, request.customer_email) == ("Zoë", "ada@example.test")
    assert request.customer_phone == "+49301234567"
