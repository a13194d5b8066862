"""Everybody × everything × every verb, by every way in: what happens is what `domain/rights.py` says, and nothing else.

Each cell is really tried against the database. Who may not, changes nothing; who may not even see, gets the answer that
an id of nothing gets.
"""

import ast
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from appointly.api.http import api
from appointly.appointly import app
from appointly.domain.rights import RIGHTS, Whose, may
from appointly.frontend import ROOT
from appointly.state.api_tokens import ApiTokens
from appointly.state.asked_moves import AskedMoves
from appointly.state.booking_page import BookingPage
from appointly.state.booking_panel import BookingPanel
from appointly.state.flags import Flags
from appointly.state.guard import parameters
from appointly.state.how_it_went import HowItWent
from appointly.state.moving import Moving
from appointly.state.oversight import Oversight
from appointly.state.own_calendars import OwnCalendars
from appointly.state.own_services import OwnServices
from appointly.state.provider_reviews import ProviderReviews
from appointly.state.provider_waits import ProviderWaits
from appointly.state.settings_page import SettingsPage
from appointly.state.sign_in_ways import SignInWays
from tests.api.test_every_route import ROUTES
from tests.rights_trial import NOBODY, Trial, Way, allowed, for_anybody, request
from tests.rights_world import SECRET_NAME, Memory, World, make_world
from tests.state.driver import browser_tab
from tests.state.test_every_handler import OURS

