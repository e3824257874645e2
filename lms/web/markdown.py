"""Turns an author's Markdown into HTML that is safe on every page that shows it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_CACHED_TEXTS = 512
# An item of a checklist starts so; the box is the reader's own and never sent.
_BOXES = ("[ ] ", "[x] ", "[X] ")

_TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "ul", "ol", "li"),
    *("strong", "em", "s", "code", "pre", "a", "div", "label", "input", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}, "th": {"scope"}}
_CLASSES = {
    "label": {"tick"},
    "div": {"scroll"},
    "table": {"table"},
    "th": {"n"},
    "td": {"n"},
    "ul": {"checks"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


def render(text: str) -> Markup:
    """Return the text as HTML; raw HTML, pictures and strange links come out as plain text."""
    return Markup(_rendered(text))  # noqa: S704 (cleaned by nh3 in the line that makes it)


@lru_cache(maxsize=_CACHED_TEXTS)
def _rendered(text: str) -> str:
    return nh3.clean(
        _PARSER.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        tag_attribute_values={"input": {"type": {"checkbox"}}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable(["table", "strikethrough"])
    # Pictures would be fetched from elsewhere, which the content policy refuses anyway.
    parser.disable("image")
    parser.core.ruler.push("house_style", _house_style)
    return parser


def _house_style(state: StateCore) -> None:
    """Keep the page's own h1, make checklists tickable and tables fit a phone."""
    state.tokens = list(_framed(state.tokens))
    for place, token in enumerate(state.tokens):
        if token.tag == "h1":
            token.tag = "h2"
        if token.type in ("th_open", "td_open"):
            _align(token)
        if token.type == "inline" and state.tokens[place - 2].type == "list_item_open":
            _tickable(state.tokens, place)


def _framed(tokens: Sequence[Token]) -> Iterable[Token]:
    """Put each table into a box that scrolls sideways."""
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "table")
            yield Token("frame_open", "div", 1, attrs={"class": "scroll"}, block=True)
        yield token
        if token.type == "table_close":
            yield Token("frame_close", "div", -1, block=True)


def _align(token: Token) -> None:
    """Say by class, not by style, that a column holds numbers: the content policy bars styles."""
    if "right" in str(token.attrs.pop("style", "")):
        token.attrSet("class", "n")
    if token.tag == "th":
        token.attrSet("scope", "col")


def _tickable(tokens: Sequence[Token], place: int) -> None:
    """Make a box of the ``[ ]`` that a list item starts with."""
    children = tokens[place].children or []
    if not children or not children[0].content.startswith(_BOXES):
        return
    children[0].content = children[0].content[len(_BOXES[0]) :]
    tokens[place].children = [
        Token("label_open", "label", 1, attrs={"class": "tick"}),
        Token("box", "input", 0, attrs={"type": "checkbox"}),
        Token("words_open", "span", 1),
        *children,
        Token("words_close", "span", -1),
        Token("label_close", "label", -1),
    ]
    _mark_list(tokens, place)


def _mark_list(tokens: Sequence[Token], place: int) -> None:
    """Name the list a checklist, so that its bullets can be left out."""
    level = tokens[place - 2].level - 1
    for token in reversed(tokens[:place]):
        if token.type == "bullet_list_open" and token.level == level:
            token.attrSet("class", "checks")
            return


_PARSER = _parser()
