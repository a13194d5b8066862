"""`Idempotency-Key`: a request that is sent again has one effect, and gets the first answer again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Header, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.operations.remember_answer import claim_key, keep_answer
from appointly.visitor import current_actor

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Any text of yours, new for each thing to be done: the same request again is done once",
    ),
]


async def once(
    session: AsyncSession,
    request: Request,
    key: str | None,
    effect: Callable[[], Awaitable[bytes]],
    at: datetime,
    guest: str = "",
) -> bytes:
    """The answer to `effect`, in its transaction; with a key, the one that the same request has got before.

    Guests' keys belong to the address they give. Raises what `claim_key` and the effect raise.
    """
    if key is None:
        return await effect()
    path = request.url.path.removeprefix("/api/v1")
    said = f"{request.method} {path}\n".encode() + await request.body()
    attempt = await claim_key(session, current_actor(), guest, key, said, at)
    if attempt.status:
        return attempt.body
    content = await effect()
    await keep_answer(session, attempt, 201, content)
    return content
