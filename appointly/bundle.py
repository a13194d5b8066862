"""What we change in the bundle that Reflex builds: where it finds the server, its styles, what a first visit loads."""

import re
from pathlib import Path
from typing import Any

from reflex_base import constants
from reflex_base.plugins import Plugin

BAKED_IN_ADDRESS = re.compile(r"""([`"'])(http|ws)s?://[^/`"']+(/[^`"']*)\1""")
STYLESHEET = re.compile(r'<link [^>]*rel="stylesheet"[^>]*/>')
PRELOADED_STYLESHEET = re.compile(r'<link as="style" [^>]*rel="preload"/>')
ALIASES = "alias: ["
PLAIN_JSX = "utils/plain-jsx.js"
# Emotion costs a first visit 10 KiB and each element a hash, for styles that are plain declarations here.
PLAIN_JSX_SOURCE = """import { createElement } from "react";

export function jsx(type, props, ...children) {
  if (props?.css === undefined) return createElement(type, props, ...children);
  const { css, ...others } = props;
  if (Object.values(css).some((value) => typeof value === "object" && value !== null))
    throw Error("A nested style: write it in the stylesheet.");
  return createElement(type, { ...others, style: { ...css, ...others.style } }, ...children);
}
"""


class SameOrigin(Plugin):
    """Makes the bundle talk to the address it was loaded from, where Reflex bakes one in."""

    def post_build(self, **context: Any) -> None:
        """Rewrite the one file that knows the address."""
        files = list(Path(context["static_dir"]).glob("assets/reflex-env-*.js"))
        if len(files) != 1:
            raise RuntimeError(f"Expected one file with the server's address, found {files}.")
        script, count = BAKED_IN_ADDRESS.subn(
            lambda found: f"`{found[2]}${{location.protocol==='https:'?'s':''}}://${{location.host}}{found[3]}`",
            files[0].read_text(),
        )
        if count < 2:
            raise RuntimeError("The file with the server's address looks different from what is known.")
        files[0].write_text(script)


class InlineStyles(Plugin):
    """Puts the stylesheets into each page's HTML, so that its first paint waits for no second request.

    On a slow phone that request cost a round trip, and its bytes came after those of scripts. The links stay where the
    application expects them, but load nothing: their rules are there already.
    """

    def post_build(self, **context: Any) -> None:
        """Rewrite every prerendered page."""
        static = Path(context["static_dir"])
        for page in static.rglob("*.html"):
            html = page.read_text()
            styles = []
            for tag in STYLESHEET.findall(html):
                href = re.search('href="([^"]+)"', tag)
                if href is None:
                    raise RuntimeError(f"A stylesheet without an address in {page}.")
                styles.append((static / href[1].lstrip("/")).read_text())
                html = html.replace(tag, f'{tag.removesuffix("/>")} disabled=""/>')
            for tag in PRELOADED_STYLESHEET.findall(html):
                html = html.replace(tag, f'{tag.removesuffix("/>")} media="not all"/>')
            page.write_text(html.replace("</head>", f"<style>{''.join(styles)}</style></head>", 1))


class PlainStyles(Plugin):
    """Lets elements carry their few styles inline, so that no styling library is loaded."""

    def pre_compile(self, **context: Any) -> None:
        """Add the small function that stands in for Emotion's, and send its importers there."""
        context["add_save_task"](lambda: (PLAIN_JSX, PLAIN_JSX_SOURCE))
        context["add_modify_task"](constants.ReactRouter.VITE_CONFIG_FILE, _with_plain_jsx)


def _with_plain_jsx(config: str) -> str:
    if PLAIN_JSX in config:
        return config
    if ALIASES not in config:
        raise RuntimeError("Vite's configuration looks different from what is known.")
    alias = f"""
      {{
        find: "@emotion/react",
        replacement: fileURLToPath(new URL("./{PLAIN_JSX}", import.meta.url)),
      }},"""
    return config.replace(ALIASES, ALIASES + alias, 1)
