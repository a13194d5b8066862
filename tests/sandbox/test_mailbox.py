"""The development mailbox speaks as Resend does, and shows what it took without letting it act."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from appointly.sandbox.mailbox import router
from appointly.settings import settings

HEADERS = {"Authorization": "Bearer demo", "Idempotency-Key": "mail:1"}


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


def email(**values: object) -> dict[str, object]:
    return {"from": "A <a@example.test>", "to": ["ada@example.test"], "subject": "Hello", "text": "Hi", **values}


async def test_the_same_key_delivers_once(client: httpx.AsyncClient) -> None:
    first = await client.post("/sandbox/resend/emails", json=email(), headers=HEADERS)
    again = await client.post("/sandbox/resend/emails", json=email(), headers=HEADERS)
    other = await client.post("/sandbox/resend/emails", json=email(subject="Other"), headers=HEADERS)
    assert (first.status_code, first.json()) == (200, again.json())
    assert (other.status_code, other.json()["name"]) == (409, "invalid_idempotent_request")
    for _ in range(2):
        await client.post("/sandbox/resend/emails", json=email(), headers={"Authorization": "Bearer demo"})
    assert len((await client.get("/dev/mailbox.json")).json()) == 3


async def test_newest_first_and_by_address(client: httpx.AsyncClient) -> None:
    content = base64.b64encode(b"BEGIN:VCALENDAR").decode()
    for number, to in enumerate(["ada@example.test", "bob@example.test", "ada@example.test"]):
        attachments = [{"filename": "a.ics", "content": content, "content_type": "text/calendar"}]
        body = email(subject=f"Mail {number}", to=[to], attachments=attachments)
        await client.post("/sandbox/resend/emails", json=body, headers=HEADERS | {"Idempotency-Key": str(number)})
    mails = (await client.get("/dev/mailbox.json", params={"to": "Ada@example.test"})).json()
    assert [mail["subject"] for mail in mails] == ["Mail 2", "Mail 0"]
    assert set(mails[0]) == {"to", "channel", "subject", "text", "html", "attachments", "sent_at"}
    page = (await client.get("/dev/mailbox")).text
    link = page.split('href="/dev/mailbox/')[1].split('"')[0]
    file = await client.get(f"/dev/mailbox/{link}")
    assert file.content == b"BEGIN:VCALENDAR"


async def test_a_hostile_mail_stays_inside_its_frame(client: httpx.AsyncClient) -> None:
    evil = '</iframe><script>alert(1)</script>"onload="alert(1)'
    await client.post("/sandbox/resend/emails", json=email(subject=evil, html=evil, text=evil), headers=HEADERS)
    for view in ("html", "text"):
        page = (await client.get("/dev/mailbox", params={"view": view, "to": ""})).text
        assert "<script>" not in page
        assert '"onload' not in page
    assert "<script>" not in (await client.get("/dev/mailbox", params={"to": evil})).text


@pytest.mark.parametrize("body", [{}, {"from": "a"}, email(bcc=["x@example.test"]), email(to="not a list")])
async def test_what_resend_would_not_take(client: httpx.AsyncClient, body: object) -> None:
    assert (await client.post("/sandbox/resend/emails", json=body, headers=HEADERS)).status_code == 422


async def test_a_call_without_a_key_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sandbox/resend/emails", json=email())).status_code == 401


@pytest.mark.parametrize(
    "path", ["/dev/mailbox/00000000-0000-0000-0000-000000000000/attachments/0", "/dev/mailbox/x/attachments/0"]
)
async def test_an_unknown_attachment(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code in (404, 422)


async def test_outside_demo_mode_there_is_nothing(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "demo", False)
    for path in ("/dev/mailbox", "/dev/mailbox.json"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post("/sandbox/resend/emails", json=email(), headers=HEADERS)).status_code == 404
