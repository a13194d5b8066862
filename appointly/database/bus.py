"""What tells other processes that something was committed: live topics for open pages.

Redis holds nothing that cannot be rebuilt: a message that is lost costs a page one re-read later, never data.
"""

import json
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache

import redis.asyncio as redis
import structlog
from redis.commands.core import AsyncScript

from appointly.settings import settings

# A list of at most one element: being there says that jobs wait, and the worker that pops it has the flag cleared
# before it looks. Any number of bookings in between push nothing more.
JOBS_WAIT = "appointly:jobs"
PUBLISH = """
if ARGV[1] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[1]) end
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[1]) == 0 then redis.call('LPUSH', KEYS[1], '1') end
"""
EVERYTHING = frozenset({"*"})
log = structlog.get_logger()


@lru_cache
def client() -> "redis.Redis":
    """The Redis connections of this process; who finds all of them busy waits a moment."""
    pool = redis.BlockingConnectionPool.from_url(
        settings().redis(2), decode_responses=True, max_connections=32, timeout=5, health_check_interval=15
    )
    return redis.Redis.from_pool(pool)


@lru_cache
def script() -> AsyncScript:
    """The publishing script, sent to Redis by its hash."""
    return client().register_script(PUBLISH)


def channel() -> str:
    """The channel of this installation: channels, unlike keys, are shared by all databases of one Redis."""
    return f"appointly:live:{client().connection_pool.connection_kwargs['db']}"


async def publish(topics: Iterable[str], *, jobs: bool = False) -> None:
    """Announce changed topics to every web worker, and wake a worker for `jobs`, in one round trip.

    A Redis that does not answer is logged, never raised.
    """
    try:
        listed = sorted(topics)
        await script()(keys=[JOBS_WAIT], args=[json.dumps(listed) if listed else "", channel(), int(jobs)])
    except redis.RedisError as error:
        log.warning("live_publish_failed", error=str(error))


async def listen() -> AsyncIterator[frozenset[str]]:
    """The topics of every announcement from now on, by any process.

    Yields EVERYTHING each time the subscription begins, also when the client has silently reconnected: what was
    announced in between is unknown. Raises `redis.RedisError` when Redis stays away.
    """
    async with client().pubsub() as subscription:
        await subscription.subscribe(channel())
        async for message in subscription.listen():
            if message["type"] == "subscribe":
                yield EVERYTHING
            elif message["type"] == "message":
                yield frozenset(json.loads(message["data"]))
