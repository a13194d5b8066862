"""Who is signed in, as pages show it, and what a refusal becomes on a page."""

from collections.abc import Mapping

import reflex as rx
import structlog
from reflex_base.event import EventSpec

from appointly.database import is_unreachable
from appointly.errors import AppointlyError, Unavailable
from appointly.visitor import Visitor

log = structlog.get_logger()


class Viewer(rx.State):
    """The signed-in person for display alone; decisions are made with `current_actor`. Filled by the guard.

    `notice` is a sentence for the person, shown by the page's shell until it is dismissed; its number tells it from the
    same sentence before, which may have left the screen by itself.
    """

    __access__ = "public"

    signed_in: bool = False
    name: str = ""
    email: str = ""
    role: str = ""
    initials: str = ""
    notice: str = ""
    notice_kind: str = ""
    notice_number: int = 0
    _bound_to: str = ""

    def _show(self, visitor: Visitor) -> None:
        """Take over the person of this event; assigns only what is different, so that nothing is sent in vain."""
        actor = visitor.actor
        shown = {
            "signed_in": visitor.session_id is not None,
            "name": actor.name,
            "email": actor.email,
            "role": actor.kind if visitor.session_id else "",
            "initials": initials(actor.name),
            "_bound_to": visitor.binding,
        }
        for name, value in shown.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    @rx.event
    def tell(self, sentence: str, kind: str = "problem") -> None:
        """Show a sentence to the person who is looking: `problem`, `success` or `info`."""
        self._tell(sentence, kind)

    def _tell(self, sentence: str, kind: str = "problem") -> None:
        self.notice, self.notice_kind = sentence[:500], kind if kind in {"problem", "success", "info"} else "info"
        self.notice_number += 1

    @rx.event
    def dismiss_notice(self) -> None:
        """The person has read it."""
        self.notice = self.notice_kind = ""


def initials(name: str) -> str:
    """The letters of an avatar: "Ada King Lovelace" is "AL"."""
    words = name.split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


def explain(exception: Exception) -> EventSpec:
    """Reflex's backend exception handler: a refusal becomes a sentence on the page, a mistake of ours an apology."""
    sentence = "That did not work, and it is our fault. Nothing was changed. Please try again."
    if isinstance(exception, AppointlyError):
        sentence = exception.message
    elif is_unreachable(exception):
        sentence = Unavailable.message
        log.warning("event_without_database", error=str(exception)[:300])
    else:
        log.error("event_failed", exc_info=exception)
    spec: EventSpec = Viewer.tell(sentence)  # type: ignore[operator]
    return spec


def again(form: Mapping[str, str], round: int) -> bool:
    """Whether this form was sent before (`components.fields.sent_once`): it is the second of two clicks."""
    return form.get("round", str(round)) != str(round)
