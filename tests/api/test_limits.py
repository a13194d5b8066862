"""How often somebody may do something: what is refused, who is held up by it and who is not."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator

import httpx
import pytest
import redis
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits, passwords
from appointly.api.http import api
from appointly.appointly import app
from appointly.database import bus
from appointly.errors import CredentialsInvalid, TooManyRequests
from appointly.limits import LIMITS, Fallback, Limit
from appointly.origin import DEVICE_COOKIE, Origin, device_value, set_current_origin
from appointly.settings import settings
from appointly.state.search import Search
from appointly.state.sign_in import SignInForm
from tests.making import in_two_days, make_provider, make_service, make_slots
from tests.people import PASSWORD, person
from tests.state.driver import browser_tab

LOGIN = "/api/v1/auth/login"
SAME = {"origin": "http://127.0.0.1:8000"}


def client_at(address: str) -> httpx.AsyncClient:
    """A program at this address."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(api, client=(address, 1)), base_url="http://127.0.0.1:8000")


def few(monkeypatch: pytest.MonkeyPatch, name: str, most: int, seconds: int | None = None) -> None:
    """Make one limit small."""
    monkeypatch.setitem(LIMITS, name, Limit(most, seconds or LIMITS[name].seconds))  # type: ignore[arg-type]


async def time_passes(seconds: int) -> None:
    """What is counted was so long ago."""
    for key in await bus.client().keys("appointly:limit:*"):
        await bus.client().decrby(key, seconds * 1_000_000)


async def guess(what: str = "sign_in", account: str = "ada@example.com") -> None:
    """One wrong guess from the current origin."""
    async with limits.failures(what, account, counted=CredentialsInvalid):
        raise CredentialsInvalid


async def guesses_until_refused(account: str = "ada@example.com", most: int = 1000) -> int:
    for number in range(most):
        try:
            await guess(account=account)
        except CredentialsInvalid:
            continue
        except TooManyRequests:
            return number
    return most


