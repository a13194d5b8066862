"""What every page has around it: fonts, icons of the browser's tab, and what is shown when something breaks."""

from typing import Any

import reflex as rx
from reflex_base.components.component import Component
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_components_core.base.error_boundary import ErrorBoundary

from appointly.components.buttons import looks
from appointly.components.feedback import connection_lost, empty_state
from appointly.components.zones import READER_ZONE
from appointly.visitor import ZONE_COOKIE

INTER = "@fontsource-variable/inter"
OUTFIT = "@fontsource-variable/outfit"
FONT_PACKAGES = [f"{INTER}@5.3.0", f"{OUTFIT}@5.3.0"]
LIGHT_CANVAS, DARK_CANVAS = "#faf9f7", "#161513"  # the browser's own bars cannot read the stylesheet
CLOSED_BY_ESCAPE = {"aria-keyshortcuts": "Escape"}  # what Escape presses while it is on the page
TAKES_FOCUS = {"data-takes-focus": True}  # a panel that appears (with its animation): focus goes there, and back
ESCAPE = """
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  else document.querySelector("[aria-keyshortcuts=Escape]")?.click();
});
let focused = null;
addEventListener("animationstart", ({ target }) => {
  if (!target.matches("[data-takes-focus]")) return;
  if (!target.contains(document.activeElement)) focused = document.activeElement;
  target.focus({ preventScroll: true });
});
addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-takes-focus] [aria-keyshortcuts=Escape]")) focused?.focus({ preventScroll: true });
}, true);
addEventListener("animationend", ({ animationName, target }) => {
  if (animationName === "leave") target.querySelector("button")?.click();
});
"""
# "Today" and "tomorrow" are those of whoever asks, wherever that is.
ZONE = f"""
document.cookie = "{ZONE_COOKIE}=" + {READER_ZONE!s} + ";path=/;max-age=31536000;samesite=lax";
"""
# A link within the product changes the page without loading it: the keyboard and what is read out go there too. A page
# that sets the focus itself keeps it.
ARRIVAL = """
let path = location.pathname, content = null;
new MutationObserver(() => {
  const found = document.getElementById("content");
  if (content?.ariaLabel) content.ariaLabel = document.title;
  if (!found || found === content) return;
  if (content && location.pathname !== path && document.activeElement === document.body) {
    found.ariaLabel = document.title;
    found.focus({ preventScroll: true });
  }
  content = found;
  path = location.pathname;
}).observe(document, { childList: true, subtree: true });
"""


class Fonts(rx.Fragment):
    """Renders nothing: brings the font files and their stylesheets into the bundle."""

    lib_dependencies: list[str] = FONT_PACKAGES

    def add_imports(self) -> dict[str, Any]:
        """The stylesheets; each names a file per script, and browsers fetch those that a page needs."""
        return {"": [f"{INTER}/wght.css", f"{OUTFIT}/wght.css"]}


def _preloaded(package: str, file: str, name: str) -> Component:
    address: Any = rx.Var(
        name,
        _var_data=VarData(imports={f"{package}/files/{file}?url": [ImportVar(tag=name, is_default=True)]}),
    )
    return rx.el.link(
        rel="preload",
        href=address,
        custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
    )


def head() -> list[Component]:
    """The tags in the head of every page."""
    return [
        _preloaded(INTER, "inter-latin-wght-normal.woff2", "interLatin"),
        _preloaded(OUTFIT, "outfit-latin-wght-normal.woff2", "outfitLatin"),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icon-192.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.meta(name="theme-color", content=LIGHT_CANVAS, custom_attrs={"media": "(prefers-color-scheme: light)"}),
        rx.el.meta(name="theme-color", content=DARK_CANVAS, custom_attrs={"media": "(prefers-color-scheme: dark)"}),
        rx.el.script(ZONE),
        rx.el.script(ESCAPE),
        rx.el.script(f"{{{ARRIVAL}}}"),
    ]


def broken_page() -> Component:
    """Shown in place of a page that failed in the browser."""
    return rx.el.main(
        empty_state(
            "cloud-alert",
            "This page stumbled",
            "Something went wrong while showing it. Your bookings are safe. Loading the page again usually helps.",
            rx.el.a("Load again", href="", class_name=looks("primary", "medium")),
            rx.el.a("Go to the start page", href="/", class_name=looks("secondary", "medium")),
            level=1,
        ),
        class_name="flex min-h-dvh items-center justify-center",
    )


def wraps() -> dict[tuple[int, str], Any]:
    """What Reflex puts around every page, in our words: the error boundary, the lost connection, the fonts."""
    return {
        (55, "ErrorBoundary"): lambda stateful: ErrorBoundary.create(fallback_render=broken_page()),
        (5, "Overlay"): lambda stateful: rx.fragment(connection_lost()) if stateful else None,
        (3, "Fonts"): lambda stateful: Fonts.create(),
    }
