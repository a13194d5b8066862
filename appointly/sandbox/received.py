"""A message the mailbox took."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Received:
    """One row of `sandbox_message`; attachments are `{filename, content_type, content}`, content in base64."""

    id: UUID
    recipient: str
    channel: str
    sender: str
    subject: str
    text: str
    html: str
    attachments: list[dict[str, Any]]
    sent_at: datetime
