"""One corpus of wrong and hostile values for every input there is, and a way to see that nothing changed."""

import math
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

NOBODY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
# No text of ours holds these, wherever it is written.
NEVER_KEPT: list[Any] = ["\0", "long enough\0 for a password", "\ud800", "\u202egnp.exe", "x" * 20_000]
# Refused where something particular is asked for; where people write freely, a text like any other.
ODD_TEXTS: list[Any] = [
    "",
    "   ",
    "one\r\nBcc: victim@example.com",
    "not-a-uuid",
    str(NOBODY),
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-12-01T00:00:00+99:99",
    "-1",
    "1e400",
    "9" * 5_000,
    "a@b@c",
    "root@localhost",
    "+" * 50,
    '\'; DROP TABLE "user"; --',
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "%00%0d%0a",
    "مرحبا بالعالم",
    "Zoë 🦊 O’Brien",
]
STRINGS = NEVER_KEPT + ODD_TEXTS
OTHERS: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    10**30,
    [],
    [[[[]]]],
    ["a", {"b": None}],
    {},
    {"$ne": None},
    {"__proto__": {"admin": True}},
    [str(NOBODY)] * 3,
]
VALUES = STRINGS + OTHERS
NUMBERS_JSON_DOES_NOT_KNOW = [math.nan, math.inf, -math.inf]
BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"0",
    b'"text"',
    b"\xff\xfe\x00",
    b'{"email": NaN}',
    b'{"\\ud800": 1}',
    b'{"email": "a", "email": "b"}',
    b"[" * 20_000,
    b'{"a":' * 5_000,
    b"9" * 5_000,
]


def fingerprint(database_url: str) -> dict[str, tuple[int, str]]:
    """Rows and contents of every table."""
    with psycopg.connect(database_url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        query = "SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
        return {
            name: connection.execute(sql.SQL(query).format(sql.Identifier(name))).fetchall()[0] for (name,) in names
        }
