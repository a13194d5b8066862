"""Events as Google's calendars have them: which of them keep somebody busy, and what ours look like."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from appointly.domain.calendar import OWN_UID, Span

MARK = "appointly"  # the private property that tells our events from all others
NEVER_BUSY = ("workingLocation", "birthday")


def is_ours(event: Mapping[str, Any]) -> bool:
    """Whether we have written it, or it came out of our own invitations and feeds."""
    marks = event.get("extendedProperties", {}).get("private", {})
    return MARK in marks or str(event.get("iCalUID", "")).endswith(OWN_UID)


def is_busy(event: Mapping[str, Any]) -> bool:
    """Whether an event of somebody's own keeps them busy: not when called off, declined, or shown as free."""
    declined = any(
        guest.get("self") and guest.get("responseStatus") == "declined" for guest in event.get("attendees", [])
    )
    free = event.get("status") == "cancelled" or event.get("transparency") == "transparent"
    return not (free or declined or event.get("eventType") in NEVER_BUSY or is_ours(event))


def busy_spans(events: Iterable[Mapping[str, Any]], time_zone: str) -> list[Span]:
    """When these events keep their owner busy; whole days are meant in the calendar's zone."""
    zone = ZoneInfo(time_zone)
    spans = []
    for event in events:
        if is_busy(event):
            start, end = _instant(event["start"], zone), _instant(event["end"], zone)
            if end > start:
                spans.append(Span(start, end))
    return spans


def _instant(when: Mapping[str, str], zone: ZoneInfo) -> datetime:
    if "date" in when:
        return datetime.combine(date.fromisoformat(when["date"]), time(), zone).astimezone(UTC)
    found = datetime.fromisoformat(when["dateTime"])
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def event_id(appointment_id: UUID) -> str:
    """The id of an appointment's event: the same for ever, so that a second try finds what the first has made."""
    return appointment_id.hex


def our_event(
    appointment_id: UUID, start: datetime, end: datetime, *, title: str, words: str, place: str, link: str
) -> dict[str, Any]:
    """The whole event of an appointment."""
    return {
        "id": event_id(appointment_id),
        "status": "confirmed",
        "summary": title,
        "description": words,
        "location": place,
        "start": {"dateTime": start.isoformat(), "timeZone": "UTC"},
        "end": {"dateTime": end.isoformat(), "timeZone": "UTC"},
        "source": {"title": "Appointly", "url": link},
        "extendedProperties": {"private": {MARK: str(appointment_id)}},
    }
