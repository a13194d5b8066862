"""The mailbox as a page: a list, and one message beside it. Written by hand, so that it works without any script."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode
from uuid import UUID

from appointly.sandbox.received import Received

STYLE = """
:root { --canvas:#faf9f7; --surface:#fff; --sunken:#f3f1ed; --line:#e7e3dd; --ink:#1e1c19; --soft:#565049;
  --accent:#0f5f5b; --accent-soft:#e3f1ef; color-scheme:light dark }
@media (prefers-color-scheme:dark) { :root { --canvas:#161513; --surface:#1f1d1b; --sunken:#272522; --line:#35322e;
  --ink:#f4f1ec; --soft:#c2bbb1; --accent:#5fc4ba; --accent-soft:#17322f } }
* { box-sizing:border-box }
body { margin:0; background:var(--canvas); color:var(--ink); font:16px/1.5 Inter,system-ui,sans-serif }
a { color:inherit; text-decoration:none }
:focus-visible { outline:2px solid var(--accent); outline-offset:2px; border-radius:8px }
header { display:flex; flex-wrap:wrap; gap:12px 24px; align-items:center; padding:16px 24px;
  border-bottom:1px solid var(--line); background:var(--surface) }
h1 { margin:0; font:600 20px/28px Outfit,Inter,system-ui,sans-serif }
header p { margin:0; color:var(--soft); font-size:14px; flex:1 1 16rem }
form { display:flex; gap:8px; flex:0 1 24rem }
input { flex:1; min-width:0; height:44px; padding:0 12px; font:inherit; color:inherit; background:var(--canvas);
  border:1px solid var(--soft); border-radius:8px }
.button { display:inline-flex; align-items:center; min-height:44px; padding:0 16px; font:inherit; font-weight:500;
  cursor:pointer; border:1px solid var(--line); border-radius:8px; background:var(--surface); color:var(--ink) }
main { display:grid; grid-template-columns:minmax(280px,380px) 1fr; min-height:calc(100vh - 77px) }
ol { list-style:none; margin:0; padding:8px; border-right:1px solid var(--line) }
li a { display:block; padding:12px 16px; border-radius:8px }
li a:hover { background:var(--sunken) }
li a[aria-current] { background:var(--accent-soft) }
li b { display:block; font-weight:600; overflow-wrap:anywhere }
li span, dl, small { color:var(--soft); font-size:14px }
li span { display:flex; gap:12px; justify-content:space-between }
li time { white-space:nowrap }
li span i { font-style:normal; overflow:hidden; text-overflow:ellipsis; white-space:nowrap }
article { padding:24px; min-width:0 }
h2 { margin:0 0 12px; font:600 24px/32px Outfit,Inter,system-ui,sans-serif; overflow-wrap:anywhere }
dl { display:grid; grid-template-columns:auto 1fr; gap:2px 16px; margin:0 0 16px }
dd { margin:0; color:var(--ink); overflow-wrap:anywhere }
nav { display:flex; flex-wrap:wrap; gap:8px; margin-bottom:16px }
nav a[aria-current] { border-color:var(--accent); color:var(--accent) }
iframe { width:100%; height:70vh; border:1px solid var(--line); border-radius:12px; background:#fff }
pre { margin:0; padding:20px; white-space:pre-wrap; overflow-wrap:anywhere; font:14px/1.6 ui-monospace,monospace;
  background:var(--surface); border:1px solid var(--line); border-radius:12px }
.empty { grid-column:1/-1; display:grid; place-content:center; justify-items:center; gap:8px;
  padding:64px 24px; text-align:center }
.empty p { margin:0; color:var(--soft); max-width:44ch }
@media (max-width:760px) { main { grid-template-columns:minmax(0,1fr) } ol { border-right:0 } article { order:-1;
  border-bottom:1px solid var(--line) } iframe { height:60vh } }
"""
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
CURRENT = ' aria-current="true"'


def mailbox_page(messages: Sequence[Received], chosen: UUID | None, to: str, view: str) -> str:
    """The whole page; `chosen` falls back to the newest message, `view` is html or text."""
    shown = next((message for message in messages if message.id == chosen), messages[0] if messages else None)
    if shown:
        items = "".join(_item(message, message is shown, to) for message in messages)
        main = f'<ol aria-label="Messages">{items}</ol>{_message(shown, to, view)}'
    else:
        main = _empty(to)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Development mailbox · Appointly</title>
<link rel="icon" href="/favicon.svg"><style>{STYLE}</style></head>
<body><header><h1><a href="/">Appointly</a> mailbox</h1>
<p>Mail, SMS and push of this demo arrive here. Nothing leaves this machine.</p>
<form role="search"><input type="search" name="to" value="{escape(to)}" placeholder="Address of the receiver" \
aria-label="Address of the receiver"><button class="button">Show</button></form>
<a class="button" href="{_link(to)}">Refresh</a></header>
<main>{main}</main></body></html>"""


def _link(to: str, **more: str) -> str:
    query = {name: value for name, value in {"to": to, **more}.items() if value}
    return escape("/dev/mailbox" + (f"?{urlencode(query)}" if query else ""))


def _item(message: Received, current: bool, to: str) -> str:
    mark = CURRENT if current else ""
    return (
        f'<li><a href="{_link(to, id=str(message.id))}"{mark}><b>{escape(message.subject or message.channel)}</b>'
        f"<span><i>{escape(message.recipient)}</i><time>{message.sent_at:%-d %b, %H:%M}</time></span></a></li>"
    )


def _message(message: Received, to: str, view: str) -> str:
    as_html = bool(message.html) and view != "text"
    tabs = [("html", "As mail")] if message.html else []
    tabs.append(("text", "Plain text"))
    here = "html" if as_html else "text"
    links = "".join(
        f'<a class="button" href="{_link(to, id=str(message.id), view=name)}"'
        f"{CURRENT if name == here else ''}>{label}</a>"
        for name, label in tabs
    )
    links += "".join(
        f'<a class="button" href="/dev/mailbox/{message.id}/attachments/{place}" download>'
        f"⤓ {escape(file['filename'])}</a>"
        for place, file in enumerate(message.attachments)
    )
    # The mail's own links open in a tab of their own; nothing else in it can act.
    inside = '<base target="_blank">' + message.html
    body = (
        f'<iframe title="The mail" sandbox="{SANDBOX}" srcdoc="{escape(inside)}"></iframe>'
        if as_html
        else f"<pre>{escape(message.text)}</pre>"
    )
    return f"""<article aria-label="Message"><h2>{escape(message.subject or message.channel)}</h2>
<dl><dt>To</dt><dd>{escape(message.recipient)}</dd><dt>From</dt><dd>{escape(message.sender)}</dd>
<dt>Sent</dt><dd>{message.sent_at:%A %-d %B %Y, %H:%M:%S} UTC</dd></dl>
<nav aria-label="Views and attachments">{links}</nav>{body}</article>"""


def _empty(to: str) -> str:
    if to:
        words, link = (
            f"Nothing has arrived for {escape(to)}.",
            '<a class="button" href="/dev/mailbox">Show everything</a>',
        )
    else:
        words, link = (
            "Book an appointment, and its mail arrives here within a second or two.",
            ('<a class="button" href="/services">Find a service</a>'),
        )
    return f'<div class="empty"><h2>No messages yet</h2><p>{words}</p>{link}</div>'
