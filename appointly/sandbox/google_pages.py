"""The pages of the stand-in for Google: giving permission, and a plain look into the calendars. No script."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from appointly.models.base import uuid7
from appointly.routes import GOOGLE_CALENDAR_CALLBACK
from appointly.sandbox import google_store as store
from appointly.sandbox.google_calendar import BASE, READ, WRITE, moment
from appointly.sandbox.mailbox import demo_only
from appointly.sandbox.mailbox_page import STYLE
from appointly.settings import settings

ACCOUNT = "nora@gmail.example"
MORE_STYLE = """
.card { max-width:640px; margin:32px auto; padding:24px; background:var(--surface); border:1px solid var(--line);
  border-radius:12px; display:block; min-height:0 }
.card form { display:grid; gap:12px; flex:none }
.card label { display:grid; gap:4px; font-size:14px }
.card label.tick { display:flex; gap:10px; align-items:center }
.card input[type=checkbox] { flex:none; width:20px; height:20px }
.card input { width:100% }
.row { display:flex; flex-wrap:wrap; gap:8px; align-items:center; justify-content:space-between }
.primary { background:var(--accent); color:var(--canvas); border-color:var(--accent) }
ul { list-style:none; margin:0 0 16px; padding:0 } ul li { padding:10px 0; border-bottom:1px solid var(--line) }
.refused { color:#b42318 }
"""
ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge")
router = APIRouter(prefix=BASE, dependencies=[Depends(demo_only)], include_in_schema=False)
WORDS = {READ: "See the events of all your calendars", WRITE: "Add, change and delete events"}


def _page(title: str, main: str) -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(title)} · stand-in for Google</title>
<link rel="icon" href="/favicon.svg"><style>{STYLE}{MORE_STYLE}</style></head>
<body><header><h1>Stand-in for Google</h1><p>Part of the demo. Nothing leaves this machine.</p></header>
<main class="card">{main}</main></body></html>"""
    )


def refusal_of(query: Mapping[str, str]) -> str:
    """What Google would find wrong with a request for permission; empty where nothing is."""
    expected = {"response_type": "code", "access_type": "offline", "code_challenge_method": "S256", "prompt": "consent"}
    if query.get("client_id") != settings().google_client[0]:
        return "invalid_client: the OAuth client was not found."
    if query.get("redirect_uri") != settings().base_url + GOOGLE_CALENDAR_CALLBACK:
        return "redirect_uri_mismatch"
    if any(query.get(name) != value for name, value in expected.items()):
        return "invalid_request"
    if not set(query.get("scope", "").split()) <= set(WORDS) or not query.get("scope"):
        return "invalid_scope"
    if len(query.get("code_challenge", "")) != 43 or not query.get("state"):
        return "invalid_request: state and code_challenge are missing."
    unknown = set(query) - set(ASKED) - set(expected) - {"login_hint"}
    return f"invalid_request: unknown parameter {sorted(unknown)[0]}" if unknown else ""


Query_ = Annotated[str, Query(max_length=2000)]


@router.get("/authorize")
async def ask(
    client_id: Query_ = "",
    redirect_uri: Query_ = "",
    response_type: Query_ = "",
    scope: Query_ = "",
    state: Query_ = "",
    code_challenge: Query_ = "",
    code_challenge_method: Query_ = "",
    access_type: Query_ = "",
    prompt: Query_ = "",
    login_hint: Query_ = "",
) -> Response:
    """The page that asks its owner for permission."""
    query = {name: value for name, value in locals().items() if value}
    if refused := refusal_of(query):
        return _page("Refused", f'<h2>Access blocked</h2><p class="refused">{escape(refused)}</p>')
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(query[name])}">' for name in ASKED)
    ticks = "".join(
        f'<label class="tick"><input type="checkbox" name="granted" value="{each}" checked>{WORDS[each]}</label>'
        for each in scope.split()
    )
    return _page(
        "Permission",
        f"""<h2>Appointly wants to see your calendars</h2>
<form method="post" action="{BASE}/authorize">{hidden}
<label>Account<input name="account" type="email" value="{escape(login_hint or ACCOUNT)}" required></label>
{ticks}<div class="row"><button class="button" name="answer" value="no">Cancel</button>
<button class="button primary" name="answer" value="yes">Allow</button></div></form>""",
    )


