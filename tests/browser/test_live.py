"""Open pages over real sockets: who is told, who is not, and what happens when the bus is cut."""

import asyncio
from uuid import UUID

import httpx
import redis

from tests.browser.people import BY_REQUEST, PASSWORD, door, free_time, rows
from tests.conftest import REDIS_DATABASES_EACH
from tests.people import code_form
from tests.processes import Site
from tests.rxclient import Delta, RxClient

DASHBOARD = "dashboard"


async def cookie_of(site: Site, who: str) -> str:
    """The session cookie of one of the demo's people."""
    form = {"email": f"{who}@demo.test", "password": PASSWORD, "page": door(who)}
    async with httpx.AsyncClient(timeout=60, base_url=site.url, headers={"origin": site.url}) as client:
        answer = await client.post("/session/login", data=form)
        if (location := answer.headers["location"]).startswith("/auth/"):
            answer = await client.post("/session/otp", data=code_form(location))
    assert "error" not in answer.headers["location"]
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


async def book(site: Site, slot_id: str = "") -> UUID:
    """Somebody books one of the demo provider's times."""
    form = {"slot_id": slot_id or free_time(site).slot_id, "customer_name": "Ann", "customer_email": "ann@example.com"}
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        answer = await client.post("/api/v1/bookings", json=form)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def dashboard(site: Site, who: str = "provider") -> RxClient:
    """An open dashboard, its figures shown."""
    tab = await RxClient(site.url, "/dashboard", await cookie_of(site, who)).connect()
    await tab.until(lambda: tab.shown(DASHBOARD, "loaded") is True)
    return tab


def figure(tab: RxClient) -> int:
    """How many bookings were made this week, as the dashboard says."""
    return int(tab.shown(DASHBOARD, "week_note").split()[0])


async def test_every_dashboard_of_the_provider_hears_of_a_booking_and_no_other_does(site: Site) -> None:
    [(other,)] = rows(
        site,
        """UPDATE "user" SET email = 'other@demo.test',
        password_hash = (SELECT password_hash FROM "user" WHERE email = 'provider@demo.test')
        WHERE id = (SELECT user_id FROM provider JOIN "user" u ON u.id = user_id
                    WHERE email <> 'provider@demo.test' LIMIT 1) RETURNING split_part(email, '@', 1)""",
    )
    first, second, foreign = await dashboard(site), await dashboard(site), await dashboard(site, str(other))
    before = figure(first)
    told: list[Delta] = []
    foreign.on_delta = lambda _, delta: told.append(delta)
    await book(site)
    await first.until(lambda: figure(first) > before)
    await second.until(lambda: figure(second) > before)
    assert not [values for delta in told for values in delta.values() if "week_note_rx_state_" in values]
    for tab in (first, second, foreign):
        await tab.close()


async def test_a_burst_ends_with_the_last_state_and_few_readings(site: Site) -> None:
    tab = await dashboard(site)
    before, readings = figure(tab), []
    tab.on_delta = lambda at, delta: readings.append(at) if any(DASHBOARD in name for name in delta) else None
    made = await asyncio.gather(*(book(site) for _ in range(6)), return_exceptions=True)
    booked = sum(isinstance(each, UUID) for each in made)
    await tab.until(lambda: figure(tab) == before + booked)
    assert 1 <= len(readings) <= booked + 1
    await tab.close()


async def test_after_the_bus_was_cut_an_open_page_reads_what_it_missed(site: Site) -> None:
    tab = await dashboard(site)
    before = figure(tab)
    # Of this nobody is told, and it has happened when the listener returns, however soon that is.
    rows(
        site,
        """UPDATE appointment SET created_at = now() - interval '8 days' WHERE id = (
        SELECT appointment.id FROM appointment JOIN provider ON provider.id = provider_id
        JOIN "user" u ON u.id = user_id WHERE email = 'provider@demo.test' AND status = 'confirmed'
        AND appointment.created_at > now() - interval '6 days' LIMIT 1) RETURNING id""",
    )
    with redis.Redis.from_url(site.servers.redis_url) as valkey:
        first = int(site.servers.redis_url.rpartition("=")[2])
        for client in valkey.client_list(_type="pubsub"):
            if int(client["db"]) in range(first, first + REDIS_DATABASES_EACH):  # the others are other sites'
                valkey.client_kill_filter(_id=client["id"])
    await tab.until(lambda: figure(tab) == before - 1)
    await book(site)
    await tab.until(lambda: figure(tab) == before)
    await tab.close()


async def test_a_strangers_tab_cannot_make_a_dashboard_speak(site: Site) -> None:
    stranger = await RxClient(site.url, "/dashboard").connect()
    await stranger.until(lambda: any("login" in str(event) for event in stranger.events))
    refresh = "reflex___state____state.appointly___state___dashboard____dashboard.refresh"
    await stranger.send(refresh)
    await book(site)
    await stranger.until(lambda: len(stranger.events) > 1)
    assert not stranger.shown(DASHBOARD, "loaded")
    await stranger.close()


async def test_a_chosen_time_goes_when_another_service_of_the_provider_takes_it(site: Site) -> None:
    chosen = free_time(site, BY_REQUEST)
    tab = await RxClient(site.url, chosen.wizard).connect()
    await tab.until(lambda: (tab.shown("wizard", "chosen") or {}).get("taken") is False)
    [(other,)] = rows(
        site,
        """SELECT other.id::text FROM slot JOIN slot other ON other.provider_id = slot.provider_id
        AND other.occupies && slot.occupies AND other.service_id <> slot.service_id JOIN service
        ON service.id = other.service_id WHERE slot.id = %s AND approval = 'instant' AND NOT other.booked
        AND NOT EXISTS (SELECT FROM slot busy WHERE busy.provider_id = slot.provider_id AND busy.booked_count > 0
                        AND busy.occupies && other.occupies)
        AND NOT EXISTS (SELECT FROM unavailable
                        WHERE unavailable.provider_id = slot.provider_id AND span && other.occupies)
        LIMIT 1""",
        chosen.slot_id,
    )
    await book(site, str(other))
    await tab.until(lambda: tab.shown("wizard", "chosen")["taken"])
    assert len(tab.shown("wizard", "alternatives")) == 3
    await tab.close()


async def test_an_open_dashboard_lives_on_when_redis_has_forgotten_it(site: Site) -> None:
    tab = await dashboard(site)
    before = figure(tab)
    address, _, first = site.servers.redis_url.rpartition("=")
    for number in range(REDIS_DATABASES_EACH):
        with redis.Redis.from_url(f"{address}={int(first) + number}") as valkey:
            valkey.flushdb()
    await book(site)
    await tab.until(lambda: tab.shown(DASHBOARD, "week_note") and figure(tab) == before + 1)
    assert not any("login" in str(event) for event in tab.events)
    await tab.close()
