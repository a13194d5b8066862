"""The frame of every mail: one column, styles inline, everything escaped, and the same words as plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from appointly.emails.mail import Attachment, Mail

FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
INK, SOFT, LINE, CANVAS, ACCENT = "#1e1c19", "#565049", "#e7e3dd", "#faf9f7", "#0f5f5b"
# What is inline wins over a stylesheet, hence !important. Mail programs without dark mode leave this out.
DARK = """
@media (prefers-color-scheme: dark) {
.canvas { background: #161513 !important } .card { background: #1f1d1b !important; border-color: #35322e !important }
.ink { color: #f4f1ec !important } .soft { color: #c2bbb1 !important } .line { border-color: #35322e !important }
.accent { color: #5fc4ba !important } .button { background: #5fc4ba !important; color: #05211f !important }
}"""
TOUCHED = "display:inline-block;padding:8px 0;font-weight:600"  # high enough for a thumb
TITLE = f"margin:0;font-size:24px;line-height:32px;color:{INK}"
COLUMN = 12  # characters of plain text before a value
WRAP = "overflow-wrap:anywhere;word-break:break-word"


@dataclass(frozen=True)
class Letter:
    """What a mail says: heading, sentences, what somebody wrote, links with their words, facts, one thing to do, small
    print, why it came, and to whom an answer goes if not to us."""

    subject: str
    preview: str
    heading: str
    sentences: Sequence[str]
    before_links: str = ""
    links: Sequence[tuple[str, str]] = ()
    facts: Sequence[tuple[str, str]] = ()
    quote: str = ""
    button: tuple[str, str] | None = None
    small_print: str = ""
    because: str = "You get this mail because of an appointment made on Appointly."
    reply_to: str = ""


def as_mail(letter: Letter, to: str, attachments: tuple[Attachment, ...] = ()) -> Mail:
    """The letter as a mail to this address."""
    return Mail(to, letter.subject, as_text(letter), as_html(letter), attachments, letter.reply_to)


def as_text(letter: Letter) -> str:
    """The letter as plain text."""
    parts = [letter.heading, *letter.sentences]
    if letter.quote:
        parts.append("\n".join(f"> {line}" for line in letter.quote.splitlines()))
    if letter.before_links:
        parts.append(letter.before_links)
    parts += [f"{words}:\n{link}" for words, link in letter.links]
    if letter.facts:
        parts.append("\n".join(_fact(name, value) for name, value in letter.facts))
    if letter.button:
        label, link = letter.button
        parts.append(f"{label}:\n{link}")
    if letter.small_print:
        parts.append(letter.small_print)
    parts.append(letter.because)
    return "\n\n".join(parts) + "\n"


def _fact(name: str, value: str) -> str:
    """A name and its value beside it; a question somebody was asked has a line of its own."""
    named = f"{name + ':':{COLUMN}}" if len(name) + 1 < COLUMN else f"{name}\n{' ' * COLUMN}"
    return named + value.replace("\n", "\n" + " " * COLUMN)


def as_html(letter: Letter) -> str:
    """The letter as HTML. Tables and inline styles, since that is what mail programs agree on."""
    body = "".join(
        [
            _row(f'<h1 class="ink" style="{TITLE}">{escape(letter.heading)}</h1>', 8),
            *(_paragraph(sentence) for sentence in letter.sentences),
            _quote(letter.quote),
            _paragraph(letter.before_links) if letter.before_links else "",
            *(_row(_link(words, link), 0) for words, link in letter.links),
            _facts(letter.facts),
            _button(letter.button),
            _row(
                f'<p class="soft" style="margin:0;font-size:14px;line-height:20px;color:{SOFT}">'
                f"{_lines(letter.small_print)}</p>",
                24,
            )
            if letter.small_print
            else "",
        ]
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{escape(letter.subject)}</title><style>:root {{ color-scheme: light dark }}{DARK}</style></head>
<body class="canvas" style="margin:0;padding:0;background:{CANVAS}">
<div style="display:none;max-height:0;overflow:hidden">{escape(letter.preview)}</div>
<table role="presentation" class="canvas" width="100%" cellpadding="0" cellspacing="0" style="background:{CANVAS}">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="max-width:560px;{WRAP};{FONT};font-size:16px;line-height:24px">
<tr><td class="accent" style="padding:0 8px 16px;font-size:18px;font-weight:700;color:{ACCENT}">Appointly</td></tr>
<tr><td class="card" style="background:#ffffff;border:1px solid {LINE};border-radius:12px;padding:20px 20px 28px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0">{body}</table>
</td></tr>
<tr><td class="soft" style="padding:16px 8px 0;font-size:14px;line-height:20px;color:{SOFT}">\
{escape(letter.because)}</td></tr>
</table></td></tr></table></body></html>"""


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _paragraph(text: str) -> str:
    return _row(f'<p class="soft" style="margin:0;color:{SOFT}">{_lines(text)}</p>', 12)


def _row(content: str, space: int) -> str:
    return f'<tr><td style="padding-top:{space}px">{content}</td></tr>'


def _link(words: str, link: str) -> str:
    return f'<a class="accent" href="{escape(link)}" style="{TOUCHED};color:{ACCENT}">{escape(words)}</a>'


def _quote(text: str) -> str:
    if not text:
        return ""
    style = f"margin:0;padding:8px 16px;border-left:3px solid {LINE};color:{INK}"
    return _row(f'<blockquote class="ink line" dir="auto" style="{style}">{_lines(text)}</blockquote>', 16)


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    if not facts:
        return ""
    cell = f"padding:10px 0;border-top:1px solid {LINE};vertical-align:top"
    rows = "".join(
        f'<tr><td class="soft line" style="{cell};color:{SOFT};width:84px;padding-right:12px">{escape(name)}</td>'
        f'<td class="ink line" style="{cell};color:{INK};font-weight:500"><bdi>{_lines(value)}</bdi></td></tr>'
        for name, value in facts
    )
    return _row(f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0">{rows}</table>', 24)


def _button(button: tuple[str, str] | None) -> str:
    if not button:
        return ""
    label, link = button
    style = (
        f"display:inline-block;padding:12px 24px;border-radius:8px;background:{ACCENT};color:#ffffff;"
        "font-weight:600;text-decoration:none"
    )
    return _row(f'<a class="button" href="{escape(link)}" style="{style}">{escape(label)}</a>', 24)
