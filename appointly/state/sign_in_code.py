"""What the page of the mailed code shows: it posts to `/session/otp` and comes back here when that is refused."""

from urllib.parse import urlencode

import reflex as rx
from reflex_base.event import EventSpec

from appointly import routes
from appointly.clock import now
from appointly.database import reading
from appointly.display.formatting import masked_address
from appointly.errors import OtpInvalid
from appointly.queries.codes import code_id_of, sign_in_code
from appointly.settings import settings
from appointly.state.sign_in import SENTENCES
from appointly.visitor import current_visitor


class SignInCodeForm(rx.State):
    """The code that this browser waits for. Nobody else's browser is told whose it is."""

    __access__ = "public"

    loaded: bool = False
    code_id: str = ""
    address: str = ""
    error: str = ""
    then: str = ""
    again: str = routes.login("provider")
    pause: int = 0
    mailbox: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens: still waiting, too late (then back to the sign-in with the address), or not ours."""
        query, at = self.router.url.query_parameters, now()
        self.reset()  # type: ignore[no-untyped-call]
        self.then = routes.safe_path(query.get("next", ""), "")
        self.again = routes.login("provider", next=self.then)
        async with reading() as session:
            try:
                code_id = code_id_of(self.router.url.path.rpartition("/")[2])
                code = await sign_in_code(session, code_id, current_visitor().browser)
            except OtpInvalid:
                code = None
        if code and code.used:
            return rx.redirect(self.then or "/dashboard")
        if code and (trouble := code.trouble(at)):
            return rx.redirect(routes.login("provider", error=trouble.code, email=code.email, next=self.then))
        if code:
            self.code_id, self.address, self.pause = str(code.id), masked_address(code.email), code.pause(at)
            self.error = SENTENCES.get(query.get("error", ""), "")
            self.mailbox = f"/dev/mailbox?{urlencode({'to': code.email})}" if settings().demo else ""
        self.loaded = True
        return None
