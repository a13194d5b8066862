"""The wizard's form: checked before anything happens, and booked once however often it is sent."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from appointly import limits, routes
from appointly.clock import now
from appointly.database import transaction
from appointly.display.questions import Question, answers_in, as_asked
from appointly.domain.answers import check_answers
from appointly.domain.manage_key import manage_key
from appointly.errors import ValidationFailed
from appointly.operations.book_appointment import BookingRequest
from appointly.operations.booking_draft import book_chosen
from appointly.operations.remember_answer import claim_key, keep_answer
from appointly.settings import settings
from appointly.validation import parse
from appointly.visitor import current_actor


def request_of(
    slot_id: str, form: Mapping[str, str], names: Iterable[str], questions: Iterable[Question]
) -> tuple[BookingRequest | None, dict[str, str]]:
    """The request that the form makes, or None and a sentence for each field that is wrong, by its name."""
    answers = answers_in(form)
    typed = {name: form.get(name, "") for name in names}
    fields: dict[str, str] = {}
    request = None
    try:
        request = parse(BookingRequest, {"slot_id": slot_id or None, "answers": answers, **typed})
    except ValidationFailed as error:
        fields |= error.fields
    try:
        check_answers([as_asked(question) for question in questions], answers)
    except ValidationFailed as error:
        fields |= error.fields
    return None if fields else request, fields


async def book_once(request: BookingRequest, attempt: str) -> str:
    """Book for whoever asks, once for each `attempt`; the address that opens the booking. Raises its refusals."""
    actor, at = current_actor(), now()
    await limits.take("booking", request.customer_email)
    async with transaction() as session:
        key = f"page:{attempt}:{request.slot_id}"
        claim = await claim_key(session, actor, request.customer_email, key, b"page", at)
        if claim.status:
            booking_id, reference = claim.body.decode().split()
        else:
            booked = await book_chosen(session, actor, request, at)
            booking_id, reference = str(booked.id), booked.reference
            await keep_answer(session, claim, 201, f"{booking_id} {reference}".encode())
    return routes.open_booking(reference, manage_key(settings().secret_key, UUID(booking_id)))
