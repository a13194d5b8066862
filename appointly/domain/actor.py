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

    def is_customer_of(self, appointment_id: UUID, customer_id: UUID | None) -> bool:
        """Whether this is the customer of the appointment: by account, or by the link from the mail."""
        return appointment_id in self.managed or (customer_id is not None and customer_id == self.user_id)

    def answers_for(self, provider_id: UUID) -> bool:
        """Whether the actor may decide in the provider's place: the provider, an admin, the product itself."""
        return self.kind in ("admin", "system") or self.provider_id == provider_id


GUEST = Actor()
SYSTEM = Actor(kind="system")
