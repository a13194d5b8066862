"""A class as one thing among a provider's bookings."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from appointly import routes
from appointly.display.bookings import BookingView
from appointly.queries.bookings import Booking
from appointly.queries.classes import Size

LIVE = ("held", "pending", "confirmed", "completed", "no_show")


def as_one(bookings: Iterable[Booking], sizes: Mapping[UUID, Size]) -> list[Booking]:
    """The bookings in their order; of those that share a class, the first one, named by how many come."""
    shown, seen = [], set()
    for booking in bookings:
        size = sizes.get(booking.slot_id) if booking.slot_id and booking.status in LIVE else None
        if size is None:
            shown.append(booking)
        elif size.id not in seen:
            seen.add(size.id)
            shown.append(replace(booking, customer_name=f"{size.booked} of {size.capacity} places"))
    return shown


def with_class(view: BookingView, booking: Booking, sizes: Mapping[UUID, Size]) -> BookingView:
    """The view, with the way to the participants where it is one of a class."""
    size = sizes.get(booking.slot_id) if booking.slot_id and booking.status in LIVE else None
    if size is None:
        return view
    return replace(view, places=f"{size.booked} of {size.capacity}", class_href=routes.class_list(size.id))
