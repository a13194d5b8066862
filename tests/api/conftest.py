"""A client of the HTTP API in this very process."""

import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import schemathesis

from appointly.api.http import api
from appointly.database.embedded import Servers
from tests.processes import Site, start_web

document = schemathesis.openapi.from_dict(api.openapi())


def operation_of(method: str, path: str) -> schemathesis.APIOperation | None:
    """What the document says about a request; None for what is not in it."""
    for template in document:
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in list(document[template]):
            return document[template][method]
    return None


async def keeps_its_word(response: httpx.Response) -> None:
    """Every answer any test gets is one that the document describes."""
    operation = operation_of(response.request.method, response.request.url.path)
    if operation is not None:
        await response.aread()
        await response.request.aread()
        operation.validate_response(response)


@pytest.fixture
async def http(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the API as a program would: no cookies but those it is given."""
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 4711))
    hooks = {"response": [keeps_its_word]}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", event_hooks=hooks) as client:
        yield client


@pytest.fixture(scope="session")
def server(worker_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole product behind granian with two workers, on the database of this test worker."""
    web, site = start_web(worker_servers, tmp_path_factory.mktemp("api") / "web.log", workers=2)
    yield site
    web.stop()
