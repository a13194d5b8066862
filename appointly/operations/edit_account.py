"""Change what an account says of its owner."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.domain.zones import zones
from appointly.validation import Line


def known_zone(zone: str) -> str:
    """Raise `ValueError` with a sentence for a zone nobody lives in; empty stays empty."""
    if zone and zone not in zones():
        raise ValueError("Please choose a time zone from the list.")
    return zone


class AccountEdit(BaseModel):
    """Name, and the zone in which mails name times; empty for the place of each appointment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    time_zone: Annotated[str, Field(max_length=80), AfterValidator(known_zone)] = ""


_EDIT = """
UPDATE "user" SET name = %(name)s, time_zone = nullif(%(time_zone)s, '') WHERE id = %(user_id)s
"""


async def edit_account(session: AsyncSession, actor: Actor, edit: AccountEdit) -> None:
    """Change the actor's own name and time zone. Raises `NotSignedIn`."""
    require(actor, "account.edit", Whose(user_id=actor.user_id))
    await execute(session, _EDIT, name=edit.name, time_zone=edit.time_zone, user_id=actor.user_id)
    announce(session, f"customer:{actor.user_id}")
