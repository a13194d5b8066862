"""Who asks for something, as far as the decision needs to know."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """The person (or the system) behind a request, looked up in the database for this very request.

    `kind` is guest, customer, provider, admin or system. `managed` holds the appointments and the places in line that a
    mailed link has opened for this browser. `provider_id` is set for accounts with a business. `browser` is the SHA-256
    of the browser's own cookie: what a guest began there is the guest's, as long as nobody signs in.
    """

    kind: str = "guest"
    user_id: UUID | None = None
    provider_id: UUID | None = None
    name: str = ""
    email: str = ""
    managed: frozenset[UUID] = field(default_factory=frozenset)
    browser: bytes = field(default=b"", compare=False, repr=False)


GUEST = Actor()
SYSTEM = Actor(kind="system")
