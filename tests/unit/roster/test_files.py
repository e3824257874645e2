"""The files themselves: two programs read them, and they hold equal values of the right types."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lms.delivery.gateway import atomic_file, measure
from lms.roster.domain.kinds import ExportKind
from lms.roster.gateway import workbook
from lms.roster.gateway.printed import print_list
from lms.roster.gateway.texts import GB18030, write_csv
from lms.roster.gateway.workbook import write_xlsx
from tests.unit.roster.lists import Given, sheet

KEYS = ("seq", "name", "id_number", "enrolled_on", "hours_online_verified", "amount", "lacking")
NAMES = (
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "33080219700101123X",
    "330802197001011234",
    "0012",
    "😀 陈",
    "买买提·" + "艾" * 46,
    "http://example.test/",
    "<b>&amp; 100% %s",
    " 两头有空格 ",
    "1",
)


def rows() -> list[tuple[Any, ...]]:
    """Return a row for each awkward name; some cells are empty."""
    return [
        (
            *(number, name, "33080219700101123X", date(2026, 5, 31) if number % 2 else None),
            *(None if number == 1 else 24.5, 600.0, ""),
        )
        for number, name in enumerate(NAMES, 1)
    ]


TOTALS = ("合计", None, None, None, None, 7800.0, None)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A workbook of the rows, with their sum below."""
    path = tmp_path / "list.xlsx"
    write_xlsx(path, sheet(*KEYS, unit="常山县"), Given(rows(), totals=TOTALS))
    return path


def test_what_a_frozen_list_is_stands_below_it_and_on_every_page(tmp_path: Path) -> None:
    path = tmp_path / "frozen.xlsx"
    origin = f"定稿第 1 号 · SHA-256 {'a' * 64}"
    told = replace(sheet(*KEYS), origin=origin, watermark="周敏 & 报送")
    write_xlsx(path, told, Given(rows(), totals=TOTALS, notes=("共 13 行", "=1+1")))
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    below = [page.cell(3 + len(NAMES) + 1 + place, 1) for place in (1, 2)]
    assert [(cell.value, cell.data_type) for cell in below] == [("共 13 行", "s"), ("=1+1", "s")]
    assert page.oddHeader.left.text == origin
    assert page.oddFooter.left.text == "周敏 && 报送"
    assert book.properties.description == f"{origin} · 周敏 & 报送"


def test_a_workbook_opened_again_holds_equal_values(target: Path) -> None:
    page = openpyxl.load_workbook(target).worksheets[0]
    assert (page.title, page["A1"].value) == ("结业名单", "学员结业名单")
    assert str(page["A2"].value).startswith("填报单位（盖章）：常山县")
    assert [cell.value for cell in page[3]][:3] == ["序号", "姓名", "身份证号码"]
    assert (page.freeze_panes, page.page_setup.orientation) == ("A4", "landscape")
    assert page.print_title_rows == "$3:$3"
    read = [tuple(cell.value for cell in row) for row in page.iter_rows(min_row=4)]
    expected = [
        tuple(
            datetime(cell.year, cell.month, cell.day) if isinstance(cell, date) else cell or None  # noqa: DTZ001 (cells have no zone)
            for cell in row
        )
        for row in (*rows(), TOTALS)
    ]
    assert read == expected


def test_another_program_reads_the_same(target: Path) -> None:
    found = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()[3:]
    assert found == [["" if cell is None else cell for cell in row] for row in (*rows(), TOTALS)]


def test_texts_stay_texts_and_nothing_calculates(target: Path) -> None:
    page = openpyxl.load_workbook(target).worksheets[0]
    row = dict(zip(KEYS, page[5], strict=True))
    assert [row[key].data_type for key in KEYS[:3]] == ["n", "s", "s"]
    assert row["id_number"].number_format == row["name"].number_format == "@"
    assert row["hours_online_verified"].number_format == "0.0"
    assert row["amount"].number_format == "0.00"
    assert page["D4"].number_format == "yyyy-mm-dd"
    with zipfile.ZipFile(target) as packed:
        text = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert "hyperlink" not in text.lower()


def test_a_watermark_stands_in_head_foot_and_properties(tmp_path: Path) -> None:
    marked = sheet(*KEYS, watermark="周敏 & 2026-06-01 · 5 月拨付")
    write_xlsx(tmp_path / "list.xlsx", marked, Given(rows()))
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    page = book.worksheets[0]
    assert "周敏 && 2026-06-01" in str(page.oddHeader.right.text)
    assert "周敏" in str(page.oddFooter.left.text)
    assert book.properties.description == "周敏 & 2026-06-01 · 5 月拨付"


def test_an_empty_list_still_has_its_headings(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "empty.xlsx", sheet(), Given([]))
    page = openpyxl.load_workbook(tmp_path / "empty.xlsx").worksheets[0]
    assert [cell.value for cell in page[3]] == sheet().titles
    assert page.max_row == 3


