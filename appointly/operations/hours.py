"""Wall-clock ranges as people write them: the input of every change of a provider's hours."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from appointly.domain.slot_times import Hours
from appointly.errors import ValidationFailed

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)
DAY_MINUTES = 24 * 60


def clock_time(text: str) -> str:
    """A wall-clock time as HH:MM. Raises `ValueError` with a sentence."""
    if not CLOCK.fullmatch(text):
        raise ValueError("Please write the time as hours and minutes, for example 09:30.")
    return text


def minute_of(clock: str) -> int:
    """The minutes from midnight to HH:MM."""
    return int(clock[:2]) * 60 + int(clock[3:])


def clock_of(minute: int) -> str:
    """Minutes after a midnight as HH:MM; past 24:00 they begin again."""
    minute = minute if minute <= DAY_MINUTES else minute - DAY_MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


ClockTime = Annotated[str, AfterValidator(clock_time)]


class ClockRange(BaseModel):
    """From `opens` to `closes`, HH:MM; one that closes before it opens runs past midnight. 24:00 ends a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.opens == "24:00":
            raise ValueError("A day ends at 24:00: please let the hours open earlier, or at 00:00 of the next day.")
        if self.opens == self.closes:
            raise ValueError("The hours close when they open. For the whole day, write 00:00 to 24:00.")
        return self

    @property
    def hours(self) -> Hours:
        """The range in minutes after its midnight."""
        opens, closes = minute_of(self.opens), minute_of(self.closes)
        return Hours(opens, closes if closes > opens else closes + DAY_MINUTES)


class WeekdayHours(ClockRange):
    """A range of one weekday, 1 Monday … 7 Sunday."""

    weekday: int = Field(ge=1, le=7, strict=True)


def require_apart(ranges: Sequence[ClockRange], day: str, field: str) -> None:
    """Raise `ValidationFailed` when two ranges of a day overlap, naming both."""
    for one, other in pairwise(sorted(ranges, key=lambda hours: hours.hours.opens_minute)):
        if other.hours.opens_minute < one.hours.closes_minute:
            sentence = f"{day}: {one.opens} to {one.closes} and {other.opens} to {other.closes} overlap."
            raise ValidationFailed(sentence, fields={field: sentence})
