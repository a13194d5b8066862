"""Hands mail to whoever delivers it: Resend's HTTP API, an SMTP server, or the development mailbox in demo mode."""

import asyncio
import base64
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote, urlsplit

import httpx

from appointly.clock import now
from appointly.emails.mail import Mail
from appointly.errors import GatewayFailed, GatewayRefused
from appointly.settings import settings

RESEND = "https://api.resend.com"
TIMEOUT = 15.0
AT_ONCE = 20
# No machine answers a machine: neither an "out of office" nor another service's mail (RFC 3834).
HEADERS = {"Auto-Submitted": "auto-generated"}


async def send(mail: Mail, key: str) -> None:
    """Deliver one mail. A second try with the same `key` is harmless where the other side knows keys (Resend).

    Over SMTP the key becomes the Message-ID. Raises `GatewayFailed` where another try may help, and `GatewayRefused`.
    """
    config = settings()
    if config.resend_api_key:
        await _resend(mail, key, config.resend_api_url or RESEND, config.resend_api_key)
    elif config.smtp_url:
        await asyncio.get_running_loop().run_in_executor(senders(), _smtp, mail, key, config.smtp_url)
    elif config.demo:
        await _resend(mail, key, config.resend_api_url or f"{config.base_url}/sandbox/resend", "demo")
    else:
        raise GatewayFailed("No way to send mail is configured: set RESEND_API_KEY or SMTP_URL.")


@lru_cache
def senders() -> ThreadPoolExecutor:
    """The threads that talk to a mail server: one for each job of a batch, so that slow ones do not queue up."""
    return ThreadPoolExecutor(AT_ONCE, "smtp")


@lru_cache
def client() -> httpx.AsyncClient:
    """The HTTP connections of this process, which has one event loop. The mailbox of a demo is behind no proxy."""
    return httpx.AsyncClient(timeout=TIMEOUT, trust_env=bool(settings().resend_api_key))


async def _resend(mail: Mail, key: str, url: str, api_key: str) -> None:
    body = {
        "from": settings().mail_from,
        "to": [mail.to],
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": HEADERS,
        **({"reply_to": mail.reply_to} if mail.reply_to else {}),
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "content": base64.b64encode(attachment.content).decode(),
            }
            for attachment in mail.attachments
        ],
    }
    headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": key}
    try:
        answer = await client().post(f"{url.rstrip('/')}/emails", json=body, headers=headers)
    except httpx.HTTPError as error:
        raise GatewayFailed(f"The mail service did not answer: {error!r}") from error
    if answer.is_success or _sent_before(answer):
        return
    what = f"The mail service answered {answer.status_code}: {answer.text[:500]}"
    # 401 and 403 are about our key, which somebody will mend; 409 is the same key at work elsewhere.
    if answer.status_code in (400, 422):
        raise GatewayRefused(what)
    raise GatewayFailed(what)


def _sent_before(answer: httpx.Response) -> bool:
    """Whether the key was used by an earlier try whose mail differed (an address or a setting has changed since)."""
    return answer.status_code == 409 and "invalid_idempotent_request" in answer.text


def as_email(mail: Mail, key: str, sender: str) -> EmailMessage:
    """The mail as RFC 5322 has it: text, HTML and calendar as alternatives, and the calendar file attached as well."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    for name, value in HEADERS.items():
        message[name] = value
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{sha256(key.encode()).hexdigest()}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        if attachment.content_type.startswith("text/calendar"):
            method = attachment.content_type.rpartition("method=")[2]
            message.add_alternative(attachment.content.decode(), subtype="calendar", params={"method": method})
    for attachment in mail.attachments:
        main, _, sub = attachment.content_type.partition(";")[0].partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.filename)
    return message


def _smtp(mail: Mail, key: str, url: str) -> None:
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    context = ssl.create_default_context()
    try:
        message = as_email(mail, key, settings().mail_from)
    except ValueError as error:
        raise GatewayRefused(f"This is no mail: {error}") from error
    try:
        with closing(
            smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
            if secure
            else smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
        ) as server:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
            # The mail is taken: a farewell that goes wrong must not send it again.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise (GatewayRefused if min(codes) >= 500 else GatewayFailed)(f"The mail server refused: {error}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise GatewayFailed(f"The mail server did not take the mail: {error!r}") from error
