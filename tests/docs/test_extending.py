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


def written() -> ModuleType:
    """The files of the page, each a module under the name it gives; and all that is in them."""
    everything = ModuleType("example_of_the_docs")
    for path, block in re.findall(r"```python\n# (\S+)\.py\n(.*?)```", PAGE.read_text(), re.DOTALL):
        name = path.replace("/", ".")
        module = sys.modules[name] = ModuleType(name)
        exec(compile(block, f"{path}.py", "exec"), module.__dict__)  # noqa: S102 - our own page
        vars(everything).update(vars(module))
    return everything


PAGE = ROOT / "docs/extending.md"
EXAMPLE = written()


def test_nobody_is_known_where_no_door_was_passed() -> None:
    with pytest.raises(NotSignedIn):
        current_visitor()


async def test_the_operation_asks_for_the_right(database: str) -> None:
    with pytest.raises(NotSignedIn):
        await EXAMPLE.rename(None, Actor(), EXAMPLE.NewName(name="Mallory"))


async def test_the_route_knows_who_asks(database: str) -> None:
    api = FastAPI()
    problems.install(api)
    api.include_router(EXAMPLE.router)
    ada = await person()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1:8000") as http:
        assert (await http.get("/greeting")).json() == {"greeting": "Hello stranger"}
        refused = await http.put("/greeting", json={"name": "Mallory"})
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
        renamed = await http.put("/greeting", json={"name": "Augusta"}, headers=ada.headers)
        assert renamed.json() == {"greeting": "Hello Augusta"}
        by_cookie = await http.get("/greeting", headers={"cookie": ada.cookie})
        assert by_cookie.json() == {"greeting": "Hello Augusta"}


async def test_the_page_knows_who_looks(database: str) -> None:
    ada = await person()
    assert "words" in str(EXAMPLE.greeting())
    async with browser_tab(app, ada.cookie, "/greeting") as tab:
        await tab.send(EXAMPLE.Greeting.load)
        assert (await tab.state(EXAMPLE.Greeting)).words == "Hello Ada Lovelace"
        await tab.send(EXAMPLE.Greeting.save, name="Augusta")
        assert (await tab.state(EXAMPLE.Greeting)).words == "Hello Augusta"
    async with browser_tab(app, "", "/greeting") as tab:
        await tab.send(EXAMPLE.Greeting.load)
        assert tab.redirects() == ["/login?next=%2Fgreeting"]
