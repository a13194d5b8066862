"""Who may do what: the one place where roles and ownership are decided, for pages, API and files alike.

A right is named `object.verb`. Who has it is said by relation to the object:

* anyone: also guests; self: the account it belongs to; customer: of this booking, by account or by the mailed link;
  owner: the provider whose it is; provider, admin: any account of that kind; system: the product itself.

Queries put the same relations into their conditions; a row somebody may not see is a row that is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from appointly.domain.actor import Actor
from appointly.errors import Forbidden, NotSignedIn

RIGHTS: Mapping[str, frozenset[str]] = {
    right: frozenset(relations.split())
    for right, relations in {
        "account.read": "self",
        "account.edit": "self",
        "account.export": "self",
        "account.delete": "self",
        "feed.read": "self",
        "feed.rotate": "self",
        "identity.list": "self",
        "identity.link": "self",
        "identity.unlink": "self",
        "session.list": "self",
        "session.end": "self",
        "api_token.list": "self",
        "api_token.make": "self",
        "api_token.revoke": "self",
        "provider.read": "anyone",
        "provider.make": "self",
        "provider.edit": "owner",
        "hours.read": "owner admin",
        "hours.edit": "owner",
        "blocked_time.read": "owner admin",
        "blocked_time.edit": "owner",
        "calendar.read": "owner",
        "calendar.edit": "owner",
        "picture.read": "anyone",
        "picture.edit": "owner",
        "service.read": "anyone",
        "service.make": "owner",
        "service.edit": "owner",
        "service.delete": "owner",
        "slot.read": "anyone",
        "slot.explain": "owner admin",
        "hold.make": "anyone",
        "booking.make": "anyone",
        "booking.read": "customer owner admin system",
        "booking.answer": "owner admin system",
        "booking.finish": "owner admin system",
        "booking.cancel": "customer owner admin system",
        "booking.cancel_late": "owner admin system",
        "booking.move": "customer owner admin system",
        "reschedule.withdraw": "customer admin system",
        "reschedule.answer": "owner admin system",
        "review.write": "customer",
        "review.answer": "owner",
        "review.report": "owner",
        "review.list": "owner",
        "waitlist.join": "anyone",
        "waitlist.read": "customer",
        "waitlist.leave": "customer",
        "waitlist.answer": "customer",
        "waitlist.see": "owner",
        "waitlist.remove": "owner",
        "booking.check_in": "customer owner admin",
        "queue.read": "anyone",
        "queue.run": "owner",
        "check_in_code.read": "owner",
        "check_in_code.rotate": "owner",
        "no_show.dispute": "customer",
        "flag.read": "admin",
        "flag.decide": "admin",
        "overview.read": "admin",
        "business.find": "admin",
        "job.read": "admin",
        "job.retry": "admin",
    }.items()
}

# What a personal API token may be allowed; each route that takes such tokens names the one it needs.
SCOPES: Mapping[str, str] = {
    "account:read": "See your name and address",
    "bookings:read": "See your bookings",
    "bookings:write": "Book, answer, move and cancel",
    "provider:read": "See your profile, hours and services as you do",
    "provider:write": "Change your profile, hours and services",
}


@dataclass(frozen=True)
class Whose:
    """What is known of an object's people. For a booking: customer, provider and its own id."""

    user_id: UUID | None = None
    provider_id: UUID | None = None
    appointment_id: UUID | None = None


def relations(actor: Actor, whose: Whose) -> frozenset[str]:
    """Everything the actor is to the object."""
    found = {"anyone"} | ({actor.kind} & {"provider", "admin", "system"})
    if whose.user_id is not None and whose.user_id == actor.user_id:
        found |= {"self", "customer"}
    if whose.appointment_id is not None and whose.appointment_id in actor.managed:
        found.add("customer")
    if whose.provider_id is not None and whose.provider_id == actor.provider_id:
        found.add("owner")
    return frozenset(found)


def may(actor: Actor, right: str, whose: Whose) -> bool:
    """Whether the actor has the right to this object."""
    return not RIGHTS[right].isdisjoint(relations(actor, whose))


def require(actor: Actor, right: str, whose: Whose) -> None:
    """Raise `NotSignedIn` or `Forbidden` for an actor without the right."""
    if not may(actor, right, whose):
        raise NotSignedIn if actor.kind == "guest" else Forbidden
