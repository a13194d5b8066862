"""`/api/v1/docs`: the OpenAPI document as a page to read, made here: nothing is loaded from another host."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from appointly.api.guard import GuardedRoute, access
from appointly.errors import AppointlyError

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Appointly API</title><link rel="icon" href="/favicon.svg"><style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem }}
code, pre {{ font: 14px/1.5 ui-monospace, monospace }} pre {{ overflow-x: auto }}
details {{ border: 1px solid #8884; border-radius: 8px; padding: .5rem 1rem; margin: .5rem 0 }}
summary {{ cursor: pointer; min-height: 1.75rem }} b {{ display: inline-block; min-width: 4rem }}
summary span {{ opacity: .75 }} td {{ padding: .25rem 1rem .25rem 0; vertical-align: top; overflow-wrap: anywhere }}
</style></head><body><main><h1>Appointly API</h1>{intro}<p>The document itself:
<a href="{url}">{url}</a></p>{calls}<h2>Refusals</h2><p>Each is
<code>application/problem+json</code> with a <code>code</code> that never changes, a sentence in <code>detail</code> for
people, and in <code>fields</code> the inputs it is about.</p>{refused}<h2>Shapes</h2>{shapes}</main></body></html>"""


def folded(title: str, inside: str) -> str:
    """Something to open."""
    return f"<details><summary>{title}</summary>{inside}</details>"


def told(text: str) -> str:
    """Paragraphs, with what stands between backticks as code."""
    words = re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))
    return "".join(f"<p>{part}</p>" for part in words.split("\n\n"))


def as_json(value: object) -> str:
    """JSON to read."""
    return f"<pre>{escape(json.dumps(value, indent=2))}</pre>"


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Names, and what stands behind them."""
    return "<table>" + "".join(f"<tr><td>{name}</td><td>{words}</td></tr>" for name, words in rows) + "</table>"


def limits_of(schema: dict[str, Any]) -> str:
    """What a parameter may be, in one line."""
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    named = {"minimum": "from", "maximum": "to", "maxLength": "longest", "default": "else"}
    said = [str(each.get("format") or each.get("type", "")) for each in kinds]
    said += [f"{words} {each[key]}" for each in kinds for key, words in named.items() if each.get(key) is not None]
    said += ["one of " + ", ".join(map(str, each["enum"])) for each in kinds if "enum" in each]
    return ", ".join(part for part in said if part)


def parameters(operation: dict[str, Any]) -> str:
    """What the address and the headers take."""
    rows = []
    for each in operation.get("parameters", []):
        needed = "" if each.get("required") else ", if wanted"
        said = f"{each['in']}{needed}: {limits_of(each['schema'])}. {each.get('description', '')}"
        rows.append((f"<code>{escape(each['name'])}</code>", escape(said)))
    return f"<h4>Parameters</h4>{table(rows)}" if rows else ""


def content_of(holder: dict[str, Any]) -> str:
    """An example of a body, and the name of its shape, if it is JSON with a shape."""
    for kind, body in holder.get("content", {}).items():
        if "example" in body:
            shape = body["schema"].get("$ref", "").rsplit("/", 1)[-1]
            return (f"<p>Shape: <code>{escape(shape)}</code></p>" if shape else "") + as_json(body["example"])
        return f"<p><code>{escape(kind)}</code></p>"
    return ""


def call(method: str, path: str, operation: dict[str, Any]) -> str:
    """One call: what it does, what it takes, what it answers."""
    said = told(operation["description"])
    taken = content_of(operation.get("requestBody", {}))
    answers = "".join(
        f"<h4>Answer {status}</h4>{content_of(answer)}"
        for status, answer in sorted(operation["responses"].items())
        if status.startswith("2")
    )
    refused = ", ".join(sorted(each for each in operation["responses"] if not each.startswith("2")))
    inside = said + parameters(operation) + (f"<h4>Body</h4>{taken}" if taken else "") + answers
    title = f"<b>{method.upper()}</b> <code>{escape(path)}</code> <span>{escape(operation['summary'])}</span>"
    return folded(title, f"{inside}<h4>Refusals</h4><p>{refused}</p>")


def refusals(kind: type[AppointlyError]) -> Iterator[tuple[str, str]]:
    """Every code, with its status and the sentence that goes with it."""
    for each in sorted(kind.__subclasses__(), key=lambda found: (found.status, found.code)):
        if each.status != 500:
            yield f"<code>{escape(each.code)}</code>", f"{each.status}: {escape(each.message)}"
        yield from refusals(each)


@cache
def page(url: str, document: str) -> str:
    """The whole page."""
    found = json.loads(document)
    calls = []
    for tag in found["tags"]:
        calls.append(f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>")
        for path, methods in found["paths"].items():
            calls += [call(method, path, each) for method, each in methods.items() if tag["name"] in each["tags"]]
    shapes = "".join(
        folded(f"<code>{escape(name)}</code>", as_json(shape)) for name, shape in found["components"]["schemas"].items()
    )
    intro = told(found["info"]["description"])
    refused = table(dict(refusals(AppointlyError)).items())
    return PAGE.format(intro=intro, url=url, calls="".join(calls), refused=refused, shapes=shapes)


@router.get("/docs", response_class=HTMLResponse)
@access("public")
async def get_docs(request: Request) -> HTMLResponse:
    """What the API offers, to read."""
    api = request.app
    return HTMLResponse(page(api.openapi_url, json.dumps(api.openapi())))