BOOKING_WAYS = [
    Way("booking.read", "GET /api/v1/bookings/{booking_id}"),
    Way("booking.cancel", "POST /api/v1/bookings/{booking_id}/cancel"),
    Way("booking.cancel", "POST /api/v1/bookings/cancel", {"ids": ["{booking_id}"]}),
    Way("booking.answer", "POST /api/v1/bookings/{booking_id}/confirm"),
    Way("booking.answer", "POST /api/v1/bookings/{booking_id}/decline"),
    Way("booking.finish", "POST /api/v1/bookings/{booking_id}/complete"),
    Way("booking.finish", "POST /api/v1/bookings/{booking_id}/no-show"),
    Way("booking.check_in", "POST /api/v1/bookings/{booking_id}/check-in"),
    Way("booking.cancel", "GET /api/v1/bookings/{booking_id}/cancellation"),
    Way("booking.finish", "POST /api/v1/bookings/{booking_id}/undo"),
    Way("booking.finish", "POST /api/v1/bookings/{booking_id}/take-back-no-show"),
    Way("no_show.dispute", "POST /api/v1/bookings/{booking_id}/dispute", {"reason": "I was there"}),
]
PANEL = {"confirm": "answer", "complete": "finish", "no_show": "finish", "undo": "finish", "take_back": "finish"}
PANEL_WITH_REASON = {"decline": "answer", "cancel": "cancel"}
BOOKING_EVENTS = [
    Way("booking.finish", handler=HowItWent.finish, arguments={"end": "completed"}, key="booking_id"),
    *(
        Way(f"booking.{right}", handler=BookingPanel.act, arguments={"verb": verb}, key="booking_id")
        for verb, right in PANEL.items()
    ),
    *(
        Way(
            f"booking.{right}",
            handler=BookingPanel.act_with_reason,
            arguments={"verb": verb, "form": {"reason": "x"}},
            key="booking_id",
        )
        for verb, right in PANEL_WITH_REASON.items()
    ),
]
SERVICE_WAYS = [
    Way("service.edit", "PATCH /api/v1/services/{service_id}", {"title": "Another title"}),
    Way("service.delete", "DELETE /api/v1/services/{service_id}"),
    Way("service.edit", handler=OwnServices.set_status, arguments={"status": "toggle"}, key="service_id"),
    Way("service.make", handler=OwnServices.duplicate, key="service_id"),
    Way("service.delete", handler=OwnServices.delete, key="service_id"),
]
PUBLIC_WAYS = [
    Way("service.read", "GET /api/v1/services/{service}"),
    Way("slot.read", "GET /api/v1/services/{service_id}/availability"),
    Way("service.read", "GET /api/v1/services/{service}/reviews"),
]
WRITTEN = {"stars": 4, "words": "On time."}
REVIEW_WAYS = [
    Way("review.write", "POST /api/v1/bookings/{booking_id}/review", WRITTEN),
    Way("review.write", "PATCH /api/v1/bookings/{booking_id}/review", WRITTEN),
    Way("review.write", "DELETE /api/v1/bookings/{booking_id}/review"),
]
PLACE_WAYS = [
    Way("waitlist.read", "GET /api/v1/waitlist/{entry_id}"),
    Way("waitlist.leave", "DELETE /api/v1/waitlist/{entry_id}"),
    Way("waitlist.answer", "POST /api/v1/waitlist/{entry_id}/accept"),
    Way("waitlist.answer", "POST /api/v1/waitlist/{entry_id}/pass"),
    Way("waitlist.remove", "DELETE /api/v1/provider/waitlist/{entry_id}"),
]
PLACE_EVENT = Way("waitlist.remove", handler=ProviderWaits.remove, key="entry_id")
OWN_WAYS = {
    "review": Way("review.answer", "POST /api/v1/reviews/{review_id}/answer", {"words": "Thank you."}),
    "review, reported": Way("review.report", "POST /api/v1/reviews/{review_id}/report", {"reason": "An insult."}),
    "review on the page": Way(
        "review.answer", handler=ProviderReviews.answer, arguments={"form": {"answer": "Thanks"}}, key="review_id"
    ),
    "review reported on the page": Way(
        "review.report", handler=ProviderReviews.report, arguments={"form": {"reason": "Lies"}}, key="review_id"
    ),
    "blocked": Way("blocked_time.edit", "DELETE /api/v1/provider/blocked-times/{blocked_id}"),
    "picture": Way("picture.edit", "DELETE /api/v1/provider/pictures/{picture_id}"),
    "flag": Way("flag.decide", "POST /api/v1/flags/{flag_id}/uphold"),
    "flag on the page": Way(
        "flag.decide", handler=Flags.decide, arguments={"form": {"decision": "upheld"}}, key="flag_id"
    ),
    "report": Way("flag.decide", "POST /api/v1/flags/{flag_id}/dismiss"),
    "job": Way("job.retry", handler=Oversight.retry, key="job_id"),
    "session": Way("session.end", handler=SettingsPage.end, key="place"),
    "token": Way("api_token.revoke", handler=ApiTokens.revoke, key="token"),
    "identity": Way("identity.unlink", handler=SignInWays.remove, key="way"),
}
CALENDAR_WAYS = [
    Way("calendar.edit", "PATCH /api/v1/provider/calendars/{calendar_id}", {"name": "Another name"}),
    Way("calendar.edit", "POST /api/v1/provider/calendars/{calendar_id}/sync"),
    Way("calendar.edit", "DELETE /api/v1/provider/calendars/{calendar_id}"),
    Way("calendar.edit", handler=OwnCalendars.rename, arguments={"form": {"new_name": "Another"}}, key="calendar"),
    Way("calendar.edit", handler=OwnCalendars.read_now, key="calendar"),
    Way("calendar.edit", handler=OwnCalendars.remove, key="calendar"),
]
WISH_WAYS = [
    Way("reschedule.answer", "POST /api/v1/reschedules/{request_id}/accept"),
    Way("reschedule.answer", "POST /api/v1/reschedules/{request_id}/decline"),
    Way("reschedule.withdraw", "DELETE /api/v1/reschedules/{request_id}"),
    Way("reschedule.answer", handler=AskedMoves.accept, key="request_id"),
    Way("reschedule.answer", handler=AskedMoves.decline, arguments={"form": {"reason": "No."}}, key="request_id"),
    Way("reschedule.withdraw", handler=Moving.withdraw, key="request_id"),
]
# By what an id alone does not open: a key that only the mail holds, or things that are everybody's.
ROUTES_ASIDE = {
    "POST /api/v1/bookings/{booking_id}/reschedule": "needs a free slot: test_reschedules",
    "GET /api/v1/providers/{slug}/queue": "public, tokens alone: tests/api/test_queue",
    **{
        f"POST /api/v1/provider/queue/{{entry_id}}/{verb}": "one's own line of today alone: tests/api/test_queue"
        for verb in ("call", "skip", "done", "undo", "remove")
    },
    "GET /session/booking/{reference}": "the key in the link is the right: test_forms",
    "GET /session/waitlist/{entry_id}": "the key in the link is the right: test_waitlist",
    "GET /session/link/{link_id}": "the key in the link is the right: test_mailed_links",
    "GET /calendar/booking/{reference}.ics": "by reference: test_pages_by_reference",
    "GET /calendar/{token}.ics": "the address is the right: test_feeds",
    "HEAD /calendar/{token}.ics": "the address is the right: test_feeds",
    "GET /media/{picture_id}/{size}.webp": "public: test_pictures",
    "HEAD /media/{picture_id}/{size}.webp": "public: test_pictures",
    "DELETE /api/v1/holds/{hold_id}": "one's own, also a guest's by cookie: test_holds",
    **{
        f"{method} /dev/google/calendar/v3/calendars/{{calendar}}/events{one}": "the demo's stand-in for Google"
        for methods, one in (("GET POST", ""), ("GET PUT PATCH DELETE", "/{event}"))
        for method in methods.split()
    },
    "GET /dev/mailbox/{id}/attachments/{place}": "the demo's mailbox, closed outside demo mode: test_mailbox",
}
HANDLERS_ASIDE = {
    "Moving.begin": "needs a booking that can move: test_moving",
    "Moving.pick": "needs a free slot: test_moving",
    "CalendarMove.drop": "opens the dialog that asks; reads by reference as Moving.begin does: test_moving",
    "AskedMoves.ask": "repeats what the browser itself said",
    "ProviderReviews.ask": "repeats what the browser itself said",
    "ProviderClass.check_in": "on the day alone: tests/state/test_classes",
    "ProviderQueue.ask": "repeats what the browser itself shows",
    "ProviderWaits.ask": "repeats what the browser itself shows",
    "ProviderQueue.act": "one's own line of today alone: tests/state/test_queue",
    "MarkPage.check_in": "needs the code at the door too: tests/state/test_mark",
    "GoogleCalendarPage.leave": "a calendar at Google: test_google_calendar",
    "BookingPanel.ask": "repeats what the browser itself said, and what one's own booking would give back",
    "Wizard.pick": "a free time is everybody's; keeps it for who picks it",
    "OpenDrafts.forget": "one's own, looked for among them: test_wizard_keeps",
    "Wizard.make_room": "the same",
}


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, int]]:
    counted = {"tried": 0, "allowed": 0, "refused": 0}
    began = time.monotonic()
    yield counted
    print(f"\nrights: {counted}, {time.monotonic() - began:.0f} s")


