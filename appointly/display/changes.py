"""What a change does to the free times, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from appointly.display.formatting import count, initials, moment, tint
from appointly.operations.preview_change import Change
from appointly.queries.offered import BookedTime

OUTSIDE_HOURS = ("lies outside the new hours", "lie outside the new hours")
INSIDE = ("lies inside", "lie inside")


@dataclass(frozen=True)
class LeftBehind:
    """A booking that stays although the change leaves its time."""

    who: str
    initials: str
    tint: int
    what: str
    when: str
    href: str
    status: str


@dataclass(frozen=True)
class ChangeView:
    """A preview: a sentence about free times, one about bookings, the bookings themselves, and some times that go."""

    times: str = ""
    bookings: str = ""
    left_behind: list[LeftBehind] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    more_gone: str = ""


def times_sentence(change: Change, *, done: bool) -> str:
    """ "This adds 30 free times and removes 12." or, of what is done, "30 free times added, 12 removed."."""
    come, go = count(change.come, "free time"), count(change.go, "free time")
    if change.come and change.go:
        return f"{come} added, {change.go:,} removed." if done else f"This adds {come} and removes {change.go:,}."
    if change.come:
        return f"{come} added." if done else f"This adds {come}."
    if change.go:
        return f"{go} removed." if done else f"This removes {go}."
    return "Your free times stay as they are."


def bookings_sentence(number: int, where: tuple[str, str]) -> str:
    """ "3 bookings stay and lie outside the new hours."; nothing where there are none."""
    if not number:
        return ""
    return f"1 booking stays and {where[0]}." if number == 1 else f"{number:,} bookings stay and {where[1]}."


def change_view(change: Change, where: tuple[str, str], zone: str, now: datetime) -> ChangeView:
    """The preview of a change; times are the provider's."""
    return ChangeView(
        times=times_sentence(change, done=False),
        bookings=bookings_sentence(len(change.outside), where),
        left_behind=left_behind(change.outside, zone, now),
        gone=[f"{moment(each.start, zone, now)} · {each.service}" for each in change.gone],
        more_gone=f"and {change.go - len(change.gone):,} more" if change.go > len(change.gone) else "",
    )


def left_behind(bookings: Iterable[BookedTime], zone: str, now: datetime) -> list[LeftBehind]:
    """The bookings, each with the link to where it can be answered."""
    return [
        LeftBehind(
            who=each.customer,
            initials=initials(each.customer),
            tint=tint(each.customer),
            what=each.service,
            when=moment(each.start, zone, now),
            href=f"/dashboard/bookings?booking={each.reference}",
            status=each.status,
        )
        for each in bookings
    ]


def outcome(change: Change, shown: Change | None, where: tuple[str, str]) -> str:
    """What saving did. Says so where it is not what was shown before, because somebody booked or time went by."""
    said = " ".join(filter(None, (times_sentence(change, done=True), bookings_sentence(len(change.outside), where))))
    if shown is not None and figures(change) != figures(shown):
        return f"Saved. Something was booked or changed meanwhile, so this is what really happened: {said}"
    return f"Saved. {said}"


def figures(change: Change) -> tuple[object, ...]:
    """What a preview promised."""
    return change.go, change.come, {each.id for each in change.outside}
