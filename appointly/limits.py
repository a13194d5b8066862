"""How often somebody may do something: by network address, by account, and by both.

One table, one script in Redis, one round trip for all buckets of a request. A bucket is refilled steadily (GCRA): it
holds `most` at first and regains them over `seconds`. Redis' own clock counts, so that all web workers agree.

Where Redis does not answer within `PATIENCE`, each process counts by itself for a few seconds and asks again: nobody is
locked out by that, and a guesser gains at most one bucket a process. After FLUSHALL all buckets are full again.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import redis.asyncio as redis
import structlog
from redis.commands.core import AsyncScript

from appointly.database import bus
from appointly.errors import AppointlyError, TooManyRequests
from appointly.origin import current_origin
from appointly.settings import settings

MINUTE, HOUR, DAY = 60, 3600, 86_400
PATIENCE = 0.5
ASK_AGAIN = 5.0
KEPT = 20_000
log = structlog.get_logger()


@dataclass(frozen=True)
class Limit:
    """At most `most` at once and in each `seconds`."""

    most: int
    seconds: int


# `what.whose`: `network` counts by address, `account` by the account that is meant, `both` by the two together, and
# `device` by a browser that has signed in to that account before: it has its own bucket, which no stranger can empty.
LIMITS: Mapping[str, Limit] = {
    # Only failures count. Ten are more than a forgetful person needs, and 960 guesses a day for one address.
    "sign_in.both": Limit(10, 15 * MINUTE),
    "sign_in.device": Limit(10, 15 * MINUTE),
    # A school behind one address: a hundred mistakes in a quarter of an hour are possible, a password list is not.
    "sign_in.network": Limit(100, 15 * MINUTE),
    # From everywhere together (a botnet). Emptied, it holds up unknown browsers alone: the owner's has its own bucket.
    "sign_in.account": Limit(100, HOUR),
    # Each asks Google while the person waits. A sign-in takes two.
    "google.network": Limit(300, 15 * MINUTE),
    # Wrong codes, on top of five for each code and a few codes an hour for each account.
    "code.network": Limit(100, 15 * MINUTE),
    # Mails with codes and links. Each costs money and somebody's attention; the last one sent always works.
    "mail.both": Limit(5, 15 * MINUTE),
    "mail.account": Limit(20, HOUR),
    "mail.network": Limit(100, HOUR),
    # A class signs up together. Answers "there is already an account" tell who has one, so these are few.
    "sign_up.network": Limit(300, HOUR),
    "sign_up_taken.network": Limit(30, HOUR),
    # A hundred people behind one address who type and leaf through pages, ten searches a minute each.
    "search.network": Limit(1200, MINUTE),
    # Twenty a second from one address: an office, a reseller's server, a crowd at ten o'clock. A time can be booked
    # once whoever asks, so this keeps out floods, not rivals.
    "booking.network": Limit(1200, MINUTE),
    "booking.account": Limit(600, HOUR),
    # Each costs a look and a lock. The second counts by address and time: who lets a hold run out may take the same
    # time again, but nobody keeps it for ever, not with fresh cookies either. It can still be booked. One is regained
    # in two hours: were it half an hour, as long as a hold may last, one would follow the other without an end.
    # No more from one address than an office chooses in the half hour that a hold lasts at most: whoever comes with a
    # fresh cookie each time cannot keep a whole calendar from everybody else.
    "hold.network": Limit(200, 30 * MINUTE),
    "hold_again.both": Limit(4, 8 * HOUR),
    # References typed at a door, for those whose browser knows nothing of a booking. 49 bits are not found by trying.
    "reference.network": Limit(60, 15 * MINUTE),
    # Drawing what a form will look like, checking a file: work for us, seconds for a person.
    "preview.network": Limit(300, MINUTE),
    "upload.account": Limit(60, HOUR),
    # Reading a calendar elsewhere, or searching an account for its calendars: others answer for what we ask them.
    "calendar.account": Limit(60, HOUR),
    # Signed messages of other systems come in bursts; unsigned ones must not cost more than a look.
    "webhook.network": Limit(3000, MINUTE),
}

# For each bucket: interval and whole length in microseconds, and whether it is asked (may refuse) and filled.
# All are asked before any is filled, so a refused request costs nothing and does not prolong its wait.
GCRA = """
local clock = redis.call('TIME')
local now, wait, full = clock[1] * 1000000 + clock[2], 0, {}
for i, key in ipairs(KEYS) do
  local interval, length, asks = tonumber(ARGV[i*4-3]), tonumber(ARGV[i*4-2]), ARGV[i*4-1]
  full[i] = math.max(tonumber(redis.call('GET', key) or 0), now) + interval
  if asks == '1' then wait = math.max(wait, full[i] - now - length) end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if ARGV[i*4] == '1' then
    local length = tonumber(ARGV[i*4-2])
    local at = math.min(full[i], now + 2 * length)
    redis.call('SET', key, string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000))
  end
