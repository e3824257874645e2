"""What a file shows around and between its rows, whatever file it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from lms.roster.domain.cells import Cell
from lms.roster.domain.fields import WRITTEN, Shape
from lms.roster.domain.templates import Column, Template

# Some thousand rows, column by column.
Block = Sequence[Sequence[Cell]]
TOTAL = {"zh": "合计", "en": "Total"}


class Rows(Protocol):
    """The rows of a list, block by block; the totals are known behind the last one."""

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks in their order."""

    def totals(self) -> Sequence[Cell] | None:
        """Return the row below the others, if there is one."""

    def notes(self) -> Sequence[str]:
        """Return what is to be known of the list, in sentences below everything."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list ready to be written: its words in one language, and when it is made.

    ``watermark`` says for whom and what the file is; it is empty where nothing in it is secret.
    ``origin`` says on every page what a frozen list is a file of.
    """

    template: Template
    language: str
    made_at: datetime
    watermark: str = ""
    origin: str = ""

    @property
    def name(self) -> str:
        """Return the name of the sheet."""
        return self.template.sheet_name(self.language)

    @property
    def heading(self) -> str:
        """Return what stands above the list."""
        return self.template.heading(self.language)

    @property
    def signatures(self) -> str:
        """Return the line with the places to sign."""
        return self.template.seal_line(self.language)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns in their order."""
        return self.template.columns

    @property
    def titles(self) -> list[str]:
        """Return the titles of the columns."""
        return [column.said(self.language) for column in self.columns]

    def name_of(self, part: int) -> str:
        """Return the name of the sheet that holds the given part (from 0) of a long list."""
        if part == 0:
            return self.name
        ending = f" {part + 1}"
        return self.name[: 31 - len(ending)] + ending


_DAYS: Mapping[str, str] = {
    "YYYY-MM-DD": "{0:%Y-%m-%d}",
    "YYYY年M月D日": "{0.year}年{0.month}月{0.day}日",
    "YYYY/MM/DD": "{0:%Y/%m/%d}",
    "YYYYMMDD": "{0:%Y%m%d}",
}
# A list tells few days, hours and sums apart.
_MOST_KNOWN = 20_000
_NUMBERS: Mapping[str, str] = {"0.0": "{:.1f}", "0.00": "{:.2f}", "0": "{}"}


def as_texts(column: Column, cells: Sequence[Cell]) -> Sequence[str]:
    """Return the cells of a column as they are written where all is text."""
    if column.field.shape in WRITTEN:
        return cells  # type: ignore[return-value] # the cells of these shapes are texts
    if column.field.shape is Shape.WHOLE and None not in cells:
        return list(map(str, cells))
    known = _known(_DAYS[column.form] if column.field.shape is Shape.DAY else _NUMBERS[column.form])
    if len(known) > _MOST_KNOWN:
        known.clear()
    return list(map(known.__getitem__, cells))


class _Known(dict[Any, str]):
    """How values are written, each made into a text once."""

    def __init__(self, pattern: str) -> None:
        self._write = pattern.format

    def __missing__(self, value: Any) -> str:  # noqa: ANN401 (a cell)
        """Write a value that was not met yet; nothing is empty and a text is itself."""
        if value is None:
            return ""
        said = self[value] = value if isinstance(value, str) else self._write(value)
        return said


@cache
def _known(pattern: str) -> _Known:
    return _Known(pattern)


def totals_of(template: Template, language: str, sums: Mapping[str, int]) -> list[Cell]:
    """Return the row below the others; ``sums`` are fen by column."""
    row: list[Cell] = [
        sums[column.key] / 100 if column.key in sums else None for column in template.columns
    ]
    if row and row[0] is None:
        row[0] = TOTAL[language]
    return row


def serial(day: date) -> int:
    """Return a day as spreadsheets count it, from 30 December 1899."""
    return day.toordinal() - 693_594
