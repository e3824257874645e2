"""Lists are read as text within limits; what hides in a workbook is refused."""

import io
import zipfile

import pytest

from lms.core.errors import InvalidInput
from lms.sheets import gateway
from lms.sheets.domain import Cell, CellKind, below_heading, is_formula, is_rounded, plain
from tests.factories.sheets import CARDS, patched, text, workbook

SHEET = "xl/worksheets/sheet1.xml"
COLUMNS = {"id": ("身份证号码", "公民身份号码"), "name": ("姓名",), "phone": ("联系电话",)}
NEEDED = (frozenset({"id"}), frozenset({"name", "phone"}))


def read(data: bytes):
    return list(below_heading(gateway.read_cells(data), COLUMNS, needed=NEEDED))


def code(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read(data)
    return refused.value.fields["list"].code


def test_cells_stand_where_they_stood_with_their_kind():
    book = workbook([[1, "", "=1+1", "13800000000"], [2.5, "张·三"]])
    rows = list(gateway.read_cells(book))
    assert [cell.text for cell in rows[0]] == ["序号", "姓名", "身份证号码", "联系电话"]
    assert rows[1] == [
        Cell("1", CellKind.NUMBER),
        Cell("", CellKind.TEXT),
        Cell("", CellKind.FORMULA),
        Cell("13800000000", CellKind.TEXT),
    ]
    assert rows[2][1].text == "张·三"


@pytest.mark.parametrize("place", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("before", [b"", b"<!-- " + b"x" * 9000 + b" -->"])
def test_declarations_are_refused_wherever_they_stand(place, before):
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    book = workbook([[1, "a", CARDS[0], ""]])
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    assert code(patched(book, place, head, head + before + entity)) == "list_odd"
    wide = (head + entity).decode().encode("utf-16")
    assert code(patched(book, place, head, wide)) == "list_odd"


def test_a_bomb_is_refused_before_it_goes_off():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b" " * (200 * 1024 * 1024))
    assert len(made.getvalue()) < 1024 * 1024
    assert code(made.getvalue()) == "list_odd"


def test_too_many_parts_and_rows_are_refused(monkeypatch):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for number in range(501):
            book.writestr(f"a{number}", b"")
    assert code(made.getvalue()) == "list_huge"
    monkeypatch.setattr(gateway, "MOST_ROWS", 20)
    rows = "\n".join(["身份证号码", *("x" for _ in range(40))])
    assert code(rows.encode()) == "list_huge"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 cut off",
        b"\xff\xfe\x00",
        "身份证号码\n\x00".encode(),
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel \x00",
    ],
)
def test_what_is_no_list_is_refused(data):
    assert code(data) == "list_unreadable"


def test_broken_workbooks_never_break_the_reader():
    book = workbook([[1, "林秀芳", CARDS[0], "13800000000"]] * 3)
    for cut in range(10, len(book), 97):
        for data in (book[:cut], book[:cut] + b"\xff" * 9 + book[cut + 9 :]):
            try:
                read(data)
            except InvalidInput:
                continue


def test_a_heading_may_stand_below_a_title():
    data = "名单\r\n\r\n" + text([["林秀芳", CARDS[0]]], heading=["姓名", "公民 身份号码"])
    rows = read(data.encode())
    assert [(row.number, row.plain("id"), row.plain("name")) for row in rows] == [
        (4, CARDS[0], "林秀芳")
    ]
    assert code("姓名\r\n林秀芳\r\n".encode()) == "list_heading"
    assert code(b"") == "list_empty"
    assert read("身份证号码\r\n\r\n".encode()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_way_offices_save_is_read(encoding):
    rows = read(text([["1", "林秀芳", CARDS[0], ""]]).encode(encoding))
    assert rows[0].plain("name") == "林秀芳"


@pytest.mark.parametrize(
    ("cell", "rounded", "formula", "said"),
    [
        (Cell("1.10105194912310e+17", CellKind.NUMBER), True, False, "1.10105194912310e+17"),
        (Cell("1.1E+17", CellKind.TEXT), True, False, "1.1E+17"),
        (Cell("110105194912310000", CellKind.NUMBER), True, False, "110105194912310000"),
        (Cell("13812345678", CellKind.NUMBER), False, False, "13812345678"),
        (Cell("13812345678.0", CellKind.NUMBER), False, False, "13812345678"),
        (Cell("11010519491231002X", CellKind.TEXT), False, False, "11010519491231002X"),
        (Cell("=cmd|x", CellKind.TEXT), False, True, "=cmd|x"),
        (Cell("-3", CellKind.NUMBER), False, False, "-3"),
        (Cell("@x", CellKind.TEXT), False, True, "@x"),
    ],
)
def test_what_a_spreadsheet_did_to_a_cell_is_seen(cell, rounded, formula, said):
    assert (is_rounded(cell), is_formula(cell), plain(cell)) == (rounded, formula, said)
