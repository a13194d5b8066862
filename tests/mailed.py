"""Mails about accounts, as they wait in the outbox, and the browsers that open their links."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
from psycopg.rows import dict_row

from appointly.clock import now
from appointly.database import transaction
from appointly.emails.accounts import compose
from appointly.emails.mail import Mail
from appointly.operations.reset_password import mail_reset_link
from appointly.settings import settings

SAME = {"origin": "http://127.0.0.1:8000"}


def jobs(kind: str) -> list[dict[str, Any]]:
    """What waits in the outbox, oldest first."""
    with psycopg.connect(settings().database_url, row_factory=dict_row) as connection:
        query = "SELECT payload FROM job WHERE kind = %s ORDER BY created_at, id"
        return [row["payload"] for row in connection.execute(query, [kind]).fetchall()]


def mails(kind: str = "", to: str = "") -> list[Mail]:
    """The planned mails about accounts, oldest first."""
    chosen = [facts for facts in jobs("account_mail") if facts["kind"] == (kind or facts["kind"])]
    return [compose(facts, settings()) for facts in chosen if facts["to"] == (to or facts["to"])]


def link_in(mail: Mail) -> str:
    """The path of the mail's link."""
    [found] = re.findall(r"http://[^\s]+/session/link/[^\s]+", mail.text)
    return found.removeprefix(settings().base_url)


async def answer_resets() -> None:
    """What the worker does with the wishes for a new password."""
    for wish in jobs("reset_asked"):
        async with transaction() as session:
            await mail_reset_link(session, wish["email"], now())


@dataclass
class Opened:
    """A link that a browser has opened: the page it led to, and the browser's cookies."""

    http: httpx.AsyncClient
    page: str
    link: str
    cookie: str

    async def post(self, path: str, **form: str) -> httpx.Response:
        """Press the button of the page."""
        return await self.http.post(path, data={"link": self.link} | form, headers=SAME | {"cookie": self.cookie})


async def opened(http: httpx.AsyncClient, mail: Mail) -> Opened:
    """Open the mail's link in a browser of its own."""
    answer = await http.get(link_in(mail))
    assert answer.status_code == 303, answer.text
    http.cookies.clear()
    page = answer.headers["location"]
    link = parse_qs(urlsplit(page).query).get("link", [""])[0]
    return Opened(http, page, link, answer.headers.get("set-cookie", "").partition(";")[0])


def sql(query: str, *values: object) -> None:
    """Change the database behind everybody's back: let time pass, for instance."""
    with psycopg.connect(settings().database_url, autocommit=True) as connection:
        connection.execute(query, values)  # type: ignore[call-overload]
