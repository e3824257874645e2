"""Prints a list as PDF/A sheets: a table with its head on each page, or a sheet a learner."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from lms.core.clock import local_time
from lms.credentials.gateway import typeset
from lms.credentials.gateway.glyphs import printable
from lms.roster.domain.fields import WRITTEN, Shape
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.sheets import Rows, Sheet, as_texts
from lms.roster.domain.templates import Column

_TEMPLATE = Path(__file__).parent.with_name("art") / "roster.typ"
_REGIONS = {"zh": "CN"}
_PAGE = {"zh": "第 {page} 页，共 {pages} 页", "en": "Page {page} of {pages}"}
_MADE = {"zh": "%Y-%m-%d %H:%M 生成", "en": "Made %Y-%m-%d %H:%M"}
_OWN_SIGNS = {
    "zh": ("学员签名：", "培训机构（盖章）：", "日期："),
    "en": ("Learner: ", "Institution (seal): ", "Date: "),
}
# Type gets smaller where there are many columns: so many of them at most, points.
_POINTS = ((8, 9.5), (12, 8.5), (18, 7.0), (26, 5.8), (100, 4.8))
# More columns than these are set tight: long numbers are broken, titles of numbers too.
_TIGHT = 18
# The columns of a session; the others say who the learner is, and stand above the table once.
_OF_SESSION = frozenset(
    (
        *("study_day", "study_course", "began", "ended", "minutes", "hours", "checks"),
        *("quiz_score", "device", "record", "note"),
    )
)
_NUMBERS = frozenset({Shape.HOURS, Shape.NUMBER, Shape.MONEY, Shape.WHOLE})


def print_list(path: Path, sheet: Sheet, rows: Rows) -> None:
    """Write the list as A4 pages in PDF/A-2a, tagged; characters without a glyph become 〓.

    The engine takes the list as a whole, so its length is bounded where it is ordered. Raises
    ``OSError`` where the disk refuses.
    """
    lines = _lines(sheet, rows)
    notes = [printable(each) for each in rows.notes()]
    is_hours = sheet.template.kind is ExportKind.HOURS
    sheets = _by_learner(sheet, lines) if is_hours else [_whole(sheet, lines)]
    made = typeset.pdf_a2(_TEMPLATE, _values(sheet, sheets, notes), made_at=sheet.made_at)
    path.write_bytes(made)


def _lines(sheet: Sheet, rows: Rows) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for block in rows:
        texts = [as_texts(*each) for each in zip(sheet.columns, block, strict=True)]
        found += zip(*([printable(each) for each in column] for column in texts), strict=True)
    totals = rows.totals()
    if totals is not None:
        cells = zip(sheet.columns, totals, strict=True)
        found.append(tuple(as_texts(column, [cell])[0] or "" for column, cell in cells))
    return found


def _whole(sheet: Sheet, lines: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    return {"facts": [], "columns": _columns(sheet, sheet.columns, lines), "rows": lines}


def _by_learner(sheet: Sheet, lines: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
    """Return a sheet a learner: who it is above, the sessions below."""
    who = [place for place, each in enumerate(sheet.columns) if _is_of_learner(each)]
    own = [place for place, each in enumerate(sheet.columns) if each.key in _OF_SESSION]
    titles = sheet.titles
    found = []
    for said, part in groupby(lines, key=lambda line: [line[place] for place in who]):
        facts = [
            [printable(titles[place]), text] for place, text in zip(who, said, strict=True) if text
        ]
        found.append(
            {
                "facts": facts,
                "columns": _columns(sheet, [sheet.columns[place] for place in own], ()),
                "rows": [[line[place] for place in own] for line in part],
            }
        )
    return found


def _is_of_learner(column: Column) -> bool:
    return column.key not in _OF_SESSION and column.key != "seq"


def _columns(
    sheet: Sheet, columns: Sequence[Column], lines: Sequence[tuple[str, ...]]
) -> list[dict[str, Any]]:
    """Return the columns: texts share what numbers and days leave.

    Where there are many, those take as many signs as they have and no more, so that their titles
    wrap instead of pressing the texts together.
    """
    is_tight = len(columns) > _TIGHT
    return [
        {
            "title": printable(each.said(sheet.language)),
            "share": each.field.width if each.field.shape in WRITTEN else 0,
            "signs": max((len(line[place]) for line in lines), default=1) or 1 if is_tight else 0,
            "is_number": each.field.shape in _NUMBERS,
        }
        for place, each in enumerate(columns)
    ]


def _values(
    sheet: Sheet, sheets: Sequence[Mapping[str, Any]], notes: Sequence[str]
) -> dict[str, object]:
    widest = max((len(each["columns"]) for each in sheets), default=0)
    return {
        "lang": sheet.language,
        "region": _REGIONS.get(sheet.language),
        "heading": printable(sheet.heading),
        "unit": printable(sheet.template.unit),
        "landscape": sheet.template.is_landscape,
        "points": next(points for most, points in _POINTS if widest <= most),
        "signs": [printable(each) for each in sheet.template.signs_in(sheet.language)],
        "own_signs": list(_OWN_SIGNS[sheet.language]),
        "mark": printable(sheet.watermark),
        "origin": printable(sheet.origin),
        "notes": notes,
        "page_line": _PAGE[sheet.language],
        "made_line": f"{local_time(sheet.made_at):{_MADE[sheet.language]}}",
        "sheets": sheets,
    }
