"""Celery: where its messages go, what the clock starts, and the one event loop of a worker process."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, TypeVar

from celery import Celery
from celery.schedules import crontab
from kombu.entity import Queue

from appointly.logs import configure_logs
from appointly.settings import settings

Result = TypeVar("Result")

SWEEP_SECONDS = 5.0
LISTING_SECONDS = 60.0
EXPIRY_SECONDS = 5.0
OFFER_SECONDS = 60.0
CALENDAR_SECONDS = 15.0
QUEUE = "appointly"

configure_logs()
app = Celery(
    "appointly",
    broker=settings().broker_url,
    include=[
        "tasks.jobs",
        "tasks.calendars",
        "tasks.slots",
        "tasks.expiry",
        "tasks.listings",
        "tasks.tidy",
        "tasks.waitlist",
        "tasks.wake",
    ],
)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # Told before it begins: what a dead worker leaves the next tick does, or the start of the next worker. With ends to
    # be told, a worker whose broker goes away in the middle of a task dies of it.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a clock that gives up would stay silent for ever
    # Longer than any task: a message that is out for longer is carried out again. A dead worker's come back sooner.
    broker_transport_options={
        "visibility_timeout": 3600,
        "unacked_restore_throttle": 1,
        "unacked_restore_interval": 2,
    },
    # The nameless exchange needs no entry in Redis to find its queue, so an emptied Redis loses no tick.
    task_queues=[Queue(QUEUE, exchange="", routing_key=QUEUE)],
    task_default_queue=QUEUE,
    task_default_exchange="",
    task_default_routing_key=QUEUE,
    timezone="UTC",
    # A tick nobody took before the next one is worth nothing.
    beat_schedule={
        "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "expire": {"task": "expire", "schedule": EXPIRY_SECONDS, "options": {"expires": EXPIRY_SECONDS}},
        "offer-missed": {"task": "offer_missed", "schedule": OFFER_SECONDS, "options": {"expires": OFFER_SECONDS}},
        "read-calendars": {
            "task": "read_calendars",
            "schedule": CALENDAR_SECONDS,
            "options": {"expires": CALENDAR_SECONDS},
        },
        "forget-old": {"task": "forget_old", "schedule": crontab(minute="35"), "options": {"expires": 3600.0}},
        "refresh-listings": {"task": "refresh_listings", "schedule": LISTING_SECONDS, "options": {"expires": 60.0}},
        # Every six hours: wherever midnight was, the new last day is there by the morning.
        "top-up": {"task": "top_up", "schedule": crontab(minute="5", hour="*/6"), "options": {"expires": 3600.0}},
    },
)


making_loop = threading.Lock()


def loop() -> asyncio.AbstractEventLoop:
    """The event loop of this process, on a thread of its own: engine and clients belong to it."""
    with making_loop:  # a worker's first tasks and pokes ask at the same moment, and two loops would share one engine
        return _only_loop()


@lru_cache
def _only_loop() -> asyncio.AbstractEventLoop:
    fresh = asyncio.new_event_loop()
    threading.Thread(target=fresh.run_forever, name="event loop", daemon=True).start()
    return fresh


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Carry out `work` on the process's loop and wait for it, from any thread of a worker."""
    return asyncio.run_coroutine_threadsafe(work, loop()).result()