end
return 0
"""


@dataclass(frozen=True)
class Bucket:
    """One counter: `asks` whether there is room, `fills` it by one. Times in microseconds."""

    key: str
    interval: int
    length: int
    asks: bool = True
    fills: bool = True


def buckets_of(what: str, account: str, *, asks: bool = True, fills: bool = True) -> list[Bucket]:
    """The buckets of the table that count `what` for the current origin and, if there is one, this account."""
    origin = current_origin()
    device = origin.known_to(account) if account and f"{what}.device" in LIMITS else ""
    by = {"device": device and f"{device} {account}"}
    if not device:
        by = {"network": origin.network, "account": account, "both": account and f"{origin.network} {account}"}
    found = []
    for whose, name in by.items():
        limit = LIMITS.get(f"{what}.{whose}")
        if limit is not None and name:
            length = limit.seconds * 1_000_000
            interval = max(1, round(length / limit.most / settings().rate_limit_factor))
            hashed = sha256(name.encode(errors="replace")).hexdigest()[:24]  # no addresses of people in Redis
            found.append(Bucket(f"appointly:limit:{what}.{whose}:{hashed}", interval, length, asks, fills))
    return found


async def take(what: str, account: str = "", *more: str) -> None:
    """Count one `what` (and `more` by network), or raise `TooManyRequests`. `account`: the address that is meant."""
    buckets = buckets_of(what, account)
    for each in more:
        buckets += buckets_of(each, "")
    await pass_through(buckets)


@asynccontextmanager
async def failures(what: str, account: str = "", *, counted: type[AppointlyError]) -> AsyncIterator[None]:
    """Refuse with `TooManyRequests` where too many tries have failed; count this one if it ends with `counted`.

    Tries at the same moment may go past the limit by their number; they are all counted, so what was too many is
    waited for afterwards, and many right passwords at once are no reason to refuse any.
    """
    await pass_through(buckets_of(what, account, fills=False))
    try:
        yield
    except counted:
        await pass_through(buckets_of(what, account, asks=False))
        raise


async def pass_through(buckets: Sequence[Bucket]) -> None:
    """Carry out one set of buckets, all or none. Raises `TooManyRequests` with `retry_after` in seconds."""
    wait = await _counted(buckets)
    if wait > 0:
        log.warning("too_many_requests", buckets=[bucket.key.split(":")[2] for bucket in buckets])
        raise TooManyRequests.wait(max(1, math.ceil(wait / 1_000_000)))


@lru_cache
def script() -> AsyncScript:
    """The counting script, sent to Redis by its hash."""
    return bus.client().register_script(GCRA)


class Fallback:
    """The same counting within this process, while Redis is away; the oldest buckets give way to new ones."""

    def __init__(self) -> None:
        self.full_at: OrderedDict[str, float] = OrderedDict()
        self.until = 0.0

    def counted(self, buckets: Sequence[Bucket]) -> int:
        """How long to wait, in microseconds; 0 when all buckets had room and were filled."""
        now = time.monotonic() * 1_000_000
        full = {each: max(self.full_at.get(each.key, 0.0), now) + each.interval for each in buckets}
        wait = max((full[each] - now - each.length for each in buckets if each.asks), default=0.0)
        if wait > 0:
            return math.ceil(wait)
        for each in buckets:
            if each.fills:
                self.full_at[each.key] = min(full[each], now + 2 * each.length)
                self.full_at.move_to_end(each.key)
        while len(self.full_at) > KEPT:
            self.full_at.popitem(last=False)
        return 0


fallback = Fallback()


async def _counted(buckets: Sequence[Bucket]) -> int:
    if time.monotonic() >= fallback.until:
        args = [part for each in buckets for part in (each.interval, each.length, int(each.asks), int(each.fills))]
        try:
            async with asyncio.timeout(PATIENCE):
                return int(await script()(keys=[each.key for each in buckets], args=args, client=bus.client()))
        except (redis.RedisError, TimeoutError, OSError) as error:
            fallback.until = time.monotonic() + ASK_AGAIN
            log.warning("limits_without_redis", error=str(error)[:200])
    return fallback.counted(buckets)