def test_a_list_longer_than_a_sheet_goes_on_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_ROWS_A_SHEET", 5)
    write_xlsx(tmp_path / "long.xlsx", sheet(*KEYS), Given(rows(), most=4, totals=TOTALS))
    book = openpyxl.load_workbook(tmp_path / "long.xlsx")
    assert book.sheetnames == ["结业名单", "结业名单 2", "结业名单 3"]
    assert [page.max_row - 3 for page in book.worksheets] == [5, 5, 4]
    assert book.worksheets[2].cell(6, 1).value == len(NAMES)
    assert book.worksheets[2].cell(7, 1).value == "合计"


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", b"\xef\xbb\xbf"), (GB18030, b"")])
def test_csv_holds_the_same_texts_and_guards_free_ones(
    tmp_path: Path, encoding: str, mark: bytes
) -> None:
    write_csv(tmp_path / "list.csv", sheet(*KEYS), Given(rows(), totals=TOTALS), encoding=encoding)
    raw = (tmp_path / "list.csv").read_bytes()
    assert raw.startswith(mark)
    read = list(csv.reader(raw.removeprefix(mark).decode(encoding).splitlines()))
    assert [row[1] for row in read[1:-1]] == [
        *("'=cmd|' /C calc'!A0", "'+1", "'-1", "'@SUM(A1)"),
        *NAMES[4:],
    ]
    assert read[1][2:] == ["33080219700101123X", "2026-05-31", "", "600.00", ""]
    assert read[2][2:5] == ["33080219700101123X", "", "24.5"]
    assert read[-1][0::5] == ["合计", "7800.00"]


@given(st.lists(st.tuples(*[st.text("中a \",'\r\n", max_size=4)] * 2), min_size=1, max_size=5))
def test_csv_reads_back_as_it_was_whatever_commas_quotes_and_breaks_it_holds(
    texts: list[tuple[str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_csv(path, sheet("name", "town"), Given(texts))
        with path.open(encoding="utf-8-sig", newline="") as opened:
            assert list(csv.reader(opened))[1:] == [list(row) for row in texts]


def test_a_printed_list_repeats_its_head_and_counts_its_pages(tmp_path: Path) -> None:
    many = [(n, f"学员{n}", "", None, 1.0, 600.0, "") for n in range(1, 61)]
    given = sheet(*KEYS, watermark="只供核对")
    print_list(tmp_path / "list.pdf", given, Given(many, most=50, totals=TOTALS))
    pages = [page.get_textpage().get_text_bounded() for page in _pages(tmp_path / "list.pdf")]
    assert len(pages) > 1
    assert all("身份证号码" in text and "只供核对" in text for text in pages)
    assert f"第 2 页，共 {len(pages)} 页" in pages[1]
    assert "填报单位（盖章）" in pages[0]
    assert "7800.00" in pages[-1]


def test_a_proof_of_hours_is_a_sheet_a_learner_with_places_to_sign(tmp_path: Path) -> None:
    own = ("name", "study_day", "study_course", "minutes", "note")
    given = sheet(*own, kind=ExportKind.HOURS)
    day = date(2026, 5, 1)
    print_list(
        tmp_path / "hours.pdf",
        given,
        Given([("程建军", day, "A01", 45, ""), ("程建军", None, "合计", 45, "SHA-256 ab"),
               ("毛丽娟", None, "合计", 0, "")]),
    )  # fmt: skip
    pages = [page.get_textpage().get_text_bounded() for page in _pages(tmp_path / "hours.pdf")]
    assert len(pages) == 2
    assert "程建军" in pages[0]
    assert "SHA-256 ab" in pages[0]
    assert "毛丽娟" in pages[1]
    assert all("学员签名" in text and "培训机构（盖章）" in text for text in pages)


def _pages(path: Path) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(path)
    yield from document
    document.close()


class Failing(Given):
    """One block, then a full disk."""

    def __iter__(self) -> Iterator[Any]:
        yield next(super().__iter__())
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("write", [write_csv, write_xlsx, print_list])
def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(
    tmp_path: Path, write: Any
) -> None:
    target = tmp_path / "list"
    target.write_text("before")
    with pytest.raises(OSError, match="No space"), atomic_file(target) as part:
        write(part, sheet(*KEYS), Failing(rows()))
    assert [file.name for file in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "before"


@pytest.mark.parametrize("piece", [b"<sheetData>", b'<row r="4">', b"</sheetData>"])
def test_a_workbook_of_which_a_piece_could_not_be_packed_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: bytes
) -> None:
    """Whether others were packed behind it or not."""

    class Cramped(zipfile.ZipFile):
        def open(self, *given: Any, **options: Any) -> Any:
            opened = super().open(*given, **options)
            write = opened.write

            def try_to(data: bytes) -> int:
                if piece in data:
                    raise OSError(28, "No space left on device")
                return write(data)

            monkeypatch.setattr(opened, "write", try_to)
            return opened

    monkeypatch.setattr(workbook, "ZipFile", Cramped)
    with pytest.raises(OSError, match="No space"):
        write_xlsx(tmp_path / "list.xlsx", sheet(*KEYS), Given(rows(), most=1))


def test_a_whole_file_takes_its_place_readable_by_us_alone(tmp_path: Path) -> None:
    target = tmp_path / "exports" / "list.csv"
    with atomic_file(target) as part:
        assert not target.exists()
        part.write_bytes(b"abc")
    assert target.read_bytes() == b"abc"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(target.parent.iterdir()) == [target]
    assert measure(target).byte_size == 3
    assert measure(target).sha256 == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
