"""A mail, ready to be handed to whoever delivers it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; `content_type` with its parameters."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one person, as text and as HTML; an answer goes to `reply_to`, else to us."""

    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
