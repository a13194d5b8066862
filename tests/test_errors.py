"""The refusals: programs tell them apart by code, people by sentence."""

from collections import Counter
from collections.abc import Iterator

from appointly.errors import AppointlyError


def refusals(base: type[AppointlyError] = AppointlyError) -> Iterator[type[AppointlyError]]:
    for refusal in base.__subclasses__():
        yield refusal
        yield from refusals(refusal)


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = Counter(vars(refusal).get("code", AppointlyError.code) for refusal in [AppointlyError, *refusals()])
    assert {code: count for code, count in codes.items() if count > 1} == {}


def test_every_refusal_says_so_in_a_sentence() -> None:
    for refusal in refusals():
        assert refusal.message[0].isupper(), refusal
        assert refusal.message[-1] in ".?", refusal
        assert 400 <= refusal.status < 600, refusal
