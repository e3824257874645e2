"""Particulars for lists: what is read of them, what is refused, and what counts as missing."""

import pytest

from lms.accounts.domain.particulars import (
    COLUMNS,
    ETHNICITY,
    differing,
    missing,
    read_particular,
    shown_place,
)
from lms.core.errors import Message

LONG = "长" * 101


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("education", " 高中（中专） ", {"education": "高中(中专)"}),
        ("education", "中专", {"education": "高中(中专)"}),
        ("education", "硕士", {"education": "研究生"}),
        ("ethnicity", "畲", {"ethnicity": "畲族"}),
        ("work_status", "创业", {"work_status": "创业"}),
        ("insured", "已参保", {"insured": "是"}),
        ("prior_level", "高级技师", {"prior_level": "一级/高级技师"}),
        ("prior_level", "五级", {"prior_level": "五级/初级工"}),
        (
            "hukou_code",
            "330822 浙江省常山县",
            {"hukou_code": "330822", "hukou_place": "浙江省常山县"},
        ),
        ("hukou_code", "浙江省常山县", {"hukou_code": None, "hukou_place": "浙江省常山县"}),
        ("residence_code", "330881", {"residence_code": "330881", "residence_place": None}),
        ("address", "=cmd|' /C calc'!A0", {"address": "=cmd|' /C calc'!A0"}),
        ("address", "芳村镇\n村口 🏠 1 号", {"address": "芳村镇 村口 🏠 1 号"}),
        ("employer", "无", {"employer": "无"}),
        ("employer", "  ", {"employer": None}),
    ],
)
def test_what_people_type_is_kept_as_lists_have_it(key, typed, kept):
    assert read_particular(key, typed) == kept


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        ("education", "博士后站", "particular_word"),
        ("ethnicity", "火星族", "particular_word"),
        ("insured", "大概", "particular_word"),
        ("hukou_code", "33082 常山县", "particular_code"),
        ("hukou_code", "11010519491231002X", "particular_code"),
        ("residence_code", "长" * 61, "particular_long"),
        ("address", LONG, "particular_long"),
        ("cert_of_status_no", "1" * 41, "particular_long"),
        ("address", "芳村\u202e镇", "particular_unseen"),
    ],
)
def test_what_no_list_takes_is_told(key, typed, code):
    found = read_particular(key, typed)
    assert isinstance(found, Message)
    assert found.code == code


def test_there_are_fifty_six_peoples_and_a_column_for_each_particular():
    assert len(ETHNICITY) == 56
    assert len(set(COLUMNS.values())) == len(COLUMNS) == 10


def test_only_what_nothing_stands_of_is_missing_and_a_place_is_one_thing():
    standing = {"education": "初中", "hukou_place": "江山"}
    said = {
        "education": "本科",
        "hukou_code": "330822",
        "hukou_place": "常山",
        "residence_code": "330822",
    }
    assert missing(standing, said) == {"residence_code": "330822"}
    assert differing(standing, said) == ["education", "hukou_code", "residence_code"]
    assert shown_place("330822", None) == "330822"
