"""`/flags`: what was reported, for admins."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.flags import Decision, decide_flag
from appointly.queries.flags import Flag, flag_by_id, flags
from appointly.visitor import current_actor

router = APIRouter(prefix="/flags", tags=["Reports"], route_class=GuardedRoute)
DECIDED = refusals(404, 409)


class FlagOut(BaseModel):
    """A report. `decision` is the admin's word; `stars` and `words` are those of a reported review."""

    id: UUID
    kind: Literal["no_show", "review"]
    status: Literal["open", "upheld", "dismissed"]
    reason: str
    decision: str
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime
    reference: str
    booking_status: str
    customer_name: str
    service: str
    provider: str
    start: datetime
    checked_in_at: datetime | None
    stars: int | None
    words: str | None


class FlagsOut(BaseModel):
    items: list[FlagOut]
    next_cursor: str | None


class Decided(BaseModel):
    """A word about why, for both sides."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(max_length=2000)] = ""


def shown(flag: Flag) -> dict[str, object]:
    """A report as the API shows it."""
    return {name: getattr(flag, name) for name in FlagOut.model_fields}


@router.get("", response_model=FlagsOut, responses=refusals(403, 422))
@access("admin")
async def get_flags(
    status: Literal["open", "decided"] = "open",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """What waits for a decision, or what was decided; the newest first."""
    async with reading() as session:
        page = await flags(session, current_actor(), is_open=status == "open", limit=limit, cursor=cursor)
    return answer({"items": [shown(flag) for flag in page.items], "next_cursor": page.next_cursor})


async def decided(flag_id: UUID, decision: Decision, form: Decided | None) -> Response:
    """Decide, and show what was decided."""
    async with transaction() as session:
        await decide_flag(session, current_actor(), flag_id, decision, form.words if form else "", now())
        return answer(shown(await flag_by_id(session, current_actor(), flag_id)))


@router.post("/{flag_id}/uphold", response_model=FlagOut, responses=DECIDED)
@access("admin")
async def post_uphold(flag_id: UUID, form: Decided | None = None) -> Response:
    """Whoever reported it is right: the no-show becomes completed, the review is hidden."""
    return await decided(flag_id, "upheld", form)


@router.post("/{flag_id}/dismiss", response_model=FlagOut, responses=DECIDED)
@access("admin")
async def post_dismiss(flag_id: UUID, form: Decided | None = None) -> Response:
    """Everything stays as it is."""
    return await decided(flag_id, "dismissed", form)
