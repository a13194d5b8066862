"""Where a link may lead after signing in."""

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appointly.routes import safe_path
from tests.hostile_addresses import ELSEWHERE, HERE

PIECES = st.sampled_from(
    ["/", "\\", ".", "..", "%2f", "%5c", "%252f", "%2e", "%09", "\t", "\n", "@", ":", "?", "#", "a", "javascript:", "é"]
)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nothing_leads_elsewhere(address: str) -> None:
    assert safe_path(address, "/home") == "/home"


@pytest.mark.parametrize("address", HERE)
def test_a_path_of_ours_is_kept(address: str) -> None:
    assert safe_path(address, "/home") == address


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=1_000, deadline=None)
@example("/%25252f/evil.example")
def test_what_is_let_through_stays_however_often_it_is_decoded(address: str) -> None:
    safe = safe_path(address)
    for _ in range(4):
        landed = urlsplit(urljoin("https://book.example/login", safe))
        assert (landed.scheme, landed.netloc) == ("https", "book.example")
        assert not landed.path.startswith("//")
        path, mark, rest = safe.partition("?")
        safe = unquote(path) + mark + rest
