"""What a provider offers: added, changed, copied, taken away; booked times, prices and policies stay."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST
from appointly.errors import ChangedMeanwhile, Forbidden, NotFound, ServiceBooked, ServiceUnavailable, ValidationFailed
from appointly.models import Appointment, Picture, Provider, Service, Slot
from appointly.operations.add_service import add_service, letters
from appointly.operations.book_appointment import book_appointment
from appointly.operations.delete_service import delete_service
from appointly.operations.duplicate_service import duplicate_service
from appointly.operations.edit_service import edit_service
from appointly.operations.service_form import ServiceChanges, ServiceForm
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from appointly.queries.storefront import offers_of_provider, service_page
from appointly.validation import parse
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, every_day, make_provider, make_user, owner_of

BASICS: dict[str, Any] = {
    "title": "Cut and colour",
    "category": "hair",
    "price": {"amount": 4500, "currency": "EUR"},
    "duration_minutes": 60,
    "min_notice_minutes": 0,
}
TOMORROW = NOW.date() + timedelta(days=1)


def form(**values: object) -> ServiceForm:
    return parse(ServiceForm, BASICS | values)


def changes(**values: object) -> ServiceChanges:
    return parse(ServiceChanges, values)


async def shop(session: AsyncSession, name: str = "Studio Nine") -> Provider:
    provider = await make_provider(session, name)
    await set_working_hours(session, owner_of(provider), every_day("09:00", "17:00"), NOW)
    return provider


async def added(session: AsyncSession, provider: Provider, **values: object) -> Service:
    service_id = await add_service(session, owner_of(provider), form(**values), NOW)
    return await session.get_one(Service, service_id)


async def slots_of(session: AsyncSession, service: Service) -> list[Slot]:
    found = select(Slot).where(Slot.service_id == service.id).order_by(col(Slot.start_time))
    return list((await session.exec(found, execution_options={"populate_existing": True})).all())


async def test_a_new_service_has_an_address_a_letter_a_picture_and_free_times(session: AsyncSession) -> None:
    provider = await shop(session)
    first, second = await added(session, provider), await added(session, provider)
    assert (first.letter, second.letter) == ("A", "B")
    assert first.slug.startswith("cut-and-colour-studio-nine")
    assert second.slug == f"{first.slug}-2"
    assert first.picture == "/pictures/hair-1.svg"
    free = await free_slots(session, first.id, TOMORROW, 1, NOW)
    assert len(free) == 8
    assert [offer.title for offer in await offers_of_provider(session, provider.id)] == ["Cut and colour"] * 2


async def test_a_title_that_no_address_can_hold(session: AsyncSession) -> None:
    provider = await make_provider(session, "x")
    provider.business_name = "مقص"
    one, other = await added(session, provider, title="قصة شعر"), await added(session, provider, title="散发")
    assert (one.slug, other.slug) == ("service", "service-2")
    long = await added(session, provider, title="word " * 27)
    assert len(long.slug) <= 160


def test_no_letter_means_walk_in() -> None:
    found = list(letters())
    assert found[:3] == ["A", "B", "C"]
    assert found[24:27] == ["Z", "AA", "AB"]
    assert "W" not in found
    assert "WA" in found
    assert len(found) == len(set(found)) == 701


async def test_only_a_business_can_offer(session: AsyncSession) -> None:
    user = await make_user(session)
    with pytest.raises(Forbidden):
        await add_service(session, customer(user), form(), NOW)
    with pytest.raises(Forbidden):
        await add_service(session, GUEST, form(), NOW)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"price": {"amount": 100, "currency": "GBP"}}, "price.currency", "Your prices are in EUR."),
        (
            {"picture": "/media/01900000-0000-7000-8000-000000000000/large.webp"},
            "picture",
            "Please upload the picture",
        ),
        ({"picture": "//elsewhere.example/a.png"}, "picture", "Please upload"),
    ],
)
async def test_nothing_of_somebody_else(
    session: AsyncSession, values: dict[str, object], field: str, sentence: str
) -> None:
    provider = await shop(session)
    with pytest.raises(ValidationFailed) as refusal:
        await add_service(session, owner_of(provider), form(**values), NOW)
    assert refusal.value.fields[field].startswith(sentence)


async def test_the_picture_of_another_business_is_refused(session: AsyncSession) -> None:
    provider, other = await shop(session), await shop(session, "Elsewhere")
    picture = Picture(provider_id=other.id, kind="service", width=800, height=600)
    session.add(picture)
    await session.flush()
    address = f"/media/{picture.id}/large.webp"
    with pytest.raises(ValidationFailed):
        await added(session, provider, picture=address)
    assert (await added(session, other, picture=address)).picture == address


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"description": "x" * 8001}, "description"),
        ({"category": "plumbing"}, "category"),
        ({"price": {"amount": -1, "currency": "EUR"}}, "price.amount"),
        ({"price": {"amount": True, "currency": "EUR"}}, "price.amount"),
        ({"price": {"amount": 10**9, "currency": "EUR"}}, "price.amount"),
        ({"duration_minutes": "abc"}, "duration_minutes"),
        ({"duration_minutes": ""}, "duration_minutes"),
        ({"duration_minutes": 4}, "duration_minutes"),
        ({"duration_minutes": 1000, "buffer_before_minutes": 400, "buffer_after_minutes": 60}, "duration_minutes"),
        ({"buffer_after_minutes": 721}, "buffer_after_minutes"),
        ({"max_appointments_per_day": 0}, "max_appointments_per_day"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 1001}, "capacity"),
        ({"horizon_days": 367}, "horizon_days"),
        ({"horizon_days": 2, "min_notice_minutes": 2880}, "min_notice_minutes"),
        ({"horizon_days": 366, "slot_interval_minutes": 5}, "horizon_days"),
        ({"price": {"amount": 0, "currency": "EUR"}, "deposit_percent": 20}, "deposit_percent"),
        ({"spread": "wild"}, "spread"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": [str(number) for number in range(11)]}, "tags"),
        ({"questions": [{"label": "Why?"}] * 21}, "questions"),
        ({"questions": [{"label": " "}]}, "questions.0.label"),
        ({"questions": [{"label": "Which?", "kind": "choice", "choices": ["One"]}]}, "questions.0"),
        ({"questions": [{"label": "Which?", "kind": "choice", "choices": ["One", "one"]}]}, "questions.0"),
        ({"questions": [{"label": "Which?", "kind": "choice", "choices": ["One", " "]}]}, "questions.0"),
        ({"questions": [{"label": "Which?", "kind": "choice", "choices": list("abcdefghijklmnopqrstu")}]},
         "questions.0.choices"),
        ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_a_form_says_what_is_wrong_with_it(values: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        form(**values)
    assert list(refusal.value.fields) == [field]
    sentence = refusal.value.fields[field]
    assert sentence.endswith(".")
    assert sentence != "Please check this."


def test_what_is_written_is_tidied() -> None:
    tidy = form(title="  Cut ", tags=["Hair", "hair", "", "Cut"], max_appointments_per_day="", capacity="3")
    assert (tidy.title, tidy.tags, tidy.max_appointments_per_day, tidy.capacity) == ("Cut", ["Hair", "Cut"], None, 3)


async def test_questions_get_ids_of_ours_and_keep_them(session: AsyncSession) -> None:
    provider = await shop(session)
    asked = [{"label": "Allergies?", "id": "mine"}, {"label": "Which?", "kind": "choice", "choices": ["A", "B"]}]
    service = await added(session, provider, questions=asked)
    first, second = (question["id"] for question in service.questions)
    assert "mine" not in (first, second)
    again = [
        {"id": second, "label": "Which one?", "kind": "yes_no", "choices": ["A"]},
        {"id": second, "label": "Twice"},
        {"id": "forged", "label": "New"},
        {"id": first, "label": "Allergies?", "required": True},
    ]
    await edit_service(session, owner_of(provider), service.id, changes(questions=again), NOW)
    ids = [question["id"] for question in service.questions]
    assert (ids[0], ids[3]) == (second, first)
    assert len(set(ids)) == 4
    assert "forged" not in ids
    assert service.questions[0]["choices"] == []


async def test_an_edit_changes_what_it_says_and_brings_the_times_in_line(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider, tags=["colour"], max_appointments_per_day=4)
    kept = {slot.id for slot in await slots_of(session, service)}
    done = await edit_service(
        session,
        owner_of(provider),
        service.id,
        changes(duration_minutes=30, slot_interval_minutes=60, max_appointments_per_day=None, capacity=2),
        NOW,
    )
    slots = await slots_of(session, service)
    assert done.removed == 0
    assert done.added > 0
    assert kept < {slot.id for slot in slots}
    assert {slot.capacity for slot in slots} == {2}
    assert {slot.end_time - slot.start_time for slot in slots} == {timedelta(minutes=30)}
    assert (service.title, service.tags, service.max_appointments_per_day) == ("Cut and colour", ["colour"], None)


async def test_a_class_made_larger_has_room_for_more_on_days_that_are_booked_already(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider, capacity=2)
    [first, *_] = await free_slots(session, service.id, TOMORROW, 1, NOW)
    for number in range(2):
        await book_appointment(session, GUEST, asking(first.id, customer_email=f"{number}@example.test"), NOW)
    for wanted, room in ((3, 3), (1, 2), (1, 2), (5, 5)):
        await edit_service(session, owner_of(provider), service.id, changes(capacity=wanted), NOW)
        slot = await session.get_one(Slot, first.id, populate_existing=True)
        assert (slot.capacity, slot.booked_count) == (room, 2)
    await book_appointment(session, GUEST, asking(first.id, customer_email="3@example.test"), NOW)
    assert await broken_invariants(session) == []


async def test_booked_times_keep_length_room_price_and_policy(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider, capacity=2, deposit_percent=10)
    [first, *_] = await free_slots(session, service.id, TOMORROW, 1, NOW)
    for number in range(2):
        booked = await book_appointment(session, GUEST, asking(first.id, customer_email=f"{number}@example.test"), NOW)
    dearer = changes(
        price={"amount": 9900, "currency": "EUR"},
        cancellation_policy="strict",
        deposit_percent=50,
        duration_minutes=90,
        capacity=1,
    )
    await edit_service(session, owner_of(provider), service.id, dearer, NOW)
    slot = await session.get_one(Slot, first.id, populate_existing=True)
    assert (slot.capacity, slot.booked_count, slot.end_time - slot.start_time) == (2, 2, timedelta(minutes=60))
    appointment = await session.get_one(Appointment, booked.id)
    assert (appointment.price_amount, appointment.deposit_percent, appointment.cancellation_policy) == (
        4500,
        10,
        "flexible",
    )
    assert await broken_invariants(session) == []


async def test_parts_that_no_longer_fit_together_are_refused(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider, deposit_percent=20)
    free = changes(price={"amount": 0, "currency": "EUR"})
    with pytest.raises(ValidationFailed) as refusal:
        await edit_service(session, owner_of(provider), service.id, free, NOW)
    assert list(refusal.value.fields) == ["deposit_percent"]


async def test_the_second_of_two_tabs_is_told(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider)
    seen = ServiceForm.of(service).fingerprint()
    await edit_service(session, owner_of(provider), service.id, changes(title="One"), NOW, seen)
    with pytest.raises(ChangedMeanwhile):
        await edit_service(session, owner_of(provider), service.id, changes(title="Other"), NOW, seen)
    assert service.title == "One"


async def test_somebody_elses_service_is_not_there(session: AsyncSession) -> None:
    provider, other = await shop(session), await shop(session, "Elsewhere")
    service = await added(session, provider)
    with pytest.raises(NotFound):
        await edit_service(session, owner_of(other), service.id, changes(title="Mine"), NOW)
    with pytest.raises(NotFound):
        await duplicate_service(session, owner_of(other), service.id, NOW)
    with pytest.raises(NotFound):
        await delete_service(session, owner_of(other), service.id)


async def test_paused_archived_and_back(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider)
    [first, *_] = await free_slots(session, service.id, TOMORROW, 1, NOW)
    await edit_service(session, owner_of(provider), service.id, changes(status="paused"), NOW)
    page = await service_page(session, service.slug)
    assert page is not None
    assert not page.open
    assert await offers_of_provider(session, provider.id) == []
    with pytest.raises(ServiceUnavailable):
        await book_appointment(session, GUEST, asking(first.id), NOW)
    await edit_service(session, owner_of(provider), service.id, changes(status="archived"), NOW)
    assert await service_page(session, service.slug) is None
    await edit_service(session, owner_of(provider), service.id, changes(status="active"), NOW)
    await book_appointment(session, GUEST, asking(first.id), NOW)


async def test_a_copy_is_paused_and_its_own(session: AsyncSession) -> None:
    provider = await shop(session)
    service = await added(session, provider, title="x" * 140, questions=[{"label": "Why?"}])
    copy_id = await duplicate_service(session, owner_of(provider), service.id, NOW)
    copy = await session.get_one(Service, copy_id)
    assert (copy.status, copy.letter, copy.title) == ("paused", "B", f"Copy of {'x' * 132}")
    assert copy.questions[0]["id"] != service.questions[0]["id"]
    assert await slots_of(session, copy) == []


async def test_only_what_was_never_booked_can_be_deleted(session: AsyncSession) -> None:
    provider = await shop(session)
    service, spare = await added(session, provider), await added(session, provider)
    [first, *_] = await free_slots(session, service.id, TOMORROW, 1, NOW)
    await book_appointment(session, GUEST, asking(first.id), NOW)
    with pytest.raises(ServiceBooked, match="Archive it instead"):
        await delete_service(session, owner_of(provider), service.id)
    assert len(await slots_of(session, service)) > 100
    await delete_service(session, owner_of(provider), spare.id)
    assert await slots_of(session, spare) == []
    assert await service_page(session, spare.slug) is None
    assert (await added(session, provider)).letter == "B"
