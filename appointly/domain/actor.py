"""Who asks for something, as far as the decision needs to know."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """The person (or the system) behind a request, looked up in the database for this very request.

    `kind` is guest, customer, provider, admin or system. `managed` holds the appointments that a mailed link has opened
    for this browser. `provider_id` is set for accounts with a business.
    """

    kind: str = "guest"
    user_id: UUID | None = None
    provider_id: UUID | None = None
    name: str = ""
    email: str = ""
    managed: frozenset[UUID] = field(default_factory=frozenset)


GUEST = Actor()
SYSTEM = Actor(kind="system")
