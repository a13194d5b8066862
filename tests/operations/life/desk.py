"""What the provider and the admin do."""

from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.calendar import Reading, Span
from appointly.operations import run_queue
from appointly.operations.add_walk_in import WalkIn, add_walk_in
from appointly.operations.announce_delay import Delay, announce_delay
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.answer_offer import remove_from_waitlist
from appointly.operations.answer_review import NewAnswer, NewReport, answer_review, report_review
from appointly.operations.block_time import TimeToBlock, add_blocked_time, remove_blocked_time
from appointly.operations.call_off_days import call_off_days
from appointly.operations.edit_service import edit_service
from appointly.operations.external_calendars import claim_due_calendars, note_failure, note_reading
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.operations.flags import decide_flag, take_back_no_show
from appointly.operations.service_form import ServiceChanges
from appointly.operations.set_working_hours import set_working_hours
from appointly.operations.undo_finish import undo_finish
from appointly.queries.absences import Absence
from tests.making import every_day
from tests.operations.life.world import ADA, OWNER, Machine, numbers

TURNS = [run_queue.call, run_queue.skip, run_queue.finish, run_queue.put_back]
CHANGES: list[dict[str, Any]] = [
    {"price": {"amount": 0, "currency": "EUR"}},
    {"price": {"amount": 4501, "currency": "EUR"}},
    {"cancellation_policy": "strict"},
    {"cancellation_policy": "moderate"},
    {"capacity": 1},
    {"capacity": 2},
    {"capacity": 3},
    {"duration_minutes": 20},
    {"duration_minutes": 30},
]


