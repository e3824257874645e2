"""What cells say: masks, hours that are never rounded up, places, ages, words in both languages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from lms.core.clock import local_day
from lms.roster.domain.cells import Look, column_of
from lms.roster.domain.days import QUARTER_SECONDS, Days
from lms.roster.domain.fields import FIELDS
from lms.roster.domain.sheets import as_texts
from lms.roster.domain.templates import Column

ZH = Look("zh", today=date(2026, 6, 1))
WHOLE = Look("zh", is_whole=True)
NUMBER = "33080219900106000X"


def cells(key: str, look: Look = ZH, **raw: Any) -> list[Any]:
    return list(column_of(FIELDS[key], raw, look, 2))


def test_hours_are_floored_to_a_tenth_or_to_whole_ones() -> None:
    almost, more = 45 * 60_000 - 1, 45 * 60_000 * 23 + 45 * 60_000 - 1
    said = {"hours_online_verified": [almost, more]}
    assert cells("hours_online_verified", **said) == [0.9, 23.9]
    assert cells("hours_online_verified", Look("zh", "0"), **said) == [0, 23]


def test_numbers_are_masked_unless_they_were_opened_and_asked_for_whole() -> None:
    raw = {"id_mask": ["*" * 14 + "000X", None]}
    opened = {**raw, "id_whole": [NUMBER, None]}
    assert cells("id_number", **raw) == ["**************000X", ""]
    assert cells("id_number", Look("zh", "six_and_four"), **opened) == ["330802********000X", ""]
    assert cells("id_number", Look("zh", "six_and_four"), **raw) == ["**************000X", ""]
    assert cells("id_number", WHOLE, **opened) == [NUMBER, ""]
    assert cells("id_number", WHOLE, **raw) == ["**************000X", ""]


def test_phones_accounts_and_addresses_are_hidden_in_part() -> None:
    raw = {
        "phone": ["13812345678", None],
        "account_mask": ["************5678", ""],
        "account_whole": ["6222020200112235678", None],
        "address": ["何家乡 1 号", ""],
    }
    assert cells("phone", **raw) == ["138****5678", ""]
    assert cells("account", **raw) == ["************5678", ""]
    assert cells("address", **raw) == ["***", ""]
    assert cells("phone", WHOLE, **raw) == ["13812345678", ""]
    assert cells("account", WHOLE, **raw) == ["6222020200112235678", ""]


def test_places_are_code_and_name_or_one_of_them() -> None:
    raw = {"residence_code": ["330822", ""], "residence_code_name": ["常山县何家乡", "常山县"]}
    assert cells("residence_code", **raw) == ["330822 常山县何家乡", "常山县"]
    assert cells("residence_code", Look("zh", "code"), **raw) == ["330822", ""]
    assert cells("residence_code", Look("zh", "name"), **raw) == ["常山县何家乡", "常山县"]


def test_words_follow_the_language_and_fall_back_to_chinese() -> None:
    raw = {
        "status": ["active", "completed"],
        "course": [{"zh": "主播班"}, {"zh": "网店", "en": "Shop"}],
        "level": [5, None],
        "sex": ["F", None],
    }
    english = Look("en")
    assert cells("status", english, **raw) == ["Not finished", "Completed"]
    assert cells("course", english, **raw) == ["主播班", "Shop"]
    assert cells("level", **raw) == ["五级/初级工", ""]
    assert cells("sex", **raw) == ["女", ""]
    assert cells("passed", **raw) == ["", "合格"]


def test_attendance_is_floored_and_unknown_before_anything_took_place() -> None:
    assert cells("attendance_pct", visits=[2, 0], meetings=[3, 0]) == [66.6, None]


def test_ages_are_those_of_the_day_and_money_is_yuan() -> None:
    assert cells("age", birth_date=[date(1990, 6, 2), None]) == [35, None]
    assert cells("amount", amount=[60_050, None]) == [600.5, None]


def test_what_nobody_knows_is_empty_and_texts_lose_what_no_file_can_hold() -> None:
    assert cells("education") == ["", ""]
    assert cells("birth_date") == [None, None]
    assert cells("name", name=["\t=1\r", "😀 买买提·艾力"]) == ["=1", "😀 买买提·艾力"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("YYYY-MM-DD", "2026-05-01"),
        ("YYYY年M月D日", "2026年5月1日"),
        ("YYYY/MM/DD", "2026/05/01"),
        ("YYYYMMDD", "20260501"),
    ],
)
def test_days_are_written_as_the_county_wants(form: str, said: str) -> None:
    column = Column(FIELDS["start"], "开班时间", form)
    assert list(as_texts(column, [date(2026, 5, 1), None])) == [said, ""]


@pytest.mark.parametrize("hour", [15, 16])
def test_the_day_of_a_moment_is_that_of_the_installation(hour: int) -> None:
    moments = [datetime(2026, 5, 1, hour, 59, 59, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)]
    quarters = [int(at.timestamp()) // QUARTER_SECONDS for at in moments]
    assert Days().of([*quarters, None]) == [*map(local_day, moments), None]
