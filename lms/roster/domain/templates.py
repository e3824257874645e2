"""How a county wants a list: its columns in order, their titles and forms, what stands around."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core.errors import Message
from lms.roster.domain.fields import FIELDS, FORMS, Field, fields_of
from lms.roster.domain.kinds import SHEETS, TITLES, ExportKind
from lms.roster.domain.lines import in_words
from lms.roster.domain.masks import SIX_AND_FOUR

LONGEST_TITLE = 60
LONGEST_SHEET = 31
LONGEST_COLUMN = 40
MOST_SIGNS = 6
# What no spreadsheet takes into the name of a sheet.
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "zh": ("填报单位（盖章）", "经办人", "负责人", "填表日期"),
    "en": ("Unit (seal)", "Prepared by", "Approved by", "Date"),
}
_GAP = " " * 14
# Lists whose money is added up below the rows, and those that are set upright.
_WITH_TOTALS = frozenset({ExportKind.APPLICATION, ExportKind.NOTICE})


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the county calls and writes it."""

    field: Field
    title: str
    form: str

    @property
    def key(self) -> str:
        """Return the key of what it shows."""
        return self.field.key

    def said(self, language: str) -> str:
        """Return its title; counties write theirs in Chinese."""
        return self.title if language == "zh" else in_words(self.field.title, language)


@dataclass(frozen=True, slots=True)
class Template:
    """What a list looks like; version 0 is the one that came with the program.

    ``unit`` is who fills the list in, ``signs`` are the places for a seal, names and a date.
    """

    kind: ExportKind
    title: str
    sheet: str
    unit: str
    signs: tuple[str, ...]
    columns: tuple[Column, ...]
    has_totals: bool
    is_landscape: bool = True
    version: int = 0

    def heading(self, language: str) -> str:
        """Return what stands above the list."""
        return self.title if language == "zh" else in_words(TITLES[self.kind], language)

    def sheet_name(self, language: str) -> str:
        """Return the name of the sheet."""
        return self.sheet if language == "zh" else in_words(SHEETS[self.kind], language)

    def signs_in(self, language: str) -> tuple[str, ...]:
        """Return the places to sign, the first with who fills the list in."""
        marks = self.signs if language == "zh" else _SIGNS["en"]
        colon = "：" if language == "zh" else ": "
        return tuple(
            f"{mark}{colon}{self.unit if place == 0 else ''}" for place, mark in enumerate(marks)
        )

    def seal_line(self, language: str) -> str:
        """Return the places to sign as one line."""
        return _GAP.join(self.signs_in(language)).rstrip()

    @property
    def needs_numbers(self) -> bool:
        """Tell whether a mask is asked for that only the whole number can be made into."""
        return any(column.form == SIX_AND_FOUR for column in self.columns)

    def as_content(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "title": self.title,
            "sheet": self.sheet,
            "unit": self.unit,
            "signs": list(self.signs),
            "columns": [
                {"key": each.key, "title": each.title, "form": each.form} for each in self.columns
            ],
            "totals": self.has_totals,
            "landscape": self.is_landscape,
        }


def shipped(kind: ExportKind) -> Template:
    """Return the template that comes with the program: all the list always has, in order."""
    return Template(
        kind=kind,
        title=TITLES[kind]["zh"],
        sheet=SHEETS[kind]["zh"],
        unit="",
        signs=_SIGNS["zh"],
        columns=tuple(usual(field) for field in fields_of(kind) if kind in field.always),
        has_totals=kind in _WITH_TOTALS,
    )


def usual(field: Field) -> Column:
    """Return a column under its own name and in the usual form."""
    return Column(field, field.title["zh"], FORMS[field.shape][0])


def template_of(kind: ExportKind, content: Mapping[str, Any], version: int = 0) -> Template:
    """Return the template of a content without faults."""
    return Template(
        kind=kind,
        title=content["title"],
        sheet=content["sheet"],
        unit=content["unit"],
        signs=tuple(content["signs"]),
        columns=tuple(
            Column(FIELDS[each["key"]], each["title"], each["form"]) for each in content["columns"]
        ),
        has_totals=content["totals"],
        is_landscape=content["landscape"],
        version=version,
    )


def faults_of(kind: ExportKind, content: Mapping[str, Any]) -> list[Message]:
    """Return what is wrong with a content, in sentences; a list of texts of the right types."""
    columns = content["columns"]
    found = [*_around(content), *(fault for each in columns for fault in _faults(kind, each))]
    keys = [each["key"] for each in columns]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    found += [
        _told(Message("column_twice", "“%(title)s” stands there twice."), key) for key in twice
    ]
    if not columns:
        found.append(Message("columns_none", "A list needs at least one column."))
    return found


def _around(content: Mapping[str, Any]) -> list[Message]:
    found = []
    if not (content["title"].strip() and content["sheet"].strip()):
        found.append(Message("title_missing", "Please give the list and its sheet a name."))
    longest = {"title": LONGEST_TITLE, "sheet": LONGEST_SHEET, "unit": LONGEST_TITLE}
    said = [(content[key], most) for key, most in longest.items()]
    said += [(sign, LONGEST_COLUMN) for sign in content["signs"]]
    found += [_long(text, most) for text, most in said if len(text) > most]
    if len(content["signs"]) > MOST_SIGNS:
        most = {"most": MOST_SIGNS}
        found.append(Message("signs_many", "There are at most %(most)s places to sign.", most))
    if _NO_SHEET.search(content["sheet"]):
        found.append(
            Message("sheet_signs", "The name of a sheet takes none of these: [ ] : * ? / \\")
        )
    if any(_UNSEEN.search(text) for text, _ in said):
        found.append(Message("title_unseen", "There are signs in a title that no one can see."))
    return found


def _faults(kind: ExportKind, column: Mapping[str, Any]) -> list[Message]:
    field = FIELDS.get(column["key"])
    if field is None:
        said = {"key": column["key"][:LONGEST_COLUMN]}
        return [Message("column_unknown", "There is no column “%(key)s”.", said)]
    found = []
    if not field.is_for(kind):
        found.append(_forbidden(kind, field))
    title = column["title"]
    if not title.strip():
        found.append(
            _told(Message("column_nameless", "The column “%(title)s” needs a title."), field.key)
        )
    if len(title) > LONGEST_COLUMN:
        found.append(_long(title, LONGEST_COLUMN))
    if _UNSEEN.search(title):
        found.append(Message("title_unseen", "There are signs in a title that no one can see."))
    if column["form"] not in FORMS[field.shape]:
        found.append(
            _told(Message("column_form", "“%(title)s” cannot be written in this form."), field.key)
        )
    return found


def _forbidden(kind: ExportKind, field: Field) -> Message:
    if kind is ExportKind.NOTICE:
        return _told(
            Message(
                "column_not_public",
                "“%(title)s” never stands on a public list, for it would tell too much of people.",
            ),
            field.key,
        )
    return _told(
        Message("column_elsewhere", "“%(title)s” does not belong on this list."), field.key
    )


def _told(message: Message, key: str) -> Message:
    field = FIELDS.get(key)
    said = field.title["zh"] if field else key[:LONGEST_COLUMN]
    return Message(message.code, message.text, {"title": said})


def _long(text: str, most: int) -> Message:
    return Message(
        "title_long",
        "“%(title)s…” is too long: it may have %(most)s characters.",
        {"title": text[:10], "most": most},
    )


def columns_left(template: Template) -> Sequence[Field]:
    """Return what the list may have and does not."""
    there = {column.key for column in template.columns}
    return [field for field in fields_of(template.kind) if field.key not in there]
