"""The development mailbox: a stand-in that speaks Resend's HTTP, and the pages that show what it took."""

import base64
import re
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, HTTPException, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from appointly.database import reading, transaction
from appointly.database.statement import select
from appointly.sandbox.mailbox_page import mailbox_page
from appointly.sandbox.received import Received
from appointly.settings import settings

NEWEST = 200
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def demo_only() -> None:
    """Outside demo mode there is nothing here."""
    if not settings().demo:
        raise HTTPException(404)


router = APIRouter(dependencies=[Depends(demo_only)], include_in_schema=False)


class ResendAttachment(BaseModel):
    """A file, base64 as Resend takes it."""

    filename: str
    content: str
    content_type: str = "application/octet-stream"


class ResendEmail(BaseModel):
    """The body of `POST /emails`, as far as we send it; anything else is refused, so that a typing error is seen."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(alias="from")
    to: list[str]
    subject: str
    text: str = ""
    html: str = ""
    attachments: list[ResendAttachment] = Field(default_factory=list)
    reply_to: str = ""
    headers: dict[str, str] = Field(default_factory=dict)


INSERT = """
INSERT INTO sandbox_message (channel, idempotency_key, recipient, sender, subject, text, html, attachments)
VALUES ('email', %(key)s, %(recipient)s, %(sender)s, %(subject)s, %(text)s, %(html)s, %(attachments)s)
ON CONFLICT (idempotency_key) DO NOTHING
RETURNING id, true AS same
"""

BEFORE = """
SELECT id, (recipient, sender, subject, text, html, attachments) =
    (%(recipient)s, %(sender)s, %(subject)s, %(text)s, %(html)s, %(attachments)s::jsonb) AS same
FROM sandbox_message WHERE idempotency_key = %(key)s
"""

LIST = """
SELECT id, recipient, channel, sender, subject, text, html, attachments, sent_at FROM sandbox_message
WHERE recipient = coalesce(%(to)s::text, recipient) ORDER BY sent_at DESC, id DESC LIMIT %(limit)s
"""

ONE = """
SELECT id, recipient, channel, sender, subject, text, html, attachments, sent_at FROM sandbox_message
WHERE id = %(id)s
"""


@dataclass(frozen=True)
class Kept:
    """The stored mail of a key; whether it is the same mail."""

    id: UUID
    same: bool


@router.post("/sandbox/resend/emails")
async def receive(
    email: ResendEmail,
    idempotency_key: Annotated[str | None, Header(max_length=256)] = None,
    authorization: Annotated[str, Header()] = "",
) -> Response:
    """Take a mail as Resend does: the same key and mail again get the first answer, another mail 409."""
    if not authorization.startswith("Bearer "):
        return _refusal(401, "missing_api_key", "Missing API key in the authorization header")
    values: dict[str, object] = {
        "key": idempotency_key,
        "recipient": ", ".join(email.to),
        "sender": email.sender,
        "subject": email.subject,
        "text": email.text,
        "html": email.html,
        "attachments": Jsonb([attachment.model_dump() for attachment in email.attachments]),
    }
    async with transaction() as session:
        [kept] = await select(session, Kept, INSERT, **values) or await select(session, Kept, BEFORE, **values)
    if not kept.same:
        sentence = "This idempotency key has already been used with a different request payload"
        return _refusal(409, "invalid_idempotent_request", sentence)
    return JSONResponse({"id": str(kept.id)})


def _refusal(status: int, name: str, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "name": name, "message": message}, status)


@router.get("/dev/mailbox.json")
async def mailbox_json(to: str | None = None) -> list[dict[str, Any]]:
    """What arrived, newest first; of one address where `to` is given. Attachments are base64."""
    return [
        {
            "to": message.recipient,
            "channel": message.channel,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "attachments": message.attachments,
            "sent_at": message.sent_at.isoformat(),
        }
        for message in await _received(to)
    ]


@router.get("/dev/mailbox")
async def mailbox_html(
    to: str | None = None, id: Annotated[UUID | None, Query()] = None, view: str = "html"
) -> HTMLResponse:
    """The list and, beside it, the message `id` or the newest one."""
    return HTMLResponse(mailbox_page(await _received(to), id, to or "", view))


@router.get("/dev/mailbox/{id}/attachments/{place}")
async def attachment(id: UUID, place: int) -> Response:
    """One attached file."""
    async with reading() as session:
        found = await select(session, Received, ONE, id=id)
    if not found or not 0 <= place < len(found[0].attachments):
        raise HTTPException(404)
    file = found[0].attachments[place]
    headers = {"Content-Disposition": f'attachment; filename="{UNSAFE.sub("_", file["filename"])}"'}
    return Response(base64.b64decode(file["content"]), media_type="application/octet-stream", headers=headers)


async def _received(to: str | None) -> list[Received]:
    wanted = to.strip().lower().replace("\0", "") if to else None
    async with reading() as session:
        return await select(session, Received, LIST, to=wanted or None, limit=NEWEST)
