"""What tells other processes that something was committed: live topics for open pages.

Redis holds nothing that cannot be rebuilt: a message that is lost costs a page one re-read later, never data.
"""

import json
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache

import redis.asyncio as redis
import structlog

from appointly.settings import settings

CHANNEL = "appointly:live"
log = structlog.get_logger()


@lru_cache
def client() -> "redis.Redis":
    """The Redis connection pool of this process."""
    return redis.Redis.from_url(settings().redis_url, decode_responses=True, max_connections=32)


async def publish(topics: Iterable[str]) -> None:
    """Announce changed topics to every web worker. A Redis that does not answer is logged, never raised."""
    try:
        await client().publish(CHANNEL, json.dumps(sorted(topics)))
    except redis.RedisError as error:
        log.warning("live_publish_failed", error=str(error))


async def listen() -> AsyncIterator[str]:
    """Every topic announced from now on, by any process."""
    async with client().pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(CHANNEL)
        async for message in subscription.listen():
            for topic in json.loads(message["data"]):
                yield topic
