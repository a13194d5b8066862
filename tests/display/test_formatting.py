"""Money, durations, days and times as people read them."""

from datetime import UTC, date, datetime

import pytest

from appointly.display.formatting import (
    amount_of,
    clock_time,
    count,
    day,
    duration,
    initials,
    moment,
    moment_within,
    money,
    rating,
    short_day,
    street_and_city,
    sum_of,
    tint,
    zone_name,
)

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (0, "EUR", "Free"),
        (4500, "EUR", "€45"),
        (4550, "EUR", "€45.50"),
        (123400, "GBP", "£1,234"),
        (900, "JPY", "JP¥900"),
    ],
)
def test_money_by_its_currency(amount: int, currency: str, written: str) -> None:
    assert money(amount, currency) == written


def test_nothing_that_came_in_is_not_called_free() -> None:
    assert (sum_of(0, "EUR"), sum_of(0, "JPY"), sum_of(4550, "EUR")) == ("€0", "JP¥0", "€45.50")


@pytest.mark.parametrize(("minutes", "written"), [(45, "45 min"), (60, "1 h"), (90, "1 h 30"), (125, "2 h 05")])
def test_durations(minutes: int, written: str) -> None:
    assert duration(minutes) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 11, 20), "Yesterday"),
        (date(2026, 11, 21), "Today"),
        (date(2026, 11, 22), "Tomorrow"),
        (date(2026, 11, 27), "Fri 27 Nov"),
        (date(2027, 11, 27), "Sat 27 Nov 2027"),
    ],
)
def test_days_near_today_have_names(value: date, written: str) -> None:
    assert day(value, TODAY) == written


def test_days_in_narrow_places() -> None:
    days = [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23), date(2026, 12, 7)]
    assert [short_day(value, TODAY) for value in days] == ["Today", "Tomorrow", "Mon 23", "7 Dec"]


def test_a_moment_is_told_in_the_zone_of_the_place() -> None:
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert moment(datetime(2026, 11, 21, 14, 30, tzinfo=UTC), "Australia/Sydney", now) == "Tomorrow, 01:30"


def test_a_moment_within_a_sentence_begins_small_unless_it_names_a_day() -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert moment_within(datetime(2026, 11, 22, 14, 30, tzinfo=UTC), "UTC", now) == "tomorrow, 14:30"
    assert moment_within(datetime(2026, 11, 24, 10, tzinfo=UTC), "UTC", now) == "Tue 24 Nov, 10:00"
    assert zone_name("America/St_Johns") == "St John’s time"


def test_small_words() -> None:
    assert (rating(4.866), rating(None)) == ("4.9", "")
    assert (count(1, "review"), count(1204, "review")) == ("1 review", "1,204 reviews")
    assert (initials("Ana de la Cruz"), initials("Cher"), initials("")) == ("AC", "C", "")
    assert tint("Ana") == tint("Ana")
    assert 1 <= tint("Łukasz") <= 6


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("45", "EUR", 4500), (" 45.5 ", "EUR", 4550), ("45,50", "EUR", 4550), ("0", "EUR", 0), ("4500", "JPY", 4500)],
)
def test_a_price_as_people_write_it(text: str, currency: str, amount: int) -> None:
    assert amount_of(text, currency) == amount


@pytest.mark.parametrize("text", ["", "a lot", "-1", "1,234", "1.2.3", "1e3", "٤٥", "9" * 5000, "45 EUR", "."])
def test_what_is_no_price_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"Please write the price as a number, for example 45\.50\."):
        amount_of(text, "EUR")
    with pytest.raises(ValueError, match="4500"):
        amount_of("45.50", "JPY")


@pytest.mark.parametrize(
    ("address", "city", "written"),
    [
        ("31 Rue de Lancry, 75010 Paris", "Paris", "31 Rue de Lancry, 75010 Paris"),
        ("Berliner Straße 5", "Berlin", "Berliner Straße 5, Berlin"),
        ("", "Berlin", "Berlin"),
        ("Harbour 1, left", "", "Harbour 1, left"),
        ("5 (Back Lane", "(Back", "5 (Back Lane"),
    ],
)
def test_a_city_is_said_once(address: str, city: str, written: str) -> None:
    assert street_and_city(address, city) == written


@pytest.mark.parametrize(
    ("instant", "zone", "written"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", "02:30 UTC+2"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin", "02:30 UTC+1"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "Europe/Berlin", "03:00"),
        (datetime(2026, 11, 1, 6, 0, tzinfo=UTC), "America/New_York", "01:00 UTC-5"),
        (datetime(2027, 4, 3, 15, 0, tzinfo=UTC), "Australia/Lord_Howe", "01:30 UTC+10:30"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Europe/Berlin", "03:00"),
    ],
)
def test_the_hour_that_the_clock_shows_twice_says_which_one_it_is(instant: datetime, zone: str, written: str) -> None:
    assert clock_time(instant, zone) == written
