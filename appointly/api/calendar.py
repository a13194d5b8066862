"""`/calendar/…`: appointments as calendar files."""

from fastapi import APIRouter, Response

from appointly.api.guard import GuardedRoute, access
from appointly.database import reading
from appointly.emails.invite import calendar_file
from appointly.queries.bookings import booking_by_reference
from appointly.settings import settings
from appointly.visitor import current_actor

router = APIRouter(prefix="/calendar", include_in_schema=False, route_class=GuardedRoute)


@router.get("/booking/{reference}.ics")
@access("public", "bookings:read")
async def booking_file(reference: str) -> Response:
    """One booking for the calendar of whoever may see it: the account, the mailed link, the provider."""
    async with reading() as session:
        booking = await booking_by_reference(session, current_actor(), reference)
    file = calendar_file(booking, settings())
    headers = {
        "Content-Disposition": f'attachment; filename="appointment-{booking.reference}.ics"',
        "Cache-Control": "private, no-store",
    }
    return Response(file.content, media_type=file.content_type, headers=headers)
