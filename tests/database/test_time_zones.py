"""The database and Python read the same clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import psycopg

# PostgreSQL takes these for abbreviations of a fixed offset before it looks for a zone of that name.
ABBREVIATIONS = {"CET", "EET", "MET", "WET", "EST", "HST", "MST"}


def test_every_zone_shows_the_same_time_in_the_database_and_in_python(database: str) -> None:
    instants = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=5 * number) for number in range(150)]
    with psycopg.connect(database) as connection:
        shown = connection.execute(
            "SELECT zone, array_agg(t AT TIME ZONE zone ORDER BY t)"
            " FROM unnest(%s::text[]) AS zone, unnest(%s) AS t GROUP BY zone",
            [sorted(available_timezones() - ABBREVIATIONS), instants],
        ).fetchall()
    assert len(shown) > 400
    for zone, times in shown:
        assert times == [t.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in instants], zone
