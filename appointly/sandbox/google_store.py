"""What the stand-in for Google's calendars remembers: accounts, their calendars and events, permissions given.

In Redis, so that all web workers tell the same; it is a demo's and may be lost at any time.
"""

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from appointly.clock import now
from appointly.database.bus import client

PREFIX = "google-demo"
CODE_SECONDS = 600
ACCESS_SECONDS = 3600
LOG = 2000
Json = dict[str, Any]

ROLES = ("owner", "writer", "reader", "freeBusyReader")


def redis() -> Any:
    """The connections; their types speak of the blocking client too."""
    return client()


def key(*parts: str) -> str:
    """The name of something in Redis."""
    return ":".join([PREFIX, *parts])


async def give(kind: str, facts: Json, seconds: int | None = None) -> str:
    """A new secret of a kind (code, access, refresh) that stands for these facts."""
    secret = secrets.token_urlsafe(24)
    await redis().set(key(kind, secret), json.dumps(facts), ex=seconds)
    return secret


async def read(kind: str, secret: str) -> Json | None:
    """What a secret stands for."""
    found = await redis().get(key(kind, secret))
    return json.loads(found) if found else None


async def take(kind: str, secret: str) -> Json | None:
    """The same, once."""
    found = await redis().getdel(key(kind, secret))
    return json.loads(found) if found else None


async def calendars(account: str) -> dict[str, Json]:
    """The account's calendars by id."""
    found = await redis().hgetall(key("calendars", account))
    return {name: json.loads(text) for name, text in found.items()}


async def add_calendar(account: str, calendar: str, **facts: Any) -> None:
    """A calendar that the account sees."""
    await redis().hset(key("calendars", account), calendar, json.dumps({"id": calendar, **facts}))


async def make_account(account: str) -> None:
    """An account as everybody has one: a calendar of its own, another one, and holidays that only can be read."""
    if await calendars(account):
        return
    zone = {"timeZone": "Europe/Berlin"}
    await add_calendar(account, account, summary=account, primary=True, accessRole="owner", **zone)
    await add_calendar(account, f"family.{account}", summary="Family", accessRole="owner", **zone)
    holidays = "en.german#holiday@group.v.calendar.google.com"
    await add_calendar(account, holidays, summary="Holidays in Germany", accessRole="reader", **zone)
    tomorrow = (now() + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)
    await keep(account, account, "lunchwithanna", timed("Lunch with Anna", tomorrow, tomorrow + timedelta(hours=1)))
    day = tomorrow + timedelta(days=3)
    await keep(account, account, "dentist0", timed("Dentist", day, day + timedelta(minutes=45)))


def timed(summary: str, start: datetime, end: datetime) -> Json:
    """The body of an event from one instant to another."""
    return {
        "summary": summary,
        "status": "confirmed",
        "start": {"dateTime": start.isoformat()},
        "end": {"dateTime": end.isoformat()},
    }


async def changes(account: str, calendar: str) -> int:
    """How many changes the calendar has had."""
    return int(await redis().get(key("changes", account, calendar)) or 0)


async def keep(account: str, calendar: str, event_id: str, event: Json, *, new: bool = False) -> Json | None:
    """Write an event, as the calendar's latest change; None where it should be `new` and is not."""
    number = await redis().incr(key("changes", account, calendar))
    kept = event | {"id": event_id, "change": number, "updated": now().isoformat(), "kind": "calendar#event"}
    where, text = key("events", account, calendar), json.dumps(kept)
    if new:
        return kept if await redis().hsetnx(where, event_id, text) else None
    await redis().hset(where, event_id, text)
    return kept


async def event(account: str, calendar: str, event_id: str) -> Json | None:
    """One event, also one that is cancelled."""
    found = await redis().hget(key("events", account, calendar), event_id)
    return json.loads(found) if found else None


async def events(account: str, calendar: str) -> list[Json]:
    """All events by id, also those that are cancelled."""
    found = await redis().hvals(key("events", account, calendar))
    return sorted((json.loads(text) for text in found), key=lambda each: str(each["id"]))


async def forget_grants(account: str) -> None:
    """The account's owner lets nobody in any more."""
    for kind in ("refresh", "access"):
        async for name in redis().scan_iter(key(kind, "*")):
            if json.loads(await redis().get(name) or "{}").get("account") == account:
                await redis().delete(name)


async def log(line: str) -> None:
    """What was asked, the latest first."""
    await redis().lpush(key("log"), line)
    await redis().ltrim(key("log"), 0, LOG)


async def fault(method: str, path: str, *, after: bool) -> Json | None:
    """The next trouble that was ordered for such a request, before or after it was carried out; it happens once."""
    for text in await redis().lrange(key("faults"), 0, -1):
        ordered = json.loads(text)
        fits = ordered["method"] == method and ordered["path"] in path and ordered.get("after", False) == after
        if fits and await redis().lrem(key("faults"), 1, text):
            found: Json = ordered
            return found
    return None
