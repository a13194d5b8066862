"""When an appointment can be reviewed, and until when what was said can be changed."""

from datetime import datetime, timedelta

from appointly.domain.lifecycle import Status
from appointly.errors import ReviewClosed, ReviewFinal, ReviewHidden, ReviewTooEarly

OPEN_FOR = timedelta(days=90)
CHANGE_FOR = timedelta(days=14)
ASK_AFTER = timedelta(hours=1)


def closes_at(end: datetime) -> datetime:
    """Until when an appointment that ended at `end` can be reviewed."""
    return end + OPEN_FOR


def changes_until(written: datetime) -> datetime:
    """Until when a review written at `written` can be changed."""
    return written + CHANGE_FOR


def require_reviewable(status: str, end: datetime, now: datetime) -> None:
    """Raise `ReviewTooEarly` where nothing took place (yet), and `ReviewClosed` where it was too long ago."""
    if status != Status.COMPLETED:
        raise ReviewTooEarly
    if now >= closes_at(end):
        raise ReviewClosed


def require_changeable(written: datetime, hidden: bool, now: datetime) -> None:
    """Raise `ReviewHidden` for one an admin has taken down, and `ReviewFinal` for one that stands too long."""
    if hidden:
        raise ReviewHidden
    if now >= changes_until(written):
        raise ReviewFinal


def shown_name(name: str | None) -> str:
    """What everybody may read of the customer: "Nora Lindqvist" is "Nora L."; None is an account that is gone."""
    words = (name or "").split()
    if not words:
        return "A former customer"
    return f"{words[0]} {words[-1][0]}." if words[1:] else words[0]
