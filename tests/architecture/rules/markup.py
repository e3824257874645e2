"""Pages obey the content policy and say nothing that cannot be said in the other language."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.architecture.rules.source import at, files, read

_JINJA_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
_JINJA_TRANS = re.compile(r"{%-?\s*trans\b.*?endtrans\s*-?%}", re.DOTALL)
_JINJA_CLASS = re.compile(r"{%-?\s*block\s+\w+_class\b.*?endblock[^%]*%}", re.DOTALL)
_JINJA_STATEMENT = re.compile(r"{%.*?%}", re.DOTALL)
_JINJA_VALUE = re.compile(r"{{.*?}}", re.DOTALL)
_UNESCAPED = re.compile(r"\|\s*safe\b|\bautoescape\s+false")
_OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
_DATA_SCRIPTS = {"application/json", "application/ld+json"}
_SPOKEN = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}
# Names and units are the same in every language; a macro may hold attributes for another element.
_SAME = re.compile(r"Xiangbo|乡播学堂|\b(?:CSV|Excel|[KMG]B|PDF|VTT)\b|[\w-]+=\"[^\"]*\"")
_NOT_TEXT = {"script", "style", "code"}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip


def unescaped(root: Path) -> list[str]:
    """Name every place where a template switches escaping off."""
    return list(_lines(root, ("templates",), (".html", ".svg", ".xml"), _UNESCAPED))


def outside_hosts(root: Path) -> list[str]:
    """Name every address of another host in templates, styles, scripts and drawings."""
    endings = (".html", ".css", ".js", ".svg", ".json", ".webmanifest")
    return list(_lines(root, ("templates", "static"), endings, _OUTSIDE))


def inline_code(root: Path) -> list[str]:
    """Name every style or script written into a template."""
    return [fault for page in _pages(root) for fault in page.inline]


def untranslated(root: Path) -> list[str]:
    """Name every word a template says without asking the catalogue."""
    return [fault for page in _pages(root) for fault in page.spoken]


def _lines(
    root: Path, folders: tuple[str, ...], endings: tuple[str, ...], fault: re.Pattern[str]
) -> Iterator[str]:
    for file in files(root, folders, *endings):
        text = _blank(_JINJA_COMMENT, read(file)) if file.suffix == ".html" else read(file)
        for number, line in enumerate(text.splitlines(), start=1):
            for hit in fault.finditer(line):
                yield f"{at(root, file, number)} {hit.group()}"


def _pages(root: Path) -> Iterator["_Page"]:
    for file in files(root, ("templates",), ".html"):
        page = _Page(root, file)
        page.feed(_plain_html(read(file)))
        page.close()
        yield page


def _plain_html(text: str) -> str:
    """Return the template as HTML: what Jinja puts in becomes a dot, line numbers stay."""
    for pattern in (_JINJA_COMMENT, _JINJA_TRANS, _JINJA_CLASS, _JINJA_STATEMENT):
        text = _blank(pattern, text)
    return _JINJA_VALUE.sub(lambda hit: "." + "\n" * hit.group().count("\n"), text)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda hit: "\n" * hit.group().count("\n"), text)


class _Page(HTMLParser):
    """Collects what one template does inline and what it says by itself."""

    def __init__(self, root: Path, file: Path) -> None:
        super().__init__()
        self.root, self.file = root, file
        self.inline: list[str] = []
        self.spoken: list[str] = []
        # Names of the open elements, each with whether it says its own language.
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._look_for_code(tag, given)
        own_language = "lang" in given or given.get("translate") == "no"
        if not own_language and not self._is_quoted():
            for name in _SPOKEN & given.keys():
                self._hear(given[name] or "")
        if tag not in _VOID:
            self.open.append((tag, own_language))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth][0] == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not self._is_quoted():
            self._hear(data)

    def _look_for_code(self, tag: str, given: dict[str, str | None]) -> None:
        place = at(self.root, self.file, self.getpos()[0])
        self.inline += [
            f"{place} {name}=" for name in given if name == "style" or name.startswith("on")
        ]
        if tag == "style":
            self.inline.append(f"{place} <style>")
        if tag == "script" and "src" not in given and given.get("type") not in _DATA_SCRIPTS:
            self.inline.append(f"{place} <script> without src")
        if any((value or "").strip().lower().startswith("javascript:") for value in given.values()):
            self.inline.append(f"{place} javascript: address")

    def _is_quoted(self) -> bool:
        return any(own or tag in _NOT_TEXT for tag, own in self.open)

    def _hear(self, text: str) -> None:
        word = _WORD.search(_SAME.sub("", text))
        if word:
            line = self.getpos()[0] + text[: word.start()].count("\n")
            said = " ".join(text.split())[:60]
            self.spoken.append(f"{at(self.root, self.file, line)} says “{said}”")
