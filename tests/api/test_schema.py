"""Whatever is sent to it, the API answers as its OpenAPI document says, and never with a 500."""

import json
from datetime import timedelta

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from appointly.api.http import api
from appointly.clock import now
from appointly.database import transaction
from tests.api.conftest import document
from tests.making import make_provider, make_service, make_slots
from tests.people import Person, person, signed_in
from tests.processes import Site

EXAMPLES = 60
OPERATIONS = [found.ok() for found in document.get_all_operations()]


def can_be_wrong(operation: schemathesis.APIOperation) -> bool:
    """Whether the document lets a request be wrong: any words are right as a plain text in the path."""
    strict = [each for each in operation.path_parameters if each.definition["schema"].keys() - {"type", "title"}]
    return bool(operation.body or operation.query or strict)


OWN = [each for each in OPERATIONS if "Your business" in each.definition.raw["tags"] and each.body]
WITH_INPUT = [each for each in OPERATIONS if can_be_wrong(each)]


@pytest.fixture(scope="module")
async def ada(worker_servers: object) -> Person:
    """Somebody signed in, in a database with something in it."""
    async with transaction() as session:
        service = await make_service(session, await make_provider(session))
        await make_slots(session, service, start=now() + timedelta(days=1))
    return await person("Schema Reader", email="schema@example.com")


@pytest.fixture(scope="module")
async def owner(worker_servers: object) -> Person:
    """Somebody with a business, for whom more than refusals is right."""
    async with transaction() as session:
        provider = await make_provider(session, "Schema Studio")
    return await signed_in(provider.user_id, "owner@example.com")


def send(operation: schemathesis.APIOperation, mode: GenerationMode, site: Site, headers: dict[str, str]) -> None:
    """Send generated requests, each of them the same in every run."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=site.url, headers=headers)

    check()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_right_looking_requests(operation: schemathesis.APIOperation, server: Site, ada: Person) -> None:
    send(operation, GenerationMode.POSITIVE, server, ada.headers)


@pytest.mark.parametrize("operation", WITH_INPUT, ids=lambda operation: operation.label)
def test_wrong_requests(operation: schemathesis.APIOperation, server: Site, ada: Person) -> None:
    send(operation, GenerationMode.NEGATIVE, server, ada.headers)


@pytest.mark.parametrize("operation", OWN, ids=lambda operation: operation.label)
def test_right_looking_requests_of_an_owner(operation: schemathesis.APIOperation, server: Site, owner: Person) -> None:
    send(operation, GenerationMode.POSITIVE, server, owner.headers)


def test_examples_are_what_the_document_asks_for() -> None:
    """Also those of answers: whoever builds against them is not misled."""
    found = api.openapi()
    bodies = 0
    for path in found["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                body = holder.get("content", {}).get("application/json", {})
                if "example" in body:
                    bodies += 1
                    jsonschema.validate(body["example"], {**body["schema"], "components": found["components"]})
                    assert '"…"' not in json.dumps(body["example"], ensure_ascii=False)
    assert bodies > 100
