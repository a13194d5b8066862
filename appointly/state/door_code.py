"""The code at a provider's door."""

import reflex as rx
from reflex_base.event import EventSpec

from appointly.database import reading, transaction
from appointly.display.qr import qr_picture
from appointly.operations.rotate_check_in_code import rotate_check_in_code
from appointly.queries.check_in import door_address, own_door
from appointly.state.base import Viewer
from appointly.visitor import current_actor


class DoorCode(rx.State):
    """The code as a picture and as an address, and a new one in its place."""

    __access__ = "provider"

    address: str = ""
    picture: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        actor = current_actor()
        if actor.provider_id is None:
            return
        async with reading() as session:
            self.address = door_address(await own_door(session, actor))
        self.picture = qr_picture(self.address)

    @rx.event
    async def renew(self) -> list[EventSpec]:
        """A new code: what was printed before is no longer good."""
        async with transaction() as session:
            await rotate_check_in_code(session, current_actor())
        done = "This is your new code. Please print it: the old print is no longer good."
        return [DoorCode.load(), Viewer.tell(done, "success")]  # type: ignore[operator]
