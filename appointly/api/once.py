"""`Idempotency-Key`: a request that is sent again has one effect, and gets the first answer again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Header, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.operations.remember_answer import claim_key, earlier_attempt, keep_answer
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
    body: bytes | None = None,
) -> bytes:
    """The answer to `effect`, in its transaction; with a key, the one that the same request has got before.

    Guests' keys belong to the address they give. `body` is what the request says, where its bytes differ each time it
    is sent, as a form's with files do. Raises what `claim_key` and the effect raise.
    """
    if key is None:
        return await effect()
    said = _said(request, await request.body() if body is None else body)
    attempt = await claim_key(session, current_actor(), guest, key, said, at)
    if attempt.status:
        return attempt.body
    content = await effect()
    await keep_answer(session, attempt, 201, content)
    return content


async def answered(session: AsyncSession, request: Request, key: str | None, body: bytes) -> bytes | None:
    """The answer that the same request has got before: to be asked before long work whose end is a `once`.

    Raises `IdempotencyKeyReused`.
    """
    if key is None:
        return None
    earlier = await earlier_attempt(session, current_actor(), "", key, _said(request, body))
    return earlier.body if earlier else None


def _said(request: Request, body: bytes) -> bytes:
    return f"{request.method} {request.url.path.removeprefix('/api/v1')}\n".encode() + body