@pytest.fixture
async def trial(database: str, figures: dict[str, int]) -> AsyncIterator[Trial]:
    world = await make_world()
    memory = Memory(database)
    yield Trial(world, memory, figures)
    memory.close()


def whose_booking(world: World, status: str) -> Whose:
    return Whose(world.ada.user_id, world.owner.provider_id, world.bookings[status])


async def test_bookings_over_http(trial: Trial) -> None:
    for status, booking in trial.world.bookings.items():
        for way in BOOKING_WAYS:
            await trial.over_http(way, booking, whose_booking(trial.world, status), status)
    assert trial.wrong == []


async def test_reviews_over_http(trial: Trial) -> None:
    for way in REVIEW_WAYS:
        await trial.over_http(way, trial.world.bookings["completed"], whose_booking(trial.world, "completed"), "done")
    assert trial.wrong == []


WORKS = {
    "pending": {"confirm", "decline", "cancel"},
    "confirmed": {"cancel"},
    "begun": {"complete", "no_show", "cancel"},
    "held": {"cancel"},
}


async def test_bookings_by_events(trial: Trial) -> None:
    for status in ("pending", "confirmed", "begun", "cancelled"):
        for way in BOOKING_EVENTS:
            works = way.arguments.get("verb", "complete") in WORKS.get(status, ())
            whose = whose_booking(trial.world, status)
            await trial.by_event(way, trial.world.bookings[status], whose, status, works)
    assert trial.wrong == []


async def test_pages_by_reference(trial: Trial) -> None:
    """The booking's page, its file for calendars, and the panel beside the provider's list."""
    for status, reference in trial.world.references.items():
        whose = whose_booking(trial.world, status)
        for who in trial.world.people:
            sees = may(who.actor, "booking.read", whose)
            path = f"/calendar/booking/{reference}.ics"
            transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                file = await client.get(path, headers=who.headers)
            may_load = allowed(who, Way("booking.read", "GET /calendar/booking/{reference}.ics"), whose)
            trial.judge(f"{who.name} · {path} · {status}", may_load, file.status_code in (200, 409), [])
            if who.scopes is not None:
                continue  # sockets know no tokens
            async with browser_tab(app, who.cookie, f"/booking/{reference}") as tab:
                page = await tab.send(BookingPage.load)
                trial.judge(f"{who.name} · page · {status}", sees, SECRET_NAME in str(page), [])
            async with browser_tab(app, who.cookie, f"/dashboard/bookings?booking={reference}") as tab:
                panel = await tab.send(BookingPanel.load)
                expected = sees and who.actor.kind == "provider"
                trial.judge(f"{who.name} · panel · {status}", expected, SECRET_NAME in str(panel), [])
    assert trial.memory.changed() == []
    assert trial.wrong == []


