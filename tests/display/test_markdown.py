"""What people write: what it becomes, and that nothing of it ever runs."""

from html.parser import HTMLParser
from time import process_time

import pytest

from appointly.display.markdown import BLOCKS, LINK_REL, TAGS, plain, rendered

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))' onclick=alert(1)>x</p>",
    "<body onload=alert(1)>",
    "<form action=//evil.example><input type=submit></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<details open ontoggle=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "</p></div></article><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](  javascript:alert(1)  )",
    "[x](java\nscript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/session/sign-out)",
    "[x](\\\\evil.example)",
    '[x](https://ok.example/"onmouseover="alert(1))',
    "[x](https://ok.example 'title\" onmouseover=alert(1) x=\"')",
    "[x](<https://ok.example/><script>alert(1)</script>)",
    "[<img src=x onerror=alert(1)>](https://ok.example)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    '<https://ok.example/?"><script>alert(1)</script>>',
    "![x](https://evil.example/pixel.png)",
    '![x](x"onerror="alert(1))',
    "![[x](javascript:alert(1))](y)",
    "**<script>alert(1)</script>**",
    "# <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | x |",
    "\\<script\\>alert(1)\\</script\\>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<xss onafterscriptexecute=alert(1)><script>1</script>",
    "<style>@import '//evil.example';</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<marquee onstart=alert(1)>",
    "<x id=page></x><x id=preview>",
]


class Elements(HTMLParser):
    """What a browser would make of it: every element with its attributes, and whether they close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_becomes_more_than_words(text: str) -> None:
    for written in (text, f"- {text}", f"# {text}", f"**{text}**", f"[{text}](https://ok.example)", text.upper()):
        elements = Elements(rendered(written))
        assert not elements.open
        for tag, attributes in elements.found:
            assert tag in TAGS
            assert set(attributes) <= ({"href", "rel"} if tag == "a" else {"dir", "start"})
            if tag == "a":
                assert attributes["rel"] == LINK_REL
                assert (attributes["href"] or "").lower().startswith(("https://", "http://", "mailto:"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nline\n\nTwo", "<p>One<br>\nline</p>\n<p>Two</p>\n"),
        ("**Bold** and *slanted*", "<p><strong>Bold</strong> and <em>slanted</em></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("# Big\n###### Small", "<h3>Big</h3>\n<h3>Small</h3>\n"),
        ("AT&T, 5 < 6", "<p>AT&amp;T, 5 &lt; 6</p>\n"),
        (
            "[us](https://a.example/?a=1&b=2)",
            f'<p><a href="https://a.example/?a=1&amp;b=2" rel="{LINK_REL}">us</a></p>\n',
        ),
        ("<me@a.example>", f'<p><a href="mailto:me@a.example" rel="{LINK_REL}">me@a.example</a></p>\n'),
        ("[out](/login)", "<p>[out](/login)</p>\n"),
        (
            "![cat](https://a.example/cat.png)",
            f'<p>!<a href="https://a.example/cat.png" rel="{LINK_REL}">cat</a></p>\n',
        ),
        ("", ""),
    ],
)
def test_what_is_written_becomes(text: str, html: str) -> None:
    out = rendered(text)
    for block in BLOCKS:
        out = out.replace(f'<{block} dir="auto"', f"<{block}").replace(' dir="auto">', ">")
    assert out == html


def test_the_words_alone_make_a_summary() -> None:
    text = "# Hello\n\nWe **care** for [you](https://a.example)\nevery day.\n\n- one\n- two &amp; three \\*"
    assert plain(text) == "Hello. We care for you every day. one. two & three *."
    assert plain("<b>no</b>") == "<b>no</b>."


@pytest.mark.parametrize(
    "piece", ["[", "*", "*a_", "- ", "> ", "![", "](", "<", "&", "# ", "1. ", "\n", "[a](", "  - a\n"]
)
def test_long_and_deep_text_takes_no_time(piece: str) -> None:
    began = process_time()
    rendered((piece * 10_000)[:10_000])
    plain((piece * 10_000)[:10_000])
    assert process_time() - began < 2
