"""What Google has let us see, until its owner has chosen: encrypted, for some minutes, for the one who asked.

In Redis, as it is more than a cookie holds. Where Redis loses it, the person connects once more.
"""

import secrets
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from uuid import UUID

from appointly.database import bus
from appointly.encrypted import decrypt, encrypt

PURPOSE = COOKIE = "appointly_google_choice"
SECONDS = 900
LONGEST_KEY = 100


@dataclass(frozen=True)
class Offered:
    """A calendar to choose; `id` is Google's."""

    id: str
    name: str
    primary: bool
    writable: bool


@dataclass(frozen=True)
class Choice:
    """What may be chosen, by whom, and the permission that opens it. `write`: events may be put there."""

    user_id: str
    account: str
    refresh_token: str
    scope: str
    write: bool
    calendars: list[Offered]


async def keep_choice(choice: Choice) -> str:
    """Remember it for a quarter of an hour; the key for the browser's cookie."""
    key = secrets.token_urlsafe(24)
    facts = encrypt(PURPOSE, asdict(choice))
    await bus.client().set(f"google-choice:{key}", b64encode(facts).decode(), ex=SECONDS)
    return key


async def choice_of(key: str, user_id: UUID | None) -> Choice | None:
    """What this browser may choose, if it is this person's and not too late."""
    found = await bus.client().get(f"google-choice:{key}") if 0 < len(key) <= LONGEST_KEY else None
    if not found:
        return None
    facts = decrypt(PURPOSE, b64decode(found))
    calendars = [Offered(**each) for each in facts.pop("calendars")]
    choice = Choice(calendars=calendars, **facts)
    return choice if choice.user_id == str(user_id) else None


async def forget_choice(key: str) -> None:
    """It was made."""
    await bus.client().delete(f"google-choice:{key}")