async def test_services(trial: Trial) -> None:
    whose = Whose(provider_id=trial.world.owner.provider_id)
    for status, service in trial.world.services.items():
        for way in SERVICE_WAYS:
            if way.route:
                await trial.over_http(way, service, whose, status)
            else:
                other = {"status": "active" if status == "paused" else "paused"} if way.arguments else {}
                works = status != "archived"
                concrete = Way(way.right, handler=way.handler, arguments=other, key=way.key)
                if works:
                    await trial.by_event(concrete, service, whose, status, works=True)
    for way in PUBLIC_WAYS:
        await trial.over_http(way, trial.world.services["active"], whose, "active")
    assert trial.wrong == []


@pytest.mark.parametrize("what", OWN_WAYS)
async def test_what_belongs_to_one(trial: Trial, what: str) -> None:
    world, way = trial.world, OWN_WAYS[what]
    self_owned = what in ("session", "token", "identity")
    whose = Whose(user_id=world.ada.user_id) if self_owned else Whose(provider_id=world.owner.provider_id)
    if what.split()[0] in ("job", "flag", "report"):
        whose = Whose()
    target: UUID = getattr(world, what.split()[0].strip(","))
    if way.route:
        await trial.over_http(way, target, whose, what)
    else:
        await trial.by_event(way, target, whose, what, works=True)
    assert trial.wrong == []


async def test_calendars_elsewhere(trial: Trial) -> None:
    whose = Whose(provider_id=trial.world.owner.provider_id)
    for way in CALENDAR_WAYS:
        if way.route:
            await trial.over_http(way, trial.world.calendar, whose, "calendar")
        else:
            await trial.by_event(way, trial.world.calendar, whose, "calendar", works=True)
    assert trial.wrong == []


async def test_wishes_for_another_time(trial: Trial) -> None:
    for way in WISH_WAYS:
        if way.route:
            await trial.over_http(way, trial.world.wish, whose_booking(trial.world, "confirmed"), "wish")
        else:
            await trial.by_event(way, trial.world.wish, whose_booking(trial.world, "confirmed"), "wish", works=True)
    assert trial.wrong == []


async def test_places_in_line(trial: Trial) -> None:
    world = trial.world
    for way in PLACE_WAYS:
        await trial.over_http(way, world.place, Whose(world.ada.user_id, world.owner.provider_id, world.place), "place")
    whose = Whose(world.ada.user_id, world.owner.provider_id, world.place)
    await trial.by_event(PLACE_EVENT, world.place, whose, "place", works=True)
    assert trial.wrong == []


async def test_anybody_may_book_and_nobody_for_the_token_s_owner(trial: Trial) -> None:
    for who in trial.world.people:
        transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
        body = {"slot_id": str(trial.world.slot), "customer_name": "Grace", "customer_email": "grace@example.test"}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            answer = await client.post("/api/v1/bookings", json=body, headers=who.headers)
        way = Way("booking.make", "POST /api/v1/bookings")
        expected = allowed(who, way, Whose())
        trial.judge(f"{who.name} · book", expected, answer.status_code == 201, trial.memory.changed())
    assert trial.wrong == []


async def test_a_token_reaches_only_the_routes_that_name_its_scope(trial: Trial) -> None:
    """Every route × a token of each scope: refused before anything is read, unless the route names the scope."""
    tokens = [who for who in trial.world.people if who.name.startswith("token ")]
    for name, route in ROUTES.items():
        scope = getattr(route.endpoint, "__scope__", None)
        if scope is None:
            assert name.partition(" ")[2].startswith(("/sandbox/", "/dev/"))
            continue
        for who in tokens:
            answer = await request(who, Way("", name), NOBODY)
            missing = answer.status_code == 403 and (name.startswith("HEAD") or "scope_missing" in answer.text)
            reaches = for_anybody(name) or (bool(scope) and scope in (who.scopes or ()))
            trial.judge(f"{who.name} · {name}", reaches, not missing, trial.memory.changed())
    assert trial.wrong == []


