"""What people write about themselves: a little Markdown, made into HTML that can do nothing but be read."""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

RULES = ["emphasis", "escape", "entity", "link", "autolink", "newline", "list", "heading"]
HEADING = "h3"  # whatever level was written: the page's own headings stand above it
BLOCKS = {"p", "ul", "ol", HEADING}
TAGS = BLOCKS | {"li", "strong", "em", "a", "br"}
STOPS = (".", "!", "?", ":", "…", ",", ";")
LINK_REL = "nofollow noopener ugc"
LINK_SCHEMES = {"https", "http", "mailto"}
LINK = re.compile(r"(https?://[^/]|mailto:[^/])", re.IGNORECASE)


def _is_allowed(url: str) -> bool:
    return LINK.match(url) is not None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": 20}).enable(RULES)
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    return parser


def _parsed(text: str) -> list[Token]:
    tokens = _parser().parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = HEADING
    return tokens


def rendered(text: str) -> str:
    """Markdown as safe HTML: paragraphs, line breaks, bold, italics, lists, h3, links to other sites and to mail.

    Everything else, HTML above all, is shown as it was written.
    """
    parser = _parser()
    return nh3.clean(
        parser.renderer.render(_parsed(text), parser.options, {}),
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        set_tag_attribute_values={block: {"dir": "auto"} for block in BLOCKS},
        link_rel=LINK_REL,
        url_schemes=LINK_SCHEMES,
    )


def plain(text: str) -> str:
    """The words of Markdown alone, in one line; what ended with its line ends with a full stop."""
    words = (" ".join(_words(token).split()) for token in _parsed(text) if token.type == "inline")
    return " ".join(line if line.endswith(STOPS) else f"{line}." for line in words if line)


def _words(block: Token) -> str:
    return "".join(child.content or (" " if child.tag == "br" else "") for child in block.children or [])
