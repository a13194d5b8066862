"""What somebody types and chooses to find bookings, as conditions of SQL that an index serves."""

import re
from typing import LiteralString

from appointly.domain.lifecycle import Status

WORDS: LiteralString = "booking_words(customer_name, customer_email, customer_phone, reference)"
# What LIKE would read as a sign of its own stands for itself.
LITERALLY: LiteralString = r"regexp_replace(fold(%(word_{place})s), '([\\%%_])', '\\\1', 'g')"
ANYWHERE: LiteralString = f"{WORDS} LIKE '%%' || {LITERALLY} || '%%'"
# The index knows three letters; of fewer, what begins a word.
AT_THE_START: LiteralString = f"{WORDS} LIKE '%% ' || {LITERALLY} || '%%'"
# As an array, so that an index on the bookings' provider serves.
OF_PROVIDERS: LiteralString = f"""appointment.provider_id = ANY(ARRAY(
    SELECT id FROM provider WHERE fold(business_name) LIKE '%%' || {LITERALLY.replace("{place}", "whole")} || '%%'))"""  # noqa: S608
LONGEST = 100
MOST_WORDS = 5
NUMBER = re.compile(r"[-+()/.\s0-9]+")
FEWEST_DIGITS = 3


def words_of(typed: str) -> list[str]:
    """Its words, the first five; a telephone number is one, without its spaces and what stands for a country or city.

    A number is kept as +43664…, and people say 0664 …, 0043 664 … or its end.
    """
    if NUMBER.fullmatch(typed):
        digits = re.sub("[^0-9]", "", typed).lstrip("0")
        if len(digits) >= FEWEST_DIGITS:
            return [digits]
    return typed.replace("\0", "").split()[:MOST_WORDS]


def naming(typed: str) -> tuple[LiteralString, dict[str, str]]:
    """The condition that a booking names every word of `typed`, and its values; true for nothing typed."""
    words = words_of(typed)
    parts = [
        (ANYWHERE if len(word) >= FEWEST_DIGITS else AT_THE_START).replace("{place}", str(place))
        for place, word in enumerate(words)
    ]
    return " AND ".join(["true", *parts]), {f"word_{place}": word for place, word in enumerate(words)}


def naming_or_at(typed: str) -> tuple[LiteralString, dict[str, str]]:
    """The same, or that the provider's name has `typed` in it: for whoever sees bookings of several providers."""
    named, words = naming(typed)
    if not words:
        return named, words
    return f"({named} OR {OF_PROVIDERS})", {**words, "word_whole": typed.replace("\0", "").strip()}


def of_status(status: str | None) -> LiteralString:
    """The condition that a booking has this status; true for none, false for one that there is not.

    Written into the statement, not given as a value: how rare the status is decides which index serves.
    """
    if not status:
        return "true"
    return f"appointment.status = '{Status(status)}'" if status in set(Status) else "false"
