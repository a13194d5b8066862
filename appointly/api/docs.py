"""`/api/v1/docs`: the OpenAPI document as a page to read, made here: nothing is loaded from another host."""

import json
from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from appointly.api.guard import GuardedRoute, access

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Appointly API</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem }}
code, pre {{ font: 14px/1.5 ui-monospace, monospace }} pre {{ overflow-x: auto }}
details {{ border: 1px solid #8884; border-radius: 8px; padding: .5rem 1rem; margin: .5rem 0 }}
summary {{ cursor: pointer; min-height: 1.75rem }} b {{ display: inline-block; min-width: 4rem }}
</style></head><body><main><h1>Appointly API</h1><p>{intro} The document itself:
<a href="{url}">{url}</a></p>{calls}<h2>Shapes</h2>{shapes}</main></body></html>"""


def folded(title: str, inside: str) -> str:
    """Something to open."""
    return f"<details><summary>{title}</summary>{inside}</details>"


def as_json(value: object) -> str:
    """JSON to read."""
    return f"<pre>{escape(json.dumps(value, indent=2))}</pre>"


def call(method: str, path: str, operation: dict[str, Any]) -> str:
    """One call: what it does, what it takes, what it answers."""
    said = "".join(f"<p>{escape(part)}</p>" for part in operation.get("description", "").split("\n\n"))
    parts = {"Parameters": operation.get("parameters"), "Body": operation.get("requestBody", {}).get("content")}
    taken = "".join(f"<h4>{name}</h4>{as_json(value)}" for name, value in parts.items() if value)
    answers = f"<h4>Answers</h4><p>{', '.join(sorted(operation['responses']))}</p>"
    return folded(f"<b>{method.upper()}</b> <code>{escape(path)}</code>", said + taken + answers)


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
    return PAGE.format(intro=escape(found["info"]["description"]), url=url, calls="".join(calls), shapes=shapes)


@router.get("/docs", response_class=HTMLResponse)
@access("public")
async def get_docs(request: Request) -> HTMLResponse:
    """What the API offers, to read."""
    api = request.app
    return HTMLResponse(page(api.openapi_url, json.dumps(api.openapi())))