@router.post("/authorize")
async def answer(
    redirect_uri: Annotated[str, Form()],
    state: Annotated[str, Form()],
    code_challenge: Annotated[str, Form()],
    account: Annotated[str, Form(max_length=200)],
    answer: Annotated[str, Form()],
    granted: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Back to the product, with a code or with a refusal."""
    if redirect_uri != settings().base_url + GOOGLE_CALENDAR_CALLBACK:
        return _page("Refused", "<h2>redirect_uri_mismatch</h2>")
    if answer != "yes":
        return RedirectResponse(f"{redirect_uri}?{urlencode({'error': 'access_denied', 'state': state})}", 303)
    await store.make_account(account)
    scope = " ".join(each for each in granted or [] if each in WORDS)
    facts = {"account": account, "scope": scope, "challenge": code_challenge, "redirect_uri": redirect_uri}
    code = await store.give("code", facts, store.CODE_SECONDS)
    return RedirectResponse(f"{redirect_uri}?{urlencode({'state': state, 'code': code, 'scope': scope})}", 303)


@router.get("/calendar")
async def look(account: str = ACCOUNT) -> Response:
    """What stands in the account's calendars, and a form for something private."""
    await store.make_account(account)
    parts = []
    for calendar in (await store.calendars(account)).values():
        rows = "".join(
            _row(account, calendar, event)
            for event in sorted(
                await store.events(account, calendar["id"]),
                key=lambda each: moment(each["start"], calendar["timeZone"]),
            )
            if event["status"] != "cancelled"
        )
        parts.append(f"<h2>{escape(calendar['summary'])}</h2><ul>{rows or '<li>Nothing.</li>'}</ul>")
    return _page(
        "Calendars",
        f"""{"".join(parts)}
<h2>Something private</h2><form method="post" action="{BASE}/calendar">
<input type="hidden" name="account" value="{escape(account)}">
<label>What<input name="summary" value="Private" required></label>
<label>From (UTC)<input name="start" type="datetime-local" required></label>
<label>To (UTC)<input name="end" type="datetime-local" required></label>
<button class="button primary">Add</button></form>
<form method="post" action="{BASE}/revoke" style="margin-top:24px">
<input type="hidden" name="account" value="{escape(account)}">
<button class="button">Take back all permissions</button></form>""",
    )


def _row(account: str, calendar: store.Json, event: store.Json) -> str:
    start, end = moment(event["start"], calendar["timeZone"]), moment(event["end"], calendar["timeZone"])
    ours = " · written by Appointly" if event.get("extendedProperties") else ""
    return f"""<li class="row"><span><b>{escape(str(event.get("summary", "(no title)")))}</b><br>
{start:%a %-d %b, %H:%M} to {end:%H:%M %Z}{ours}</span><form method="post" action="{BASE}/delete">
<input type="hidden" name="account" value="{escape(account)}">
<input type="hidden" name="calendar" value="{escape(calendar["id"])}">
<input type="hidden" name="event" value="{escape(str(event["id"]))}">
<button class="button">Delete</button></form></li>"""


def _back(account: str) -> Response:
    return RedirectResponse(f"{BASE}/calendar?{urlencode({'account': account})}", 303)


@router.post("/calendar")
async def add(
    account: Annotated[str, Form(max_length=200)],
    summary: Annotated[str, Form(max_length=200)],
    start: Annotated[datetime, Form()],
    end: Annotated[datetime, Form()],
) -> Response:
    """Something private, from the page's form: times are UTC."""
    begins, ends = (each if each.tzinfo else each.replace(tzinfo=UTC) for each in (start, end))
    if ends > begins:
        await store.keep(account, account, f"p{uuid7().hex}", store.timed(summary, begins, ends))
    return _back(account)


@router.post("/delete")
async def delete(
    account: Annotated[str, Form()], calendar: Annotated[str, Form()], event: Annotated[str, Form()]
) -> Response:
    """Delete an event as its owner does."""
    if found := await store.event(account, calendar, event):
        await store.keep(account, calendar, event, found | {"status": "cancelled"})
    return _back(account)


@router.post("/revoke")
async def revoke(account: Annotated[str, Form()]) -> Response:
    """Let nobody in any more."""
    await store.forget_grants(account)
    return _back(account)
