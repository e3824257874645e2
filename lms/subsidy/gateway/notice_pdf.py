"""Prints a public notice as PDF/A sheets, with the code by which paper and page are compared."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lms.credentials.gateway import typeset
from lms.credentials.gateway.art import qr_svg
from lms.credentials.gateway.glyphs import printable

_TEMPLATE = Path(__file__).parent.with_name("art") / "notice.typ"
_REGIONS = {"zh": "CN"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: ``share`` of the width that is left, 0 as wide as its words."""

    title: str
    share: int = 0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """Everything a printed notice says, already masked and in the language of the reader.

    ``place`` is the county and month under the heading, ``period_line`` the days it is open, as
    they stand above each further page. ``paragraphs`` say what it is and how to object, ``facts``
    are labels and values, the contact among them. ``rows`` have a word for each column;
    ``totals`` stand below them. ``page_line`` has ``{page}`` and ``{pages}`` in it. ``made_at``
    dates the file, with its zone: the same sheet is the same bytes whenever it is printed.
    """

    language: str
    heading: str
    place: str
    period_line: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    seal_line: str
    code_label: str
    code: str
    scan_line: str
    compare_line: str
    check_address: str
    qr_address: str
    page_line: str
    made_line: str
    made_at: datetime


def notice(sheet: NoticeSheet) -> bytes:
    """Return the notice as A4 pages in PDF/A-2a, tagged, the head of the table on each.

    Long lists take the engine for seconds, so a job makes them. Characters without a glyph are
    printed as 〓. Raises ``ValueError`` for a row that has not a word for each column.
    """
    if any(len(row) != len(sheet.columns) for row in sheet.rows):
        raise ValueError("a row has not a word for each column")
    return typeset.pdf_a2(_TEMPLATE, _values(sheet), made_at=sheet.made_at)


def _values(sheet: NoticeSheet) -> dict[str, object]:
    words = ("heading", "place", "period_line", "seal_line", "code_label", "code", "scan_line",
             "compare_line", "check_address", "page_line", "made_line")  # fmt: skip
    return {
        **{word: printable(getattr(sheet, word)) for word in words},
        "lang": sheet.language,
        "region": _REGIONS.get(sheet.language),
        "paragraphs": [printable(each) for each in sheet.paragraphs],
        "facts": _pairs(sheet.facts),
        "totals": _pairs(sheet.totals),
        "columns": [
            {"title": printable(each.title), "share": each.share, "is_number": each.is_number}
            for each in sheet.columns
        ],
        "rows": [[printable(word) for word in row] for row in sheet.rows],
        "qr_address": sheet.qr_address,
        "qr": qr_svg(sheet.qr_address).decode(),
    }


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[printable(label), printable(said)] for label, said in pairs]
