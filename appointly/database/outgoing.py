"""What was committed and not yet told: sent to Redis beside the requests, so that none waits for it.

What is committed within a few milliseconds shares one message, so under load many bookings share one round trip. A
process that dies in between loses a poke (the sweep finds the job) or a hint (the page re-reads).
"""

import asyncio
from collections.abc import Iterable

from appointly.database import bus

GATHER_SECONDS = 0.003


class Outgoing:
    """Topics and the poke that wait to be sent, on one event loop."""

    def __init__(self) -> None:
        self._topics: set[str] = set()
        self._jobs = False
        self._sending: asyncio.Task[None] | None = None

    def add(self, topics: Iterable[str], *, jobs: bool) -> None:
        """Send these soon, with whatever else comes up until then."""
        self._topics.update(topics)
        self._jobs |= jobs
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def settled(self) -> None:
        """Return when all that was added has been sent, or given up."""
        if self._sending is not None:
            await self._sending

    async def _send(self) -> None:
        while self._topics or self._jobs:
            await asyncio.sleep(GATHER_SECONDS)
            topics, jobs = self._topics, self._jobs
            self._topics, self._jobs = set(), False
            await bus.publish(topics, jobs=jobs)


outgoing = Outgoing()
