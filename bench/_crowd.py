"""Guests of the HTTP API, and the provider who answers them: what they do, and what they were told.

A guest whose booking was not answered sends it again with the same key, until there is an answer.
"""

import random
import threading
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import httpx

from appointly.clock import now

TIMEOUT, PAUSE = 20.0, 0.3
DAYS, SOONEST = 4, 6
KEPT = 8  # bookings and places in line a guest looks back on: a browser remembers 20 of both


class Caller(threading.Thread):
    """Somebody who does one thing after the other until `over`."""

    def __init__(self, name: str, base: str, dice: random.Random, over: threading.Event) -> None:
        super().__init__(name=name)
        self.http = httpx.Client(base_url=f"{base}/api/v1", timeout=TIMEOUT, trust_env=False)
        self.dice, self.over = dice, over
        self.done: Counter[str] = Counter()
        self.told: defaultdict[str, set[str]] = defaultdict(set)

    def run(self) -> None:
        with self.http:
            while not self.over.wait(self.dice.random() * PAUSE):
                self.act()

    def act(self) -> None:
        """One thing."""
        raise NotImplementedError

    def ask(self, what: str, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Status and body of the answer, counted under `what`; status 0 where none came."""
        try:
            answer = self.http.request(method, path, **more)
            status, body = answer.status_code, answer.json()
        except (httpx.TransportError, ValueError):
            status, body = 0, {}
        outcome = "" if status in (200, 201) else f", {body.get('code', 'no answer') if status < 500 else 'failed'}"
        self.done[what + outcome] += 1
        return status, body


class Guest(Caller):
    """A stranger's browser. `told` are the ids of everything it was told is so, by table and, cancelled, by status."""

    def __init__(self, name: str, base: str, dice: random.Random, over: threading.Event, services: list[str]) -> None:
        super().__init__(name, base, dice, over)
        self.services, self.number = services, 0
        self.bookings: list[dict[str, str]] = []
        self.places: list[str] = []

    def act(self) -> None:
        things = [self.book, self.book, self.keep_and_book, self.keep, self.cancel, self.wish, self.wait, self.take]
        self.dice.choice(things)()

    def free(self, service: str) -> str | None:
        """One of the soonest times that are offered: everybody wants those."""
        query = {"date": str(now().date()), "days": DAYS}
        _, body = self.ask("looked", "GET", f"/services/{service}/availability", params=query)
        slots = body.get("slots", [])[:SOONEST]
        return self.dice.choice(slots)["id"] if slots else None

    def person(self) -> dict[str, str]:
        """A customer nobody has been before: whoever has two bookings was booked twice."""
        self.number += 1
        return {
            "customer_name": f"{self.name} {self.number}",
            "customer_email": f"{self.name}.{self.number}@bench.test",
        }

    def book(self, slot: str | None = None) -> None:
        """Until there is an answer."""
        slot = slot or self.free(self.dice.choice(self.services))
        form = self.person() | {"slot_id": slot}
        while slot and not self.over.is_set():
            status, body = self.ask("booked", "POST", "/bookings", json=form, headers={"idempotency-key": "once"})
            if status == 201:
                self.remember(body)
            if 0 < status < 500:
                return
            self.over.wait(PAUSE)

    def remember(self, booked: dict[str, str]) -> None:
        self.told["appointment"].add(booked["id"])
        self.bookings = [*self.bookings, booked][-KEPT:]

    def keep(self) -> str | None:
        slot = self.free(self.dice.choice(self.services))
        if slot and self.ask("kept", "POST", "/holds", json={"slot_id": slot})[0] == 201:
            return slot
        return None

    def keep_and_book(self) -> None:
        if slot := self.keep():
            self.book(slot)

    def cancel(self) -> None:
        if self.bookings:
            booking = self.bookings.pop(self.dice.randrange(len(self.bookings)))["id"]
            if self.ask("cancelled", "POST", f"/bookings/{booking}/cancel")[0] == 200:
                self.told["cancelled"].add(booking)

    def wish(self) -> None:
        """For another time of one of the bookings."""
        if self.bookings:
            booking = self.dice.choice(self.bookings)
            if slot := self.free(booking["service_id"]):
                path = f"/bookings/{booking['id']}/reschedule"
                status, body = self.ask("wished", "POST", path, json={"slot_id": slot})
                if status == 201:
                    self.told["reschedule_request"].add(body["id"])

    def wait(self) -> None:
        """In line for a day of the last service, whose days are soon full."""
        day = now().date() + timedelta(days=self.dice.randrange(1, DAYS))
        form = self.person() | {"service_id": self.services[-1], "dates": [str(day)]}
        status, body = self.ask("waited", "POST", "/waitlist", json=form)
        if status == 201:
            self.told["waitlist_entry"].add(body["id"])
            self.places = [*self.places, body["id"]][-KEPT:]

    def take(self) -> None:
        """What is offered at one of the places in line, if anything is."""
        if self.places:
            place = self.dice.choice(self.places)
            _, body = self.ask("looked in line", "GET", f"/waitlist/{place}")
            if body.get("offer"):
                status, body = self.ask("took an offer", "POST", f"/waitlist/{place}/accept")
                if status == 201:
                    self.remember(body)


class Provider(Caller):
    """Who says yes to requests and to wishes for another time."""

    def act(self) -> None:
        status = self.dice.choice(["pending", "confirmed"])
        _, body = self.ask("list", "GET", "/bookings", params={"status": status, "limit": "20"})
        items = body.get("items", [])
        asked = [item for item in items if status == "pending" or item["reschedule"]]
        if asked and status == "pending":
            self.ask("confirmed", "POST", f"/bookings/{self.dice.choice(asked)['id']}/confirm")
        elif asked:
            self.ask("moved", "POST", f"/reschedules/{self.dice.choice(asked)['reschedule']['id']}/accept")
