"""The calendar file of one booking."""

import httpx
from icalendar import Calendar

from appointly import routes
from appointly.clock import now
from appointly.database import transaction
from appointly.domain.actor import GUEST
from appointly.domain.manage_key import manage_key
from appointly.operations.book_appointment import book_appointment
from appointly.settings import settings
from tests.making import asking, in_two_days, make_provider, make_service, make_slots


async def test_only_who_may_see_the_booking_gets_its_file(http: httpx.AsyncClient) -> None:
    async with transaction() as session:
        service = await make_service(session, await make_provider(session))
        [slot] = await make_slots(session, service, 1, in_two_days())
        booked = await book_appointment(session, GUEST, asking(slot), now())
    path = routes.booking_calendar(booked.reference)
    assert (await http.get(path)).status_code == 404
    await http.get(routes.open_booking(booked.reference, manage_key(settings().require_secret(), booked.id)))
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event["UID"], event["DTSTART"].dt) == (f"{booked.id}@appointly", booked.start)
    assert "ATTENDEE" not in event
    assert (await http.get("/calendar/booking/%00.ics")).status_code == 404
