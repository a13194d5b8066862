"""What a business still lacks, on its dashboard."""

from dataclasses import dataclass

import reflex as rx

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.hide_checklist import hide_checklist
from appointly.queries.profiles import OwnProfile, own_profile
from appointly.visitor import current_actor


@dataclass(frozen=True)
class Part:
    """One thing that makes a business bookable or better found, and where to see to it."""

    name: str
    why: str
    href: str
    done: bool
    needed: bool = False


class Checklist(rx.State):
    """The list until it is dismissed; it cannot be while nobody can book."""

    __access__ = "provider"

    parts: list[Part] = []
    done: int = 0
    bookable: bool = True
    dismissed: bool = False

    @rx.event
    async def load(self) -> None:
        """The dashboard opens."""
        async with reading() as session:
            profile = await own_profile(session, current_actor(), now())
        self.parts = parts_of(profile) if profile else []
        self.done = sum(part.done for part in self.parts)
        self.bookable = all(part.done for part in self.parts if part.needed)
        self.dismissed = self.bookable and profile is not None and profile.checklist_hidden

    @rx.event
    async def dismiss(self) -> None:
        """The owner has seen it, on every device."""
        if not self.bookable:
            return
        async with transaction() as session:
            await hide_checklist(session, current_actor(), now())
        self.dismissed = True


def parts_of(profile: OwnProfile) -> list[Part]:
    """The list, what is needed first."""
    editor, place = "/dashboard/profile", bool(profile.places) and bool(profile.city)
    return [
        Part("Where you work", "It decides who finds you.", f"{editor}#place-part", place, needed=True),
        Part("Your hours", "Free times are made from them.", "/dashboard/availability", profile.has_hours, needed=True),
        Part("A service", "What people can book.", "/add-service", profile.has_service, needed=True),
        Part("A picture", "People book those they have seen.", f"{editor}#pictures-part", profile.picture != ""),
        Part("A few words about you", "In your own voice.", f"{editor}#profile-part", profile.about != ""),
        Part(
            "Your address and its place on the map",
            "So that nobody has to ask.",
            f"{editor}#place-part",
            profile.places == ["online"] or (profile.address != "" and profile.latitude is not None),
        ),
        Part("A confirmed email address", "For news of your bookings.", "/account/settings", profile.email_verified),
    ]
