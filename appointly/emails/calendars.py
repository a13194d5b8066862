"""Mails about providers' own calendars elsewhere."""

from collections.abc import Mapping

from appointly.emails.layout import Letter
from appointly.emails.letters import to_provider
from appointly.settings import Settings

PAGE = "/dashboard/calendars"


KINDS = {
    "calendar_collision": to_provider(
        "You are busy elsewhere: {customer}, {service}",
        "A booking meets your own calendar",
        "Your own calendar has become busy at the time of this booking. The booking stays as it is: move it or "
        "cancel it on your dashboard, or leave it if both fit.",
    )
}


def calendar_failing(facts: Mapping[str, str], settings: Settings) -> Letter:
    """To the provider: a calendar could not be read for a day."""
    return Letter(
        subject=f"We cannot read your calendar “{facts['name']}”",
        preview="What is new in it is not kept free of bookings.",
        heading=f"We cannot read your calendar “{facts['name']}”",
        sentences=[
            "We have tried for a day. What we read last still counts, but what is new there can be booked over.",
            facts["reason"],
        ],
        button=("Look at your calendars", settings.base_url + PAGE),
        because="You get this mail because you have let Appointly read this calendar.",
    )
