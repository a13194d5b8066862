"""What a calendar's card says: where it is, whether it was read, and whether bookings reach it."""

from dataclasses import replace
from datetime import timedelta

from appointly.display.calendars import calendar_view
from appointly.models.base import uuid7
from appointly.queries.external_calendars import OwnCalendar
from tests.making import NOW

GOOD = OwnCalendar(
    id=uuid7(),
    kind="google",
    name="Nora",
    shown="nora@gmail.example",
    writes_back=True,
    leaving=False,
    busy=0,
    busy_until=None,
    reading=False,
    due_at=NOW + timedelta(minutes=9),
    last_synced_at=NOW - timedelta(minutes=1),
    last_error="",
    failures=0,
)


def test_a_calendar_that_nobody_can_write_into_does_not_say_that_we_do() -> None:
    good = calendar_view(GOOD, "Europe/Berlin", NOW)
    assert (good.place, good.tone) == ("Google · nora@gmail.example · your bookings are written here", "good")
    shut = calendar_view(replace(GOOD, last_error="Connect again.", failures=1), "Europe/Berlin", NOW)
    assert (shut.place, shut.tone, shut.status) == ("Google · nora@gmail.example", "failing", "Connect again.")
    assert shut.rhythm == "It failed; what we read 1 minute ago still counts. We try again in 9 minutes."
    assert calendar_view(replace(GOOD, writes_back=False), "Europe/Berlin", NOW).place == "Google · nora@gmail.example"
