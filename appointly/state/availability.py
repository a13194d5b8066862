"""The page of a provider's hours, exceptions and blocked time."""

import reflex as rx
from reflex_base.event import EventSpec

from appointly.state.exceptions import Exceptions
from appointly.state.live import watch
from appointly.state.week_editor import WeekEditor
from appointly.visitor import current_actor


class Availability(rx.State):
    """What is open on which day; parts of the page have states of their own."""

    __access__ = "provider"

    @rx.event
    def load(self) -> list[EventSpec] | EventSpec:
        """The page opens."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, Availability.refresh, f"provider:{actor.provider_id}")
        return [WeekEditor.load(), Exceptions.load()]  # type: ignore[operator]

    @rx.event
    def refresh(self) -> list[EventSpec]:
        """Something of this provider has changed."""
        return [WeekEditor.refresh(), Exceptions.refresh()]  # type: ignore[operator]
