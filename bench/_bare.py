"""What Python can reach: FastAPI and async psycopg with the very same SQL, and nothing else around it."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Response
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from appointly.operations.book_appointment import BOOK
from appointly.queries.availability import AVAILABILITY
from appointly.supervisor import die_with_parent

LOCK = "SELECT FROM provider WHERE id = (SELECT provider_id FROM slot WHERE id = %s) FOR NO KEY UPDATE"


class Request(BaseModel):
    slot_id: UUID
    customer_name: str
    customer_email: str


@asynccontextmanager
async def opened(_: FastAPI) -> AsyncIterator[None]:
    die_with_parent()  # granian's workers are its own; without this they outlive a killed bench
    global pool
    pool = AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=16, max_size=16, open=False)
    await pool.open()
    yield
    await pool.close()


pool: AsyncConnectionPool[Any]
app = FastAPI(lifespan=opened)


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    return {}


@app.get("/api/v1/services/{service_id}/availability")
async def availability(service_id: UUID, date: date, days: int = 1) -> Response:
    values = {"service_id": service_id, "first": date, "days": days, "now": datetime.now(UTC)}
    async with pool.connection() as connection:
        await connection.set_autocommit(True)
        cursor = await connection.execute(AVAILABILITY, values)
        row = await cursor.fetchone()
        await connection.set_autocommit(False)
    assert row is not None
    return Response(row[0], media_type="application/json")


def booking_values(request: Request) -> dict[str, Any]:
    """What the statement that books is given."""
    return {
        "slot_id": request.slot_id,
        "hold_id": None,
        "answer_by": None,
        "customer_id": None,
        "name": request.customer_name,
        "email": request.customer_email,
        "phone": "",
        "notes": "",
        "answers": Jsonb({}),
        "reference": secrets.token_hex(5).upper(),
        "status": "confirmed",
        "time_zone": "Europe/Berlin",
        "actor_kind": "guest",
        "actor_id": None,
        "to_customer": "confirmed",
        "to_provider": "new_booking",
        "provider_email": "owner@bench.test",
        "now": datetime.now(UTC),
    }


@app.post("/api/v1/bookings", status_code=201)
async def book(request: Request) -> dict[str, Any]:
    async with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(LOCK, [request.slot_id])
        await cursor.execute(BOOK, booking_values(request))
        row = await cursor.fetchone()
    assert row is not None
    return row
