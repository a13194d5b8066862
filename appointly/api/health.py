"""`/healthz` and `/readyz`: for whoever runs the servers."""

from dataclasses import dataclass

import psycopg
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from appointly.api.guard import GuardedRoute, access
from appointly.database import bus, reading
from appointly.database.migrate import newest_revision
from appointly.database.statement import select

router = APIRouter(tags=["Health"], route_class=GuardedRoute)


@dataclass(frozen=True)
class Revision:
    """Where the migrations of a database have come to."""

    version_num: str


async def _database() -> str:
    try:
        async with reading() as session:
            found = await select(session, Revision, "SELECT version_num FROM alembic_version")
    except (psycopg.Error, SQLAlchemyError, OSError):
        return "unreachable"
    return "ok" if found == [Revision(newest_revision())] else "schema is not the newest"


async def _broker() -> str:
    try:
        await bus.client().echo("ready")
    except (RedisError, OSError):
        return "unreachable"
    return "ok"


@router.get("/healthz")
@access("public")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Something it needs is missing"}})
@access("public")
async def readyz() -> JSONResponse:
    """Its database, its broker and the schema are there."""
    parts = {"database": await _database(), "broker": await _broker()}
    ready = all(state == "ok" for state in parts.values())
    return JSONResponse({"status": "ok" if ready else "not ready", **parts}, 200 if ready else 503)