class Desk(Machine):
    """One provider, and an admin who decides what is disputed."""

    @precondition(lambda self: self.there.requests)
    @rule(number=numbers, verb=st.sampled_from([confirm_appointment, decline_appointment]))
    def answer(self, number: int, verb: Any) -> None:
        if (booking := self.any_of("appointment", number, "status = 'pending'")) is not None:
            self.act(lambda session, now: verb(session, self.world.owner, booking, now), verb.__name__)

    @rule(who=st.sampled_from([ADA, OWNER, OWNER]), number=numbers, verb=st.sampled_from([0, 1]))
    def finish(self, who: int, number: int, verb: int) -> None:
        begun = f"status IN ('confirmed', 'completed') AND start_time <= '{self.world.now}'"
        person, act = self.person(who), (complete_appointment, mark_no_show)[verb]
        if (booking := self.any_of("appointment", number, begun)) is not None:
            self.act(lambda session, now: act(session, person, booking, now), act.__name__)

    @precondition(lambda self: self.there.finished)
    @rule(number=numbers)
    def undo(self, number: int) -> None:
        if (booking := self.any_of("appointment", number, "status IN ('completed', 'no_show')")) is not None:
            self.act(lambda session, now: undo_finish(session, self.world.owner, booking, now), "undo")

    @precondition(lambda self: self.there.missed)
    @rule(number=numbers)
    def take_back(self, number: int) -> None:
        if (booking := self.any_of("appointment", number, "status = 'no_show'")) is not None:
            self.act(lambda session, now: take_back_no_show(session, self.world.owner, booking, now), "take back")

    @precondition(lambda self: self.there.flags)
    @rule(number=numbers, decision=st.sampled_from(["upheld", "dismissed"]))
    def decide(self, number: int, decision: Any) -> None:
        if (flag := self.any_of("flag", number, "status = 'open'")) is not None:
            self.act(lambda session, now: decide_flag(session, self.world.admin, flag, decision, "", now), "decide")

    @precondition(lambda self: self.there.reviews)
    @rule(number=numbers, answers=st.booleans())
    def answer_review(self, number: int, answers: bool) -> None:
        review, owner = self.any_of("review", number), self.world.owner
        if review is None:
            return
        if answers:
            words = NewAnswer(words="Thank you.")
            self.act(lambda session, now: answer_review(session, owner, review, words, now), "answer review")
        else:
            report = NewReport(reason="It was not us.")
            self.act(lambda session, now: report_review(session, owner, review, report, now), "report review")

    @precondition(lambda self: self.there.bookings)
    @rule(number=numbers, verb=st.sampled_from([None, *TURNS]), tickets=st.booleans())
    def run_queue(self, number: int, verb: Any, tickets: bool) -> None:
        """The next one, or with anybody's ticket or appointment of this day."""
        owner, day = self.world.owner, f"slot_date = '{self.world.now.date()}'"
        if verb is None:
            serving = self.any_of("queue_ticket", 0, "status = 'serving'")
            self.act(lambda session, now: run_queue.call_next(session, owner, serving, now), "call next")
            return
        entry = (self.any_of("queue_ticket", number) if tickets else None) or self.any_of("appointment", number, day)
        if entry is not None:
            self.act(lambda session, now: verb(session, owner, entry, now), verb.__name__)

    @precondition(lambda self: self.there.bookings)
    @rule(minutes=st.sampled_from([None, 0, 10, 40]))
    def door(self, minutes: int | None) -> None:
        """Somebody walks in, or the day runs late."""
        owner = self.world.owner
        if minutes is None:
            self.act(lambda session, now: add_walk_in(session, owner, WalkIn(), now), "walk in")
        else:
            said = Delay(minutes=minutes)
            self.act(lambda session, now: announce_delay(session, owner, said, now), "announce delay")

    @precondition(lambda self: self.there.waits)
    @rule(number=numbers)
    def remove_from_line(self, number: int) -> None:
        if (entry := self.any_of("waitlist_entry", number, "status IN ('waiting', 'offered')")) is not None:
            self.act(lambda session, now: remove_from_waitlist(session, self.world.owner, entry, now), "remove")

    @precondition(lambda self: self.there.bookings > 2)
    @rule(days=st.integers(0, 1), block=st.booleans())
    def call_off(self, days: int, block: bool) -> None:
        """Ill today, or tomorrow as well. Of the days that are blocked nothing is kept."""
        today = self.world.now.date()
        absence = Absence(first_date=today, last_date=today + timedelta(days=days), reason="I am ill.", block=block)
        if not self.act(lambda session, now: call_off_days(session, self.world.owner, absence, now), "call off"):
            return
        rest = f"start_time > '{self.world.now}' AND slot_date BETWEEN '{today}' AND '{absence.last_date}'"
        assert self.any_of("appointment", 0, f"{rest} AND status IN ('pending', 'confirmed')") is None
        if block:
            assert self.any_of("slot", 0, f"{rest} AND EXISTS (SELECT FROM hold WHERE slot_id = slot.id)") is None

    @rule(what=st.sampled_from(["block", "unblock", "calendar", "hours", "service"]), data=st.data(), number=numbers)
    def offer_otherwise(self, what: str, data: st.DataObject, number: int) -> None:
        """Whatever changes which times there are."""
        if what == "block":
            self.block(number % 9, 1 + number % 3)
        elif what == "unblock":
            self.unblock(number)
        elif what == "calendar":
            self.read_calendar([number % 60, number % 7][: number % 3], number % 11 == 0)
        elif what == "hours":
            self.change_hours(data.draw(st.sampled_from(["09:30", "10:00", "11:00"])))
        else:
            self.change_service(number % 2, data.draw(st.sampled_from(CHANGES)))

    def block(self, start: int, halves: int) -> None:
        begins = self.world.now + timedelta(minutes=30 * start)
        wanted = TimeToBlock(start=begins, end=begins + timedelta(minutes=30 * halves))
        self.act(lambda session, now: add_blocked_time(session, self.world.owner, wanted, now), "block")

    def unblock(self, number: int) -> None:
        if (blocked := self.any_of("blocked_time", number)) is not None:
            self.act(lambda session, now: remove_blocked_time(session, self.world.owner, blocked, now), "unblock")

    def read_calendar(self, starts: list[int], fails: bool) -> None:
        """The provider's private calendar has been read: other busy times than before, or none could be had."""
        nine = datetime.combine(self.world.now.date(), datetime.min.time(), self.world.now.tzinfo) + timedelta(hours=9)
        begins = [nine + timedelta(minutes=30 * start) for start in starts]
        spans = [Span(begin, begin + timedelta(minutes=40)) for begin in begins]

        async def read(session: AsyncSession, now: datetime) -> None:
            for claimed in await claim_due_calendars(session, now, 1):
                if fails:
                    await note_failure(session, claimed, "It did not answer.", now)
                else:
                    await note_reading(session, claimed, Reading(spans), now)

        self.act(read, "read calendar")

    def change_hours(self, closes: str) -> None:
        hours = every_day("09:00", closes)
        self.act(lambda session, now: set_working_hours(session, self.world.owner, hours, now), "change hours")

    def change_service(self, service: int, change: dict[str, Any]) -> None:
        """What has been booked keeps its price, its policy and its length."""
        changes, chosen = ServiceChanges.model_validate(change), self.world.services[service]
        self.act(lambda session, now: edit_service(session, self.world.owner, chosen, changes, now), "change service")
