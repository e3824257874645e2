"""The files themselves: opened again they hold equal values of the right types."""

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from lms.delivery.gateway import atomic_file
from lms.roster.domain.columns import COLUMNS, Cell
from lms.roster.gateway import sheets
from lms.roster.gateway.sheets import Sheet, write_csv, write_xlsx

SHEET = Sheet("结业名单", "学员结业名单", "填报单位（盖章）：", COLUMNS, "zh")
NAMES = (
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "33080219700101123X",
    "330802197001011234",
    "0012",
    "😀 陈",
    "买买提·艾力",
    "http://example.test/",
    "<b>&amp;",
    "1",
)


def rows() -> list[tuple[Cell, ...]]:
    """Return a row for each awkward name."""
    return [
        (
            number,
            name,
            "138****0001",
            "常山县",
            "",
            "主播班",
            "已结业",
            date(2026, 5, 1),
            date(2026, 5, 31) if number % 2 else None,
            24.5,
            None if number == 1 else 80.0,
            "",
            "330802197001011234",
        )
        for number, name in enumerate(NAMES, 1)
    ]


@pytest.fixture(params=["fast", "plain"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A workbook of the rows, by either writer."""
    path = tmp_path / "list.xlsx"
    write = sheets._write_fast if request.param == "fast" else sheets._write_plain  # noqa: SLF001 (both writers are tried)
    write(path, SHEET, iter(rows()), 1)
    return path


def test_a_workbook_opened_again_holds_equal_values(target: Path) -> None:
    book = openpyxl.load_workbook(target)
    page = book.worksheets[0]
    assert book.sheetnames == ["结业名单"]
    assert page["A1"].value == "学员结业名单"
    assert page["A2"].value == "填报单位（盖章）："
    assert [cell.value for cell in page[3]] == [column.title["zh"] for column in COLUMNS]
    read = [tuple(cell.value for cell in row) for row in page.iter_rows(min_row=4)]
    assert read == [
        tuple(
            datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 (cells have no zone)
            if isinstance(cell, date)
            else cell or (None if cell == "" else cell)
            for cell in row
        )
        for row in rows()
    ]


def test_texts_stay_texts_and_nothing_calculates(target: Path) -> None:
    page = openpyxl.load_workbook(target).worksheets[0]
    kinds = {column.key: cell for column, cell in zip(COLUMNS, page[4], strict=True)}
    assert {key: cell.data_type for key, cell in kinds.items() if cell.value is not None} == {
        "seq": "n",
        "name": "s",
        "phone": "s",
        "county": "s",
        "course": "s",
        "status": "s",
        "enrolled_on": "d",
        "completed_on": "d",
        "hours": "n",
        "record": "s",
    }
    assert kinds["record"].number_format == kinds["phone"].number_format == "@"
    assert kinds["hours"].number_format == "0.0"
    assert kinds["enrolled_on"].number_format == "yyyy-mm-dd"
    with zipfile.ZipFile(target) as packed:
        sheets = [packed.read(n).decode() for n in packed.namelist() if "worksheets/sheet" in n]
    assert all("<f>" not in text and "hyperlink" not in text.lower() for text in sheets)


def test_an_empty_list_still_has_its_headings(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "empty.xlsx", SHEET, [], 0)
    page = openpyxl.load_workbook(tmp_path / "empty.xlsx").worksheets[0]
    assert [cell.value for cell in page[3]] == [column.title["zh"] for column in COLUMNS]
    assert page.max_row == 3


def test_a_list_longer_than_a_sheet_goes_on_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "_ROWS_A_SHEET", 5)
    write_xlsx(tmp_path / "long.xlsx", SHEET, rows(), len(NAMES))
    book = openpyxl.load_workbook(tmp_path / "long.xlsx")
    assert book.sheetnames == ["结业名单", "结业名单 2", "结业名单 3"]
    assert [page.max_row - 3 for page in book.worksheets] == [5, 5, 2]
    assert book.worksheets[2].cell(5, 1).value == len(NAMES)


def test_csv_is_utf8_with_a_mark_and_guards_free_text(tmp_path: Path) -> None:
    write_csv(tmp_path / "list.csv", SHEET, rows())
    raw = (tmp_path / "list.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert [row[1] for row in read[1:7]] == [
        "'=cmd|' /C calc'!A0",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "33080219700101123X",
        "330802197001011234",
    ]
    assert read[1][7:11] == ["2026-05-01", "2026-05-31", "24.5", ""]


def failing() -> Iterator[tuple[Cell, ...]]:
    """Yield one row, then fail as a full disk does."""
    yield rows()[0]
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(
    tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"list.{ending}"
    target.write_text("before")
    with pytest.raises(OSError, match="No space"), atomic_file(target) as part:  # noqa: PT012 (the fault is raised inside)
        if ending == "csv":
            write_csv(part, SHEET, failing())
        else:
            write_xlsx(part, SHEET, failing(), 2)
    assert [file.name for file in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "before"
