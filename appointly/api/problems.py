"""Every refusal over HTTP: RFC 9457 `application/problem+json` with a stable `code`, never a stack trace."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from traceback import format_exception
from typing import Any, cast
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from appointly.database import is_unreachable
from appointly.errors import AppointlyError, Unavailable, Unexpected
from appointly.validation import sentences

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: ("malformed_request", "This request could not be read."),
    404: ("not_found", "We could not find that."),
    405: ("method_not_allowed", "This address does not offer that."),
    413: ("too_large", "This is larger than we accept."),
    415: ("unsupported_media_type", "Please send JSON."),
    422: ("malformed_request", "This request could not be read."),
}
log = structlog.get_logger()


class Problem(BaseModel):
    """What every refusal looks like. `fields` names the inputs to mark; some codes carry more (`alternatives`)."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    code: str = Field(examples=["slot_taken"])
    detail: str
    fields: dict[str, str] = {}


def problem(
    status: int,
    code: str,
    sentence: str,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    """The answer itself."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    content = json.dumps({**(more or {}), **body, "detail": sentence, "fields": fields or {}}, default=str)
    return Response(content, status, headers=headers, media_type=MEDIA_TYPE)


def of_refusal(error: AppointlyError) -> Response:
    """A refusal of ours."""
    headers = {
        401: {"WWW-Authenticate": "Bearer"},
        429: {"Retry-After": str(error.details.get("retry_after", 1))},
        503: {"Retry-After": "2"},
    }.get(error.status)
    return problem(error.status, error.code, error.message, error.fields, headers, error.details)


def of_input(error: RequestValidationError) -> Response:
    """Input that does not fit; a part that is no JSON at all counts as unreadable."""
    errors = error.errors()
    if any(found["type"] == "json_invalid" for found in errors):
        return problem(400, *CODES[400])
    inner = cast(list[ErrorDetails], [{**found, "loc": found["loc"][1:] or ("body",)} for found in errors])
    fields = {name.encode("ascii", "replace").decode()[:200]: text for name, text in sentences(inner).items()}
    return problem(422, "validation_failed", "Please check the marked fields.", fields)


def of_framework(error: HTTPException) -> Response:
    """Unknown addresses, wrong methods, unreadable and oversized bodies."""
    code, sentence = CODES.get(error.status_code, ("refused", "This request was refused."))
    return problem(error.status_code, code, sentence, headers=error.headers)


def expected(error: Exception) -> AppointlyError:
    """What a caller may know of a mistake of ours: that it happened, and the number under which we find it."""
    if is_unreachable(error):
        log.warning("database_unavailable", error=str(error)[:300])
        return Unavailable()
    incident = uuid4().hex[:12]
    # Written out here: a renderer that adds local variables would put passwords into the log.
    log.error("request_failed", incident=incident, trace="".join(format_exception(error)))
    return Unexpected(details={"incident": incident})


def install(api: FastAPI) -> None:
    """Let `api` answer every failure this way."""

    def handler(answer: Any) -> Any:
        async def handle(_: Request, error: Exception) -> Response:
            return cast(Response, answer(error))

        return handle

    api.add_exception_handler(AppointlyError, handler(of_refusal))
    api.add_exception_handler(RequestValidationError, handler(of_input))
    api.add_exception_handler(HTTPException, handler(of_framework))
