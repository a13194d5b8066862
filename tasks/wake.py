"""Wakes this worker as soon as jobs are written, instead of at the next sweep."""

import threading
from typing import Any

import redis
import structlog
from celery.signals import worker_ready, worker_shutting_down

from appointly.database.bus import JOBS_WAIT
from appointly.settings import settings
from tasks.celery_app import run
from tasks.expiry import expire
from tasks.jobs import run_due, sweep
from tasks.slots import top_up

WAIT_SECONDS = 2
RETRY_SECONDS = 1.0
log = structlog.get_logger()
stopping = threading.Event()


@worker_ready.connect
def start(**_: Any) -> None:
    """Listen on a thread of its own, and see to what fell due while no worker ran."""
    threading.Thread(target=listen, name="wake", daemon=True).start()
    for task in (top_up, expire, sweep):
        task.apply_async(expires=600)


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    """No new round of jobs; the one under way ends with the process, and its jobs' leases bring them back."""
    stopping.set()


def listen() -> None:
    """Carry out what is due each time a poke arrives, until that has gone well. One worker takes a poke."""
    client = redis.Redis.from_url(settings().redis(2), socket_timeout=WAIT_SECONDS + 5)
    poked = False
    while not stopping.is_set():
        try:
            # Taking the poke away clears it before we look: a job written from now on pokes anew.
            poked = poked or bool(client.blpop([JOBS_WAIT], timeout=WAIT_SECONDS))
            if poked:
                run(run_due())
                poked = False
        except Exception as error:
            # Redis or PostgreSQL is away, or a connection has broken meanwhile.
            log.warning("wake_failed", error=repr(error))
            stopping.wait(RETRY_SECONDS)
