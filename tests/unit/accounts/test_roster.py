"""Rosters: who each row is, what is wrong with it, and nothing of others in what is said."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain.roster import COLUMNS, NEEDED, read_roster
from lms.sheets.domain import below_heading
from lms.sheets.gateway import read_cells
from tests.factories.sheets import text, workbook

TODAY = date(2026, 11, 26)
HEADING = ["序号", "姓名", "手机号", "身份证号码", "乡镇"]
GOOD = [1, "林秀芳", "138 0000 0001", "33080219900101000 2", "芳村镇"]


def read(data):
    rows = below_heading(read_cells(data), COLUMNS, needed=NEEDED)
    return read_roster(rows, today=TODAY)


def roster(*rows):
    return read(workbook(rows, heading=HEADING))


def test_people_are_read_as_they_are_kept():
    found = roster(
        GOOD, [2, " 阿依·木 ", 13800000002.0, "", ""], ["", "周敏", "", "33080219900106000x"]
    )
    assert found.faults == {}
    assert [
        (line.number, line.name, line.phone, line.id_number, line.town) for line in found.lines
    ] == [
        (2, "林秀芳", "13800000001", "330802199001010002", "芳村镇"),
        (3, "阿依·木", "13800000002", None, None),
        (4, "周敏", None, "33080219900106000X", None),
    ]
    assert found.has_numbers


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([2, "", "13800000002", "", ""], "name_missing"),
        ([2, "长" * 51, "13800000002", "", ""], "name_long"),
        ([2, "周敏", "1380000000", "", ""], "phone_length"),
        ([2, "周敏", "", "", ""], "row_nobody"),
        ([2, "周敏", "", "330802199001010003", ""], "id_check"),
        ([2, "周敏", "", "11010519491231", ""], "id_length"),
        ([2, "周敏", "", 330802199001010002, ""], "cell_rounded"),
        ([2, "周敏", "", "3.30802E+17", ""], "cell_rounded"),
        ([2, "=cmd|' /C calc'!A0", "13800000002", "", ""], "cell_formula"),
        ([2, "+1", "13800000002", "", ""], "cell_formula"),
        ([2, "周敏", "13800000001", "", ""], "row_twice"),
        ([2, "周敏", "", "３３０８０２１９９００１０１０００２", ""], "row_twice"),
        ([2, "周敏", "13800000002", "", "长" * 41], "town_long"),
    ],
)
def test_one_bad_row_is_named_with_what_is_wrong(row, said):
    found = roster(GOOD, row)
    assert {number: fault.code for number, fault in found.faults.items()} == {3: said}
    assert [line.number for line in found.lines] == [2]


MORE = ["姓名", "手机号", "文化程度", "户籍所在地", "是否参保", "学籍号", "民族"]


def test_particulars_are_read_by_the_names_of_their_columns():
    row = ["周敏", "13800000002", "中专", "330822 常山县", "", "S-01", "畲"]
    [line] = read(workbook([row], heading=MORE)).lines
    assert line.said == {
        "education": "高中(中专)",
        "ethnicity": "畲族",
        "hukou_code": "330822",
        "hukou_place": "常山县",
        "cert_of_status_no": "S-01",
    }


@pytest.mark.parametrize(
    ("place", "cell", "column", "code"),
    [
        (2, "高小", "文化程度", "particular_word"),
        (3, "3308 常山县", "户籍所在地", "particular_code"),
        (4, "大概", "是否参保", "particular_word"),
        (5, 3308220012345678, "就业创业证号", "cell_rounded"),
        (5, "长" * 41, "就业创业证号", "particular_long"),
    ],
)
def test_a_word_no_list_takes_is_named_with_row_and_column(place, cell, column, code):
    row = ["周敏", "13800000002", "", "", "", "", ""]
    found = read(workbook([[*row[:place], cell, *row[place + 1 :]]], heading=MORE))
    fault = found.faults[2]
    assert found.lines == []
    assert (fault.code, fault.params["column"]) == ("row_particular", column)
    assert fault.params["fault"].code == code


def test_a_child_is_named_too():
    found = roster([1, "小明", "13800000003", "33082420130229000X", ""])
    assert found.faults[2].code in ("id_date", "id_check", "too_young")


def test_no_more_faults_are_named_than_anybody_reads():
    rows = [[place, "", "13800000001", "", ""] for place in range(1000)]
    assert len(roster(*rows).faults) == 200


@given(
    st.lists(
        st.tuples(
            st.text(min_size=0, max_size=8),
            st.sampled_from(["", "13800000001", "13800000002", "x", "1"]),
            st.sampled_from(["", "330802199001010002", "33080219900106000X", "1", "=1"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_row_that_says_something_is_a_person_or_a_fault(rows):
    data = "\n".join(
        [
            "姓名,手机,身份证号",
            *(",".join(f'"{cell}"' for cell in (n.replace('"', ""), p, i)) for n, p, i in rows),
        ]
    )
    if "\x00" in data:
        return
    try:
        found = read(data.encode())
    except UnicodeEncodeError:
        return
    phones = [line.phone for line in found.lines if line.phone]
    numbers = [line.id_number for line in found.lines if line.id_number]
    assert len(set(phones)) == len(phones)
    assert len(set(numbers)) == len(numbers)
    assert not {line.number for line in found.lines} & set(found.faults)


def test_the_csv_twin_reads_the_same():
    assert read(text([GOOD], heading=HEADING).encode("gb18030")).lines == roster(GOOD).lines
