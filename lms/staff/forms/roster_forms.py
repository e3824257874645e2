"""Reads how a county wants a list: what was typed, and the one thing that is done to it."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.errors import NotFound
from lms.roster.domain.fields import FIELDS
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.templates import usual

# More than any list has; what comes beyond is not read.
_MOST_COLUMNS = 100
_LONGEST = 200
_NAMES = ("key", "title", "form")


def parse_kind(text: str) -> ExportKind:
    """Return the list an address names. Raises ``NotFound`` for one there is not."""
    try:
        return ExportKind(text)
    except ValueError:
        raise NotFound from None


def parse_content(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the content that was typed; whether it is one is asked of the rules."""
    columns = zip(*(form.getlist(name)[:_MOST_COLUMNS] for name in _NAMES), strict=False)
    return {
        "title": _text(form, "heading"),
        "sheet": _text(form, "sheet"),
        "unit": _text(form, "unit"),
        "signs": [each.strip() for each in _text(form, "signs").split("/") if each.strip()],
        "columns": [
            {name: value.strip()[:_LONGEST] for name, value in zip(_NAMES, each, strict=True)}
            for each in columns
        ],
        "totals": bool(form.get("totals")),
        "landscape": bool(form.get("landscape")),
    }


def parse_act(form: Mapping[str, str]) -> tuple[str, int]:
    """Return what is to be done, and to which column: ``up:3``, or ``save``."""
    name, _, place = (form.get("act") or "save").partition(":")
    return name, int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else -1  # noqa: PLR2004 (digits of a place)


def parse_seen(form: Mapping[str, str]) -> int:
    """Return the version the page was made from."""
    text = form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0  # noqa: PLR2004 (digits)


def changed(content: Mapping[str, Any], act: tuple[str, int], added: str = "") -> dict[str, Any]:
    """Return the content with one column moved, taken out or put behind the others."""
    columns = list(content["columns"])
    name, place = act
    if name == "add" and added in FIELDS:
        own = usual(FIELDS[added])
        columns.append({"key": own.key, "title": own.title, "form": own.form})
    elif 0 <= place < len(columns):
        _move(columns, name, place)
    return {**content, "columns": columns}


def _move(columns: list[Any], name: str, place: int) -> None:
    if name == "remove":
        del columns[place]
    elif name in ("up", "down"):
        other = place + (1 if name == "down" else -1)
        columns.insert(max(other, 0), columns.pop(place))


def _text(form: Mapping[str, str], name: str) -> str:
    return " ".join((form.get(name) or "").split())[:_LONGEST]
