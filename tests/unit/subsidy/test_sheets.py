"""Lists are read as text within limits; what hides in a workbook is refused."""

import io
import zipfile

import pytest

from lms.core.errors import InvalidInput
from lms.subsidy.domain.lists import ListKind
from lms.subsidy.domain.rows import CellKind, is_id_number, parse_rows
from lms.subsidy.gateway.sheets import read_cells
from tests.factories.sheets import CARDS, patched, text, workbook

SHEET = "xl/worksheets/sheet1.xml"


def code(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        parse_rows(read_cells(data), ListKind.PENSION)
    return refused.value.fields["list"].code


def test_cells_stand_where_they_stood_with_their_kind() -> None:
    rows = list(read_cells(workbook([[1, "", "=1+1", "13800000000"], [2.5, "张·三"]])))
    assert [cell.text for cell in rows[0]] == ["序号", "姓名", "身份证号码", "联系电话"]
    assert [(cell.text, cell.kind) for cell in rows[1]] == [
        ("1", CellKind.NUMBER),
        ("", CellKind.TEXT),
        ("", CellKind.FORMULA),
        ("13800000000", CellKind.TEXT),
    ]
    assert rows[2][1].text == "张·三"


@pytest.mark.parametrize(
    "entity",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize("place", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_declarations_are_refused_wherever_they_stand(place: str, entity: bytes) -> None:
    book = workbook([[1, "a", CARDS[0], ""]])
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    assert code(patched(book, place, head, head + entity)) == "list_odd"
    wide = (head + entity).decode().encode("utf-16")
    assert code(patched(book, place, head, wide)) == "list_odd"


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b" " * (200 * 1024 * 1024))
    assert len(made.getvalue()) < 1024 * 1024
    assert code(made.getvalue()) == "list_odd"


def test_too_many_parts_and_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for number in range(501):
            book.writestr(f"a{number}", b"")
    assert code(made.getvalue()) == "list_huge"
    monkeypatch.setattr("lms.subsidy.gateway.sheets.MOST_ROWS", 20)
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
def test_what_is_no_list_is_refused(data: bytes) -> None:
    assert code(data) == "list_unreadable"


def test_broken_workbooks_never_break_the_reader() -> None:
    book = workbook([[1, "林秀芳", CARDS[0], "13800000000"]] * 3)
    for cut in range(10, len(book), 97):
        for data in (book[:cut], book[:cut] + b"\xff" * 9 + book[cut + 9 :]):
            try:
                parse_rows(read_cells(data), ListKind.PENSION)
            except InvalidInput:
                continue


def test_a_heading_may_stand_below_a_title() -> None:
    heading = ["姓名", "公民身份号码"]
    data = "登记失业人员名单\r\n\r\n" + text([["林秀芳", CARDS[0]]], heading=heading)
    found = parse_rows(read_cells(data.encode()), ListKind.PENSION)
    assert [(line.number, line.person.id_number) for line in found.lines] == [(4, CARDS[0])]
    assert code("姓名\r\n林秀芳\r\n".encode()) == "list_heading"
    assert code("身份证号码\r\n".encode()) == "list_no_rows"
    assert code(b"") == "list_empty"


def test_numbers_of_cards_are_read_however_they_are_written() -> None:
    written = [
        " 330802 19900101 0002",
        "３３０８０２１９９００１０１０００２",
        "33080219900106000x",
    ]
    rows = [[each] for each in written]
    found = parse_rows(read_cells(text(rows, heading=["身份证号"]).encode()), ListKind.PENSION)
    assert not [line for line in found.lines if line.person.id_number not in CARDS[:2]]
    assert list(found.faults) == [3]


@pytest.mark.parametrize("number", [*CARDS, "11010519491231002X", "440524188001010014"])
def test_a_number_with_its_check_digit_is_one(number: str) -> None:
    assert is_id_number(number)
    wrong = "0" if number[-1] != "0" else "1"
    assert not is_id_number(number[:-1] + wrong)


@pytest.mark.parametrize("number", ["330802199002300001", "330802900101000", "", "x" * 18])
def test_what_is_none_is_none(number: str) -> None:
    assert not is_id_number(number)


def test_subsidies_are_read_in_the_words_of_offices() -> None:
    heading = [
        "身份证号码",
        "补贴类型",
        "职业代码",
        "工种",
        "等级",
        "状态",
        "发放对象",
        "发放日期",
        "金额(元)",
    ]
    row = [
        CARDS[0],
        "技能提升补贴",
        "4-01-06-02",
        "直播销售员",
        "五级",
        "已发放",
        "个人",
        45_717,
        "600.00",
    ]
    found = parse_rows(read_cells(workbook([row], heading=heading)), ListKind.SUBSIDIES)
    assert found.lines[0].fields == {
        "kind": "skill_upgrade",
        "occupation": "4-01-06-02",
        "work_type": "直播销售员",
        "level": "5",
        "status": "paid",
        "paid_to": "person",
        "date": "2025-03-01",
        "amount": "600.00",
    }
