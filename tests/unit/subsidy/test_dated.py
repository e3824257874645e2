"""Which of several facts counts: checked before said, then the later day, then the later row."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.subsidy.domain.dated import (
    CHECKED,
    DatedFact,
    FactKey,
    FactSource,
    checked,
    differing,
    newest,
    placed,
)
from lms.subsidy.domain.reading import MalformedError

DAY = date(2026, 3, 3)
KEY = FactKey.PUBLIC_STAFF
YES, NO = True, False
days = st.integers(-40, 40).map(lambda shift: DAY + timedelta(days=shift))


@st.composite
def histories(draw: st.DrawFn) -> list[DatedFact]:
    """Draw what was written down of one key, in the order it was."""
    count = draw(st.integers(0, 8))
    found = []
    for number in range(1, count + 1):
        since = draw(days)
        until = draw(st.none() | st.integers(0, 60).map(lambda more, s=since: s + timedelta(more)))
        value, source = (
            draw(st.sampled_from([True, False, None])),
            draw(st.sampled_from(FactSource)),
        )
        found.append(DatedFact(number, KEY, value, source, since, until))
    return found


def chosen(facts: list[DatedFact]) -> DatedFact | None:
    return newest(facts, first_day=DAY, today=DAY + timedelta(days=100)).get(KEY)


@given(histories())
def test_what_was_only_said_never_goes_before_what_was_checked(facts: list[DatedFact]) -> None:
    found = chosen(facts)
    holding = [each for each in facts if each.holds_on(DAY)]
    if any(each.source in CHECKED for each in holding):
        assert found is not None
        assert found.source in CHECKED
    else:
        assert (found is None) == (not holding)


@given(histories())
def test_among_equals_the_later_day_and_then_the_later_row_counts(facts: list[DatedFact]) -> None:
    found = chosen(facts)
    for each in facts:
        if found and each.holds_on(DAY) and each.is_checked == found.is_checked:
            assert (each.valid_from, each.number) <= (found.valid_from, found.number)


@given(histories(), days)
def test_a_declaration_changes_nothing_once_something_was_checked(
    facts: list[DatedFact], since: date
) -> None:
    before = chosen(facts)
    more = [*facts, DatedFact(99, KEY, YES, FactSource.DECLARED, since)]
    if before is not None and before.is_checked:
        assert chosen(more) == before


@given(histories())
def test_the_order_of_reading_changes_nothing(facts: list[DatedFact]) -> None:
    assert len({chosen(list(order)) for order in list(permutations(facts))[:24]}) <= 1


@given(histories())
def test_what_counts_holds_on_the_day(facts: list[DatedFact]) -> None:
    found = chosen(facts)
    assert found is None or found.holds_on(DAY)


def test_of_what_happens_on_the_site_the_last_counts() -> None:
    checked_first = DatedFact(1, FactKey.CONSENT, YES, FactSource.STAFF, DAY)
    withdrawn = DatedFact(2, FactKey.CONSENT, NO, FactSource.DECLARED, DAY)
    found = newest([checked_first, withdrawn], first_day=DAY, today=DAY)
    assert found[FactKey.CONSENT] is withdrawn


def test_a_difference_is_told_only_where_both_say_something() -> None:
    said = DatedFact(2, FactKey.GROUPS, ["hardship", "veteran"], FactSource.DECLARED, DAY)
    for value, differs in ((["veteran", "hardship"], False), (["hardship"], True), (None, False)):
        found = DatedFact(1, FactKey.GROUPS, value, FactSource.STAFF, DAY)
        known = newest([said, found], first_day=DAY, today=DAY)
        assert known[FactKey.GROUPS] is found
        told = differing([said, found], known, first_day=DAY, today=DAY)
        assert told == ({FactKey.GROUPS: said} if differs else {})


def test_earlier_subsidies_stand_as_the_history() -> None:
    past = [{"kind": "training", "status": "paid", "amount_fen": 60_000, "date": "2025-03-01"}]
    assert checked(FactKey.PAST_SUBSIDIES, past) == past
    assert checked(FactKey.PAST_SUBSIDIES, []) == []
    assert placed({FactKey.PAST_SUBSIDIES: past}) == {"history": past}


@pytest.mark.parametrize(
    "value",
    [
        "all",
        {"kind": "training"},
        [{"kind": "pocket money"}],
        [{"status": "lost"}],
        [{"paid_to": "cousin"}],
        [{"amount_fen": 1.5}],
        [{"amount_fen": True}],
        [{"date": "yesterday"}],
        [{"level": 0}],
    ],
)
def test_a_subsidy_that_can_be_none_is_refused(value: object) -> None:
    with pytest.raises(MalformedError):
        checked(FactKey.PAST_SUBSIDIES, value)
