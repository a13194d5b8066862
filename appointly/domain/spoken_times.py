"""When somebody means, in the words they search with: "haircut tomorrow after 17:00 near me"."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS: dict[str, tuple[time | None, time | None]] = {
    "morning": (None, time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), None),
    "tonight": (time(17), None),
}
DAY = re.compile(rf"\b(?:(?:on|this)\s+)?(today|tonight|tomorrow|{'|'.join(WEEKDAYS)})\b")
PART = re.compile(r"\b(?:in the\s+|this\s+)?(morning|afternoon|evening)\b")
CLOCK = re.compile(r"\b(after|from|before|until)\s+(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|h|o'clock)?(?=\s|$|,)")
# Other words for the same: "between 10 and 12" is "from 10 until 12", and "at 5pm" looks from five o'clock on.
BETWEEN = re.compile(r"\b(?:between|from)\s+(\S+)\s+(?:and|to)\s+(\S+)")
AT = re.compile(r"\bat\s+(?=\d{1,2}(?:[:.]\d\d|\s*(?:am|pm|o'clock))(?:\s|$|,))")
NEAR_ME = re.compile(r"\b(?:near|close to|around)\s+me\b|\bnearby\b")


@dataclass(frozen=True)
class Spoken:
    """What the words say of day, time of day and place; `rest` are the others. `before` is when it begins at last."""

    rest: str
    day: date | None = None
    after: time | None = None
    before: time | None = None
    near_me: bool = False


def spoken_times(text: str, today: date) -> Spoken:
    """Take the words for day, time and nearness out of a search. A weekday is the next one, today included.

    A time of day without a day means today. What makes no sense ("after 25:00") stays a word like others.
    """
    words = AT.sub("from ", BETWEEN.sub(_from_until, text.lower()))
    day: date | None = None
    after: time | None = None
    before: time | None = None
    if found := DAY.search(words):
        day = _day(found[1], today)
        after, before = PARTS.get(found[1], (None, None))
        words = _without(words, found)
    if found := PART.search(words):
        after, before = PARTS[found[1]]
        words = _without(words, found)
    for _ in range(2):
        found = CLOCK.search(words)
        at = _clock(found) if found else None
        if found is None or at is None:
            break
        after, before = (at, before) if found[1] in ("after", "from") else (after, at)
        words = _without(words, found)
    near = NEAR_ME.search(words)
    words = _without(words, near) if near else words
    if after is not None and before is not None and after >= before:
        return Spoken(text)
    timed = after is not None or before is not None
    if day is None and not timed and near is None:
        return Spoken(text)
    return Spoken(" ".join(words.split()), today if day is None and timed else day, after, before, near is not None)


def _day(word: str, today: date) -> date:
    if word in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS.index(word) - today.weekday()) % 7)
    return today + timedelta(days=int(word == "tomorrow"))


def _from_until(found: re.Match[str]) -> str:
    said = f"from {found[1]} until {found[2]}"
    times = [_clock(each) for each in CLOCK.finditer(said)]
    return said if len(times) == 2 and None not in times else found[0]


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, half = int(found[2]), int(found[3] or 0), found[4]
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _without(words: str, found: re.Match[str]) -> str:
    return f"{words[: found.start()]} {words[found.end() :]}"
