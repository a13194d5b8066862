"""Mail over Resend's HTTP and over SMTP, against servers that really listen."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.smtp import SMTP

from appointly.clock import now
from appointly.emails.mail import Attachment, Mail
from appointly.errors import GatewayFailed, GatewayRefused
from appointly.gateways.mail import client, send
from appointly.settings import settings

INVITE = Attachment("appointment.ics", "text/calendar; charset=utf-8; method=REQUEST", b"BEGIN:VCALENDAR\r\n")
MAIL = Mail("ada@example.test", "Zusage · 10:00", "Hello", "<p>Hello</p>", (INVITE,))


class Resend:
    """What Resend answers next, and what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, '{"id": "1"}'
        self.requests: list[tuple[str, dict[str, str], dict[str, object]]] = []


@pytest.fixture
def resend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resend]:
    resend = Resend()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            resend.requests.append((self.path, dict(self.headers), body))
            answer = resend.body.encode()
            self.send_response(resend.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(settings(), "resend_api_key", "re_test")
    monkeypatch.setattr(settings(), "resend_api_url", f"http://127.0.0.1:{server.server_port}")
    client.cache_clear()
    yield resend
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
async def fresh_client(worker_servers: object):
    client.cache_clear()
    yield
    await client().aclose()
    client.cache_clear()


async def test_resend_gets_the_mail_and_its_key(resend: Resend) -> None:
    await send(MAIL, "mail:1")
    [(path, headers, body)] = resend.requests
    assert path == "/emails"
    assert headers["Idempotency-Key"] == "mail:1"
    assert headers["Authorization"] == "Bearer re_test"
    assert (body["to"], body["subject"]) == (["ada@example.test"], "Zusage · 10:00")
    assert body["attachments"] == [
        {
            "filename": "appointment.ics",
            "content_type": "text/calendar; charset=utf-8; method=REQUEST",
            "content": "QkVHSU46VkNBTEVOREFSDQo=",
        }
    ]


@pytest.mark.parametrize(
    ("status", "name", "refusal"),
    [
        (409, "invalid_idempotent_request", None),
        (409, "concurrent_idempotent_requests", GatewayFailed),
        (422, "invalid_to_address", GatewayRefused),
        (400, "validation_error", GatewayRefused),
        (401, "missing_api_key", GatewayFailed),
        (429, "rate_limit_exceeded", GatewayFailed),
        (500, "internal_server_error", GatewayFailed),
    ],
)
async def test_what_resend_may_answer(resend: Resend, status: int, name: str, refusal: type[Exception] | None) -> None:
    resend.status, resend.body = status, json.dumps({"name": name})
    if refusal is None:
        await send(MAIL, "mail:1")
    else:
        with pytest.raises(refusal) as caught:
            await send(MAIL, "mail:1")
        assert type(caught.value) is refusal
        assert name in caught.value.message


async def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "resend_api_key", "re_test")
    monkeypatch.setattr(settings(), "resend_api_url", "http://127.0.0.1:9")
    with pytest.raises(GatewayFailed):
        await send(MAIL, "mail:1")


async def test_no_way_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "demo", False)
    with pytest.raises(GatewayFailed, match="RESEND_API_KEY or SMTP_URL"):
        await send(MAIL, "mail:1")


class Inbox:
    """An SMTP server's memory; refuses who is not known."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
async def inbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(inbox, hostname="localhost"), "127.0.0.1", 0)
    monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    yield inbox
    server.close()


async def test_smtp_gets_every_part(inbox: Inbox) -> None:
    await send(MAIL, "mail:1")
    await send(MAIL, "mail:1")
    first, second = [message_from_bytes(content) for content in inbox.mails]
    assert first["Message-ID"] == second["Message-ID"]
    kinds = [part.get_content_type() for part in first.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "text/calendar"]
    invite = next(part for part in first.walk() if part.get_content_type() == "text/calendar")
    assert invite.get_param("method") == "REQUEST"


async def test_a_bad_farewell_does_not_send_the_mail_again(inbox: Inbox) -> None:
    async def handle_quit(server, session, envelope) -> str:
        return "421 too busy for that"

    inbox.handle_QUIT = handle_quit  # type: ignore[attr-defined]
    await send(MAIL, "mail:1")
    assert len(inbox.mails) == 1


async def test_smtp_says_that_a_machine_wrote_when_and_who_gets_the_answer(inbox: Inbox) -> None:
    await send(replace(MAIL, reply_to="grace@example.test"), "mail:1")
    mail = message_from_bytes(inbox.mails[0])
    assert (mail["Auto-Submitted"], mail["Reply-To"]) == ("auto-generated", "grace@example.test")
    assert abs(parsedate_to_datetime(mail["Date"]) - now()) < timedelta(minutes=1)
    assert mail["Message-ID"].endswith("@appointly.example>")


@pytest.mark.parametrize("field", ["to", "subject", "reply_to"])
async def test_no_header_slips_in_with_a_line_break(inbox: Inbox, field: str) -> None:
    with pytest.raises(GatewayRefused):
        await send(replace(MAIL, **{field: "x@example.test\r\nBcc: everybody@example.test"}), "mail:1")
    assert not inbox.mails


@pytest.mark.parametrize(("to", "refusal"), [("nobody", GatewayRefused), ("later", GatewayFailed)])
async def test_smtp_refuses(inbox: Inbox, to: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as caught:
        await send(Mail(f"{to}@example.test", "s", "t", "h"), "mail:1")
    assert type(caught.value) is refusal
