"""Rows by the thousand: made in Python, written with one statement a table."""

import json
from collections import defaultdict
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute

# Order of writing: a row comes after the rows it points at.
TABLES = (
    "user",
    "provider",
    "working_hours",
    "date_override",
    "blocked_time",
    "service",
    "slot",
    "appointment",
    "appointment_event",
    "review",
    "flag",
    "audit_entry",
)


class Rows:
    """Collects rows and gives them ids that depend on nothing but the random source and the moment given."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tables: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, table: str, moment: datetime, **values: Any) -> UUID:
        """Collect a row; its id is a version 7 UUID of `moment`, which is also its `created_at`."""
        bits = int(moment.timestamp() * 1000) << 80 | 7 << 76 | self.random.getrandbits(12) << 64
        identity = UUID(int=bits | 2 << 62 | self.random.getrandbits(62))
        self.tables[table].append({"id": identity, **values})
        return identity

    async def write(self, session: AsyncSession) -> None:
        """Insert what was collected since the last time."""
        for table in TABLES:
            if rows := self.tables.pop(table, None):
                columns = ", ".join(f'"{column}"' for column in rows[0])
                await execute(
                    session,
                    f'INSERT INTO "{table}" ({columns}) '  # noqa: S608 (names from this package)
                    f'SELECT {columns} FROM jsonb_populate_recordset(NULL::"{table}", %(rows)s::jsonb)',
                    rows=json.dumps(rows, default=str),
                )
