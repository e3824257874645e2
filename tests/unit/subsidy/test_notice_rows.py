"""What a list keeps of a claim: never five digits in a row, whatever somebody typed where."""

import re
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lms.subsidy.domain.notice_rows import Head, Listed, Masks, content_of, shown_row
from lms.subsidy.domain.notices import NoticeState, edition, seen
from lms.subsidy.domain.policy_file import canonical
from lms.subsidy.domain.public_masks import GroupWords, NumberMask

LISTED = Listed(
    claim_id=1,
    claim_number="BT-26-07-0001",
    person_id=1,
    name="林秀芳",
    number_mask="**************1234",
    groups=("hardship",),
    county_code="330822",
    county={"zh": "常山县", "en": "Changshan County"},
    town="天马街道",
    class_title="2026年常山乡播直播销售员五级01班",
    institution={"zh": "常山县乡播职业培训学校"},
    programme={"zh": "互联网营销师", "en": "Anchor"},
    work_type="直播销售员",
    level=5,
    first_day=date(2026, 5, 1),
    last_day=date(2026, 6, 20),
    amount_fen=123_456,
)
TYPED = st.text(st.sampled_from("0123456789０１２３林芳a·- "), max_size=24)


@given(
    name=TYPED,
    town=TYPED,
    title=TYPED,
    school=TYPED,
    group=st.sampled_from(["hardship", "veteran", "graduate_year"]),
    masks=st.builds(Masks, st.sampled_from(NumberMask), st.sampled_from(GroupWords)),
)
def test_no_run_of_five_digits_is_kept(
    name: str, town: str, title: str, school: str, group: str, masks: Masks
) -> None:
    listed = replace(
        LISTED,
        name=name,
        town=town,
        class_title=title,
        institution={"zh": school},
        groups=(group,),
    )
    shown = shown_row(listed, masks, region="330822")
    # The longer mask shows the first six digits of the number, and that alone.
    shown["number"] = shown["number"].removeprefix("330822")
    assert not re.search(r"\d{5,}", canonical(shown))


def test_hardship_is_never_told_whatever_the_setting() -> None:
    for setting in GroupWords:
        assert shown_row(LISTED, Masks(groups=setting))["group"]["code"] == "eligible"
    both = replace(LISTED, groups=("hardship", "veteran"))
    assert shown_row(both, Masks(groups=GroupWords.NAMED))["group"]["code"] == "veteran"


def test_another_word_row_or_day_is_another_content() -> None:
    days = (date(2026, 7, 2), date(2026, 7, 8))
    head = Head("GS-26-07-01", "330822", "2026-07", *days, "人社局", Masks())
    rows = [(shown_row(LISTED, Masks()), 60_000)]
    told = {
        content_of(head, rows),
        content_of(head, rows * 2),
        content_of(head, [(rows[0][0], 60_001)]),
        content_of(replace(head, last_day=date(2026, 7, 9)), rows),
        content_of(head, [(shown_row(replace(LISTED, town="辉埠镇"), Masks()), 60_000)]),
    }
    assert len(told) == 5


def test_a_list_is_over_for_visitors_from_the_day_after_its_last() -> None:
    last = date(2026, 7, 8)
    assert seen(NoticeState.OPEN, last, last) is NoticeState.OPEN
    assert seen(NoticeState.OPEN, last, date(2026, 7, 9)) is NoticeState.OVER
    assert seen(NoticeState.CANCELLED, last, last) is NoticeState.CANCELLED
    assert edition([(2, "objected")]) != edition([])
