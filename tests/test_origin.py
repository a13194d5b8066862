"""Where a request comes from: the socket, proxies that are believed, and browsers that are known."""

from collections.abc import Iterator

import pytest

from appointly.errors import SettingsInvalid
from appointly.origin import ACCOUNTS_KEPT, DEVICE_COOKIE, Origin, client_address, device_value, origin_of, trusted
from appointly.settings import settings


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("APPOINTLY_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8:ffff::1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("forwarded", ["198.51.100.7", "10.0.0.1", "nonsense", ""])
def test_without_proxies_only_the_socket_counts(forwarded: str) -> None:
    assert client_address("203.0.113.9", forwarded) == "203.0.113.9"


@pytest.mark.usefixtures("proxies")
@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),  # a stranger who writes the header
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),  # what the client wrote stands further left
        ("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("2001:db8:ffff::1", "2001:db8:1::5", "2001:db8:1::5"),
        ("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_proxies_of_ours_are_believed_from_our_end(peer: str, forwarded: str, client: str) -> None:
    assert client_address(peer, forwarded) == client


def test_repeated_headers_are_one() -> None:
    headers = [(b"cookie", b"a=1"), (b"cookie", b"appointly_device=x.y")]
    assert origin_of({"headers": headers, "client": ("203.0.113.9", 1)}) == Origin(
        "203.0.113.9", "a=1;appointly_device=x.y"
    )
    assert origin_of({"headers": [], "client": None}) == Origin()


def test_a_wrong_list_of_proxies_stops_the_start() -> None:
    with pytest.raises(SettingsInvalid, match="APPOINTLY_TRUSTED_PROXIES"):
        trusted("10.0.0.0/33")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("a.sock", "unknown"),
    ],
)
def test_a_household_is_one_network(address: str, network: str) -> None:
    assert Origin(address).network == network


def browser(value: str) -> Origin:
    return Origin("203.0.113.9", f"{DEVICE_COOKIE}={value}")


def test_a_browser_is_known_to_the_accounts_that_signed_in_with_it(database: str) -> None:
    ada = browser(device_value(Origin(), "ada@example.com"))
    both = browser(device_value(ada, "bob@example.com"))
    assert ada.known_to("ada@example.com") == both.known_to("ada@example.com") == both.known_to("bob@example.com") != ""
    assert ada.known_to("bob@example.com") == ""
    assert browser(device_value(Origin(), "ada@example.com")).known_to("ada@example.com") != ada.known_to(
        "ada@example.com"
    )
    many = ada
    for number in range(ACCOUNTS_KEPT):
        many = browser(device_value(many, f"{number}@example.com"))
    assert many.known_to("ada@example.com") == ""  # the last few are kept
    assert many.known_to("0@example.com") != ""


@pytest.mark.parametrize("value", ["", ".", "x", "a.b.c", "0" * 24 + "." + "0" * 32, "ä.ö", "." * 5000])
def test_a_forged_device_is_none(database: str, value: str) -> None:
    assert browser(value).known_to("ada@example.com") == ""
    assert browser(device_value(browser(value), "ada@example.com")).known_to("ada@example.com") != ""
