"""The example of docs/extending.md does what it says."""

import re
import sys
from types import ModuleType

import httpx
import pytest
from fastapi import FastAPI

from appointly.api import problems
from appointly.appointly import app
from appointly.domain.actor import Actor
from appointly.errors import NotSignedIn
from appointly.frontend import ROOT
from appointly.visitor import current_visitor
from tests.people import person
from tests.state.driver import browser_tab

PAGE = ROOT / "docs/extending.md"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """The files of the page, each a module under the name it gives; and all that is in them.

    Made when the tests run, not before: others look at all there is when they are collected.
    """
    everything = ModuleType("example_of_the_docs")
    for path, block in re.findall(r"```python\n# (\S+)\.py\n(.*?)```", PAGE.read_text(), re.DOTALL):
        name = path.replace("/", ".")
        module = sys.modules[name] = ModuleType(name)
        exec(compile(block, f"{path}.py", "exec"), module.__dict__)  # noqa: S102 - our own page
        vars(everything).update(vars(module))
    return everything


def test_nobody_is_known_where_no_door_was_passed() -> None:
    with pytest.raises(NotSignedIn):
        current_visitor()


async def test_the_operation_asks_for_the_right(database: str, example: ModuleType) -> None:
    with pytest.raises(NotSignedIn):
        await example.rename(None, Actor(), example.NewName(name="Mallory"))


async def test_the_route_knows_who_asks(database: str, example: ModuleType) -> None:
    api = FastAPI()
    problems.install(api)
    api.include_router(example.router)
    ada = await person()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1:8000") as http:
        assert (await http.get("/greeting")).json() == {"greeting": "Hello stranger"}
        refused = await http.put("/greeting", json={"name": "Mallory"})
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
        renamed = await http.put("/greeting", json={"name": "Augusta"}, headers=ada.headers)
        assert renamed.json() == {"greeting": "Hello Augusta"}
        by_cookie = await http.get("/greeting", headers={"cookie": ada.cookie})
        assert by_cookie.json() == {"greeting": "Hello Augusta"}


async def test_the_page_knows_who_looks(database: str, example: ModuleType) -> None:
    ada = await person()
    assert "words" in str(example.greeting())
    async with browser_tab(app, ada.cookie, "/greeting") as tab:
        await tab.send(example.Greeting.load)
        assert (await tab.state(example.Greeting)).words == "Hello Ada Lovelace"
        await tab.send(example.Greeting.save, name="Augusta")
        assert (await tab.state(example.Greeting)).words == "Hello Augusta"
    async with browser_tab(app, "", "/greeting") as tab:
        await tab.send(example.Greeting.load)
        assert tab.redirects() == ["/login?next=%2Fgreeting"]
