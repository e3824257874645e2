"""What a public list shows of a name, a number and a group, and why no more."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain.identity import check_sign, masked_number
from lms.subsidy.domain.policy import GROUPS
from lms.subsidy.domain.public_masks import (
    ELIGIBLE,
    GroupWords,
    NumberMask,
    public_group,
    public_name,
    public_number,
)

NUMBER = "330824196802291232"
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张晓明", "张*明"),
        ("张明", "张*"),
        ("张", "张*"),
        ("欧阳修华", "欧阳*华"),
        ("欧阳华", "欧阳*"),
        ("申屠大明", "申屠*明"),
        ("单于飞", "单*飞"),
        ("陈林小明", "陈*明"),
        ("张 晓明", "张*明"),
        ("买买提·阿卜杜拉", "买*·*"),
        ("阿依古丽 • 买买提 • 江", "阿*·*·*"),
        ("John Smith", "J* S*"),
        ("Cher", "C*"),
        ("", "*"),
    ],
)
def test_a_name_is_known_to_who_knows_the_person(name: str, shown: str) -> None:
    assert public_name(name) == shown


@given(st.lists(HAN, min_size=1, max_size=4))
def test_no_name_shows_more_than_a_surname_and_one_sign(parts: list[str]) -> None:
    shown = public_name("·".join(parts)).replace("·", "").replace("*", "")
    assert len(shown) <= (3 if len(parts) == 1 else 1)
    assert len(shown) < sum(map(len, parts)) or len(parts[0]) == 1


def test_a_number_is_shown_by_its_last_four_signs_from_what_is_stored() -> None:
    stored = masked_number(NUMBER)
    assert public_number(stored, NumberMask.LAST_FOUR) == "**************1232"
    shown = public_number(stored, NumberMask.SIX_AND_FOUR, region="330824")
    assert shown == "330824********1232"


@pytest.mark.parametrize("stored", [NUMBER, "330824********1232", "*************11232", ""])
def test_what_is_no_stored_mask_is_never_published(stored: str) -> None:
    with pytest.raises(ValueError, match="not a stored mask"):
        public_number(stored, NumberMask.LAST_FOUR)


def test_the_usual_mask_is_strict_because_the_check_digit_tells_birthdays() -> None:
    """The figures of the reason: the longer mask leaves one birthday in eleven, the age few."""
    first, last = date(1965, 1, 1), date(2009, 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert len(days) == 16_436
    region, sequence = NUMBER[:6], NUMBER[14:17]
    left = [day for day in days if check_sign(f"{region}{day:%Y%m%d}{sequence}") == NUMBER[-1]]
    assert 1_480 <= len(left) <= 1_500
    assert date(1968, 2, 29) in left
    assert 30 <= sum(day.year == 1968 for day in left) <= 36


def test_groups_that_tell_of_poverty_or_illness_have_no_word_of_their_own() -> None:
    named = {group: public_group(group, GroupWords.NAMED) for group in GROUPS}
    assert {group for group, words in named.items() if words == ELIGIBLE} == {
        "poverty_prevention",
        "hardship",
    }
    assert public_group("a group of tomorrow", GroupWords.NAMED) == ELIGIBLE
    assert all(public_group(group, GroupWords.ALIKE) == ELIGIBLE for group in GROUPS)