@pytest.fixture
async def attacker(database: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_at("198.51.100.66") as client:
        yield client


async def test_a_guesser_is_stopped_and_the_owner_is_not(http: httpx.AsyncClient, attacker: httpx.AsyncClient) -> None:
    await person()
    wrong, right = ({"email": "ada@example.com", "password": word} for word in ("wrong-password", PASSWORD))
    answers = [(await attacker.post(LOGIN, json=wrong)).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    refused = await attacker.post(LOGIN, json=right)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 60 <= int(refused.headers["retry-after"]) <= 90
    assert refused.json()["detail"] == "That was too often. Please try again in 2 minutes."
    # Another account from there, and this account from elsewhere.
    await person("Bob Babbage")
    assert (await attacker.post(LOGIN, json={"email": "bob@example.com", "password": PASSWORD})).status_code == 200
    assert (await http.post(LOGIN, json=right)).status_code == 200


async def test_a_known_browser_gets_in_even_from_the_guesser_s_network(http: httpx.AsyncClient, database: str) -> None:
    await person()
    right = {"email": "ada@example.com", "password": PASSWORD}
    assert (await http.post(LOGIN, json=right)).status_code == 200  # this browser has been here before
    async with client_at("203.0.113.9") as neighbour:
        for _ in range(11):
            await neighbour.post(LOGIN, json=right | {"password": "wrong-password"})
        assert (await neighbour.post(LOGIN, json=right)).status_code == 429
    await http.post("/session/logout", headers=SAME)
    assert DEVICE_COOKIE in http.cookies
    assert (await http.post(LOGIN, json=right)).status_code == 200


async def test_many_right_passwords_at_once_are_no_guesses(http: httpx.AsyncClient) -> None:
    await person()
    right = {"email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(http.post(LOGIN, json=right) for _ in range(25)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_network_may_fail_for_many_accounts_but_not_for_a_list(database: str) -> None:
    set_current_origin(Origin("198.51.100.66"))
    refused = 0
    for number in range(120):
        refused += await guesses_until_refused(f"{number}@example.com", 1) == 0
    assert refused == 20
    set_current_origin(Origin("198.51.100.67"))
    assert await guesses_until_refused("0@example.com", 1) == 1


async def test_a_botnet_holds_up_unknown_browsers_alone(database: str) -> None:
    for number in range(101):
        set_current_origin(Origin(f"2001:db8:{number:x}::1"))
        with pytest.raises(CredentialsInvalid if number < 100 else TooManyRequests):
            await guess()
    set_current_origin(Origin("203.0.113.9"))
    with pytest.raises(TooManyRequests):
        await guess()
    known = Origin("203.0.113.9", f"{DEVICE_COOKIE}={device_value(Origin(), 'ada@example.com')}")
    set_current_origin(known)
    assert await guesses_until_refused() == 10  # a bucket of its own, and one that ends too
    set_current_origin(Origin("203.0.113.9"))
    assert await guesses_until_refused("bob@example.com") == 10


async def test_guesses_at_the_same_moment_are_all_counted(database: str) -> None:
    set_current_origin(Origin("198.51.100.66"))
    first = await asyncio.gather(*(guess() for _ in range(40)), return_exceptions=True)
    assert 10 <= sum(isinstance(each, CredentialsInvalid) for each in first) <= 40
    with pytest.raises(TooManyRequests) as refused:
        await guess()
    assert refused.value.details["retry_after"] > 90  # the overdraft is waited for


async def test_a_bucket_gives_out_no_more_than_it_holds(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "search.network", 20, limits.HOUR)
    set_current_origin(Origin("203.0.113.9"))
    answers = await asyncio.gather(*(limits.take("search") for _ in range(100)), return_exceptions=True)
    assert sum(each is None for each in answers) == 20
    assert {type(each) for each in answers} == {type(None), TooManyRequests}


async def test_looking_first_and_counting_later_would_give_out_more(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is the one script that keeps the number above."""
    few(monkeypatch, "search.network", 20, limits.HOUR)
    set_current_origin(Origin("203.0.113.9"))

    async def in_two_steps() -> None:
        await limits.pass_through(limits.buckets_of("search", "", fills=False))
        await limits.pass_through(limits.buckets_of("search", "", asks=False))

    answers = await asyncio.gather(*(in_two_steps() for _ in range(100)), return_exceptions=True)
    assert sum(each is None for each in answers) > 20


async def test_a_bucket_fills_up_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "search.network", 2, limits.HOUR)
    set_current_origin(Origin("203.0.113.9"))
    await limits.take("search")
    await limits.take("search")
    with pytest.raises(TooManyRequests) as refused:
        await limits.take("search")
    wait = refused.value.details["retry_after"]
    assert limits.HOUR / 2 - 60 < wait <= limits.HOUR / 2
    await time_passes(wait)  # what the bucket itself asks for
    await limits.take("search")
    with pytest.raises(TooManyRequests):
        await limits.take("search")


async def test_a_refusal_by_one_bucket_takes_nothing_from_the_others(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, "booking.account", 1)
    few(monkeypatch, "booking.network", 2)
    set_current_origin(Origin("203.0.113.9"))
    await limits.take("booking", "ada@example.com")
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            await limits.take("booking", "ada@example.com")
    await limits.take("booking", "bob@example.com")


async def test_redis_holds_no_address_and_forgets(database: str) -> None:
    set_current_origin(Origin("203.0.113.9"))
    await guesses_until_refused(most=3)
    with redis.Redis.from_url(settings().redis(2), decode_responses=True) as client:
        keys = sorted(client.scan_iter("appointly:limit:*"))
        assert [key.split(":")[2] for key in keys] == ["sign_in.account", "sign_in.both", "sign_in.network"]
        assert not any("ada" in key or "203" in key for key in keys)
        assert all(0 < client.pttl(key) <= 2 * 3600 * 1000 for key in keys)


async def test_without_redis_a_guesser_is_stopped_and_nobody_else(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = redis.asyncio.Redis(unix_socket_path="/nowhere/valkey.sock")
    limits.script()
    monkeypatch.setattr(bus, "client", lambda: away)
    monkeypatch.setattr(limits, "fallback", Fallback())
    set_current_origin(Origin("198.51.100.66"))
    assert await guesses_until_refused() == 10
    set_current_origin(Origin("203.0.113.9"))
    assert await guesses_until_refused(most=5) == 5
    await limits.take("search")


async def test_a_redis_that_does_not_answer_holds_up_nobody(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # takes a connection and never looks at it
    hung = redis.asyncio.Redis(port=silent.getsockname()[1])
    asked = 0

    def asking() -> redis.asyncio.Redis:
        nonlocal asked
        asked += 1
        return hung

    limits.script()
    monkeypatch.setattr(bus, "client", asking)
    monkeypatch.setattr(limits, "fallback", Fallback())
    monkeypatch.setattr(limits, "PATIENCE", 0.2)
    monkeypatch.setattr(limits, "ASK_AGAIN", 600.0)
    for _ in range(50):
        await limits.take("search")
    assert asked == 1  # one wait, then this process counts by itself
    await hung.aclose()
    silent.close()


def test_what_is_remembered_without_redis_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT", 10)
    counted = Fallback()
    for number in range(50):
        counted.counted([limits.Bucket(str(number), 1000, 10_000)])
    assert list(counted.full_at) == [str(number) for number in range(40, 50)]


async def test_after_a_flush_the_script_is_there_again(database: str) -> None:
    await limits.take("search")
    await bus.client().flushdb()  # other tests share the server
    await bus.client().script_flush()
    await limits.take("search")


async def test_a_refused_form_leads_back_with_what_was_typed(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, "sign_in.both", 1)
    form = {"email": "ada@example.com", "password": "wrong-password", "next": "/account"}
    await http.post("/session/login", data=form, headers=SAME)
    answer = await http.post("/session/login", data=form, headers=SAME)
    assert answer.status_code == 303
    query = "error=too_many_requests&email=ada%40example.com&next=%2Faccount&wait=900"
    assert answer.headers["location"] == f"/login?{query}"
    async with browser_tab(app, path=f"/login?{query}") as tab:
        await tab.send(SignInForm.load)
        shown = await tab.state(SignInForm)
        assert (shown.error, shown.email) == ("That was too often. Please try again in 15 minutes.", "ada@example.com")


async def test_asking_who_has_an_account_ends_soon(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "sign_up_taken.network", 2)
    await person()
    form = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada", "role": "customer"}
    answers = [(await http.post("/api/v1/auth/signup", json=form)).status_code for _ in range(3)]
    assert answers == [409, 409, 429]


async def test_searches_are_limited_over_http_and_on_the_page(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, "search.network", 2)
    assert [(await http.get("/api/v1/services")).status_code for _ in range(3)] == [200, 200, 429]
    async with browser_tab(app, path="/services") as tab:  # at the same address
        await tab.send(Search.load)
        assert not (await tab.state(Search)).loaded
        tab.address = "203.0.113.10"
        await tab.send(Search.load)
        assert (await tab.state(Search)).loaded


async def test_bookings_are_limited_by_network_and_by_customer(
    http: httpx.AsyncClient, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = await make_slots(session, await make_service(session, await make_provider(session)), 2, in_two_days())
    await session.commit()
    few(monkeypatch, "booking.account", 1)

    async def book(number: int, email: str) -> int:
        body = {"slot_id": str(slots[number].id), "customer_name": "Grace", "customer_email": email}
        return (await http.post("/api/v1/bookings", json=body)).status_code

    assert [await book(0, "grace@example.com"), await book(1, "grace@example.com")] == [201, 429]
    assert await book(1, "ada@example.com") == 201


async def longer(addresses: list[str], rounds: int) -> float:
    """How much more work the first address makes than the second, of what it makes, both at their least.

    What else a machine does makes either wait, and is no work of ours.
    """
    took: dict[str, list[float]] = {address: [] for address in addresses}
    for number in range(rounds):
        async with client_at(f"2001:db8:{number:x}::1") as client:
            for address in addresses if number % 2 else reversed(addresses):
                began = time.process_time()
                answer = await client.post(LOGIN, json={"email": address, "password": "wrong-password"})
                took[address].append(time.process_time() - began)
                assert (answer.status_code, answer.json()["code"]) == (401, "credentials_invalid")
    first, second = (min(times) for times in took.values())
    return (first - second) / first


async def test_a_known_address_takes_as_long_as_an_unknown_one(http: httpx.AsyncClient) -> None:
    await person()
    assert abs(await longer(["ada@example.com", "nobody@example.com"], 15)) < 0.3


async def test_without_the_hash_for_nobody_the_time_would_tell(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: this is how far apart the two are when an unknown address is not hashed for."""
    await person()
    whole = passwords._fits
    monkeypatch.setattr(passwords, "_fits", lambda password, stored: stored is not None and whole(password, stored))
    assert await longer(["ada@example.com", "nobody@example.com"], 11) > 0.5
