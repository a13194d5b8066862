"""What a page's address answers before any script runs: its title, what search engines and previews read, and readable
words, put into the HTML that the front end was built into. Unknown services and providers answer 404.

The words stand beside the application, not in it: the stylesheet hides them once the application shows its page.
"""

import gzip
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from reflex.utils.prerequisites import get_web_dir
from starlette.datastructures import Headers
from starlette.responses import Response

from appointly import limits
from appointly.api.descriptions import (
    Description,
    landing,
    provider_description,
    queue_description,
    search_description,
    service_description,
    sitemap,
)
from appointly.api.problems import expected
from appointly.api.sessions import set_visitor_cookie
from appointly.clock import now
from appointly.errors import AppointlyError
from appointly.origin import origin_of, set_current_origin
from appointly.settings import settings
from appointly.visitor import VISITOR_COOKIE, browser_hash, read_cookies

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
ROBOTS = "User-agent: *\n" + "".join(
    f"Disallow: {path}\n" for path in ("/account", "/admin", "/api/", "/book/", "/booking/", "/mark")
)
SMALLEST_TO_COMPRESS = 1000
# Once the application has what the words stood for, they are gone: they say nothing about the pages that follow.
LEAVE = """<script>new MutationObserver((_, observer) => {
  if (!document.getElementById("page") || document.getElementById("waiting")) return;
  document.getElementById("preview")?.remove();
  observer.disconnect();
}).observe(document.documentElement, {childList: true, subtree: true});</script>"""


@dataclass(frozen=True)
class Answer:
    """A body to send as it is."""

    body: str
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, compressed: bool) -> Response:
        """The HTTP answer, compressed where the browser takes that."""
        body, headers = self.body.encode(), {"vary": "accept-encoding", **self.headers}
        if compressed and len(body) > SMALLEST_TO_COMPRESS:
            body, headers = gzip.compress(body, 5), headers | {"content-encoding": "gzip"}
        return Response(body, self.status, headers, self.kind)


def documents(pages: Asgi) -> Asgi:
    """`pages`, with the documents of the public pages described."""

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await pages(scope, receive, send)
            return
        set_current_origin(origin_of(scope))
        send = known_again(scope, send)
        try:
            answer = await answer_to(scope["path"], scope.get("query_string", b"").decode("latin-1"))
        except Exception as error:
            refusal = error if isinstance(error, AppointlyError) else expected(error)
            answer = Answer(shell("__spa-fallback.html"), status=refusal.status)  # the application will say why
        if answer is not None:
            accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
            await answer.response(b"gzip" in accepted)(scope, receive, send)
            return
        await pages(without_redirect(scope), receive, send)

    return application


def known_again(scope: Scope, send: Any) -> Any:
    """`send`, giving a browser that opens a page its own cookie, if it has none: what it begins is found again.

    Before the page's socket is opened, which keeps the cookies it came with; also with an answer that nothing changed.
    """
    headers = Headers(scope=scope)
    known = browser_hash(read_cookies(headers.get("cookie", "")).get(VISITOR_COOKIE, ""))
    if known or "text/html" not in headers.get("accept", ""):
        return send
    carrier = Response()
    set_visitor_cookie(carrier)
    cookies = [header for header in carrier.raw_headers if header[0] == b"set-cookie"]

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *cookies]
        await send(message)

    return sending


async def answer_to(path: str, query: str) -> Answer | None:
    """The answer to a GET of a path that is described here; None for every other path."""
    base = settings().base_url.rstrip("/")
    place, _, slug = path.strip("/").partition("/")
    match place, slug:
        case "robots.txt", "":
            return Answer(f"{ROBOTS}Sitemap: {base}/sitemap.xml\n", "text/plain; charset=utf-8")
        case "sitemap.xml", "":
            return Answer(await sitemap(base), "application/xml")
        case "", "":
            return page(landing(base), shell("index.html"))
        case "services", "":
            await limits.take("search")
            return page(await search_description(base, dict(parse_qsl(query)), now()))
        case "services", slug if slug and not slug.endswith("/waitlist"):
            return page(await service_description(base, slug, now()))
        case "services" | "book", slug if slug:
            if await service_description(base, slug.removesuffix("/waitlist"), now()) is None:
                return page(None)
        case "providers", slug if slug:
            return page(await provider_description(base, slug, now()))
        case "queue", slug if slug:
            return page(await queue_description(base, slug, now()))
    return None


def page(description: Description | None, html: str | None = None) -> Answer:
    """The application's HTML with a description in it; without one, the page that says so, and 404."""
    html = html or shell("__spa-fallback.html")
    if description is None:
        head = "<title>Page not found · Appointly</title><meta name=robots content=noindex>"
        return Answer(html.replace("</head>", f"{head}</head>", 1), status=404)
    body = f'<article id="preview">{description.body}</article>{LEAVE}' if description.body else ""
    titled = html.replace("</head>", f"{head_of(description, '<title>' not in html)}</head>", 1)
    return Answer(titled.replace("<body>", f"<body>{body}", 1))


def head_of(described: Description, titled: bool) -> str:
    """The tags for search engines and for previews of a sent link."""
    title, words = escape(described.title), escape(described.words)
    properties = {
        "og:type": "website",
        "og:site_name": "Appointly",
        "og:title": described.title,
        "og:description": described.words,
        "og:url": described.address,
        "og:image": described.image,
    }
    tags = [f"<title>{title}</title>"] if titled else []
    tags += [
        f'<meta name="description" content="{words}">',
        f'<link rel="canonical" href="{escape(described.address)}">',
    ]
    tags += [f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items()]
    tags += ['<meta name="twitter:card" content="summary_large_image">']
    if not described.listed:
        tags += ['<meta name="robots" content="noindex">']
    for data in described.data:
        text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).replace("<", "\\u003c")
        tags += [f'<script type="application/ld+json">{text}</script>']
    return "".join(tags)


def client() -> Path:
    """The built front end."""
    return get_web_dir() / "build" / "client"


@cache
def shell(name: str) -> str:
    """One of its HTML files."""
    return (client() / name).read_text()


@cache
def is_folder(path: str) -> bool:
    """Whether the front end has a page of its own at this path."""
    return bool(path.strip("/")) and ".." not in path and (client() / path.strip("/") / "index.html").is_file()


def without_redirect(scope: Scope) -> Scope:
    """Pages live in folders of their own; their addresses have no slash at the end."""
    path: str = scope["path"]
    if len(path) < 100 and not path.endswith("/") and "." not in path and is_folder(path):
        return {**scope, "path": f"{path}/", "raw_path": f"{path}/".encode()}
    return scope
