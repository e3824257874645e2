"""Sums of a frozen list lose nothing, however many cells are added; marks tell numbers apart."""

from hypothesis import given
from hypothesis import strategies as st

from lms.roster.domain.marks import marks_of
from lms.roster.domain.sums import Sums, sums_said
from tests.unit.roster.lists import template

FEN = st.integers(0, 10**9)
TENTHS = st.integers(0, 10**5)


@given(st.lists(st.tuples(FEN, TENTHS), max_size=50))
def test_what_is_added_up_is_exact(rows: list[tuple[int, int]]) -> None:
    sums = Sums(template("name", "amount", "hours_online_verified", "offline"))
    for fen, tenths in rows:
        sums.add({"name": "甲", "amount": fen / 100, "hours_online_verified": tenths / 10})
    sums.add({"name": "乙", "amount": None, "hours_online_verified": None, "offline": 5.0})
    assert sums.totals == {
        "amount": sum(fen for fen, _ in rows),
        "hours_online_verified": sum(tenths for _, tenths in rows),
    }


def test_sums_are_said_in_yuan_and_hours() -> None:
    said = sums_said({"hours_online_verified": 239, "amount": 123_456_789, "living": 0})
    assert [(title["zh"], text) for title, text in said] == [
        ("线上核验学时", "23.9"),
        ("补贴金额(元)", "1,234,567.89"),
    ]


def test_marks_are_of_the_columns_there_are_and_of_nothing_else() -> None:
    raw = {
        "id_index": ("a1", None),
        "account_index": ("b1", "b2"),
        "phone": ("13900000001", None),
        "address": ("常山县何家乡", ""),
    }
    keys = {"name", "id_number", "phone", "address"}
    assert marks_of(raw, keys, lambda kind, text: f"{kind}<{text}>", 2) == [
        {
            "id_number": "a1",
            "phone": "frozen_phone<13900000001>",
            "address": "frozen_address<常山县何家乡>",
        },
        {},
    ]