OPERATIONS_ASIDE = {
    "account_mail": "plans a mail for operations that have decided",
    "booking_draft": "one's own by the query; holds no more than a guest may do",
    "create_admin": "a command of whoever runs the servers",
    "end_waits": "the product itself, by the clock and with a service that ends",
    "expire_appointments": "the product itself, by the clock",
    "forget_old": "the product itself, by the clock",
    "hand_on_turn": "called by operations that have decided",
    "hold_slot": "called by operations that have decided, and by the clock",
    "hours": "what operations on hours have in common",
    "mailed_links": "the key in the mail is the right",
    "note_visit": "notes the visit of somebody the door has found",
    "offer_freed": "called by operations that have freed time, and by the clock",
    "plan_mails": "plans mails for operations that have decided",
    "preview_change": "counts what a change of one's own hours would do, and is rolled back",
    "provider_fields": "the shape of a form",
    "redeem_sign_in_code": "the mailed code is the right",
    "refresh_listings": "the product itself",
    "refresh_sign_in": "the refresh token is the right",
    "regenerate_slots": "called by operations that have decided, and by the clock",
    "remember_answer": "by the actor's own key",
    "reset_password": "the key in the mail is the right",
    "rotate_session": "renews the secret the caller came with",
    "send_sign_in_code": "the password was right",
    "service_form": "the shape of a form",
    "sign_in": "the password was right",
    "sign_up": "anyone",
    "move_time": "called by operations that have decided",
    "reschedule_requests": "called by operations that have decided",
    "waitlist_mail": "plans mails for operations that have decided",
    "write_back": "plans what follows from changes that operations have decided",
    "move_appointments": "what answer, cancel and finish have in common; holds the check itself",
}
CHECKS = {"lock_line", "require", "may", "lock_own_provider", "require_provider", "lock_bookings", "own_business"}


def test_every_operation_checks_a_right_or_says_why_not() -> None:
    unchecked = {}
    for path in sorted((ROOT / "appointly/operations").glob("*.py")):
        tree = ast.parse(path.read_text())
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        if path.stem != "__init__" and not called & CHECKS:
            unchecked[path.stem] = path
    assert set(unchecked) - set(OPERATIONS_ASIDE) == set()


def test_every_way_with_an_id_is_in_the_matrix_or_listed() -> None:
    bookings = [*BOOKING_WAYS, *REVIEW_WAYS, *BOOKING_EVENTS]
    ways = [
        *bookings,
        *WISH_WAYS,
        *PLACE_WAYS,
        PLACE_EVENT,
        *SERVICE_WAYS,
        *PUBLIC_WAYS,
        *CALENDAR_WAYS,
        *OWN_WAYS.values(),
    ]
    with_id = {name for name in ROUTES if "{" in name}
    missing = with_id - {way.route for way in ways} - set(ROUTES_ASIDE)
    assert missing == set()
    handlers = {
        f"{registered.states[0].__name__}.{registered.handler.fn.__name__}"
        for registered in OURS.values()
        if any("UUID" in str(hint) for _, hint, _ in parameters(registered.handler.fn).values())
    }
    tried = {way.handler.fn.__qualname__ for way in ways if way.handler}
    assert handlers - tried - set(HANDLERS_ASIDE) == set()
    print(
        f"\nroutes with an id: {len(with_id)}, {len(with_id) - len(with_id & set(ROUTES_ASIDE))} in the matrix;"
        f" handlers with an id: {len(handlers)}, {len(handlers & tried)} in the matrix; rights: {len(RIGHTS)}"
    )


def test_no_decision_is_taken_elsewhere() -> None:
    """Roles are compared in `domain/rights.py`; the few places that do it for another reason are written down."""
    elsewhere = []
    for path in sorted(Path(ROOT / "appointly/operations").glob("*.py")) + sorted(
        (ROOT / "appointly/queries").glob("*.py")
    ):
        elsewhere += [
            path.stem for line in path.read_text().splitlines() if "actor.kind ==" in line or "actor.kind !=" in line
        ]
    reasons = {
        "become_provider": "an admin's account offers no services, whoever's it is",
        "delete_account": "an admin's account is kept for the record",
        "make_provider": "a customer says so first, which renews the secret of the sign-in",
    }
    assert set(elsewhere) <= set(reasons)
