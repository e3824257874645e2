"""Months, shares, groups and the funnel: whole numbers that never mislead."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from lms.insights.domain import months
from lms.insights.domain.counting import Asked, Certified, Taken, Whole, counted
from lms.insights.domain.groups import GroupFact, group_on
from lms.insights.domain.shares import Budget, credit_hours, is_monotone, percent, wan
from lms.insights.domain.tallies import REACHED, added, as_kept, change, from_kept

MONTHS = st.builds(
    lambda year, number: year * 100 + number, st.integers(2000, 2098), st.integers(1, 12)
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (the strategy adds it)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
TAKEN = st.builds(
    Taken,
    id=st.integers(1, 9),
    county=st.sampled_from(("330822", "330881")),
    course=st.integers(1, 3),
    programme=st.none() | st.integers(1, 2),
    occupation=st.just("4-01-06-02"),
    level=st.just(5),
    enrolled_at=MOMENTS,
    completed_at=st.none() | MOMENTS,
    passed_at=st.none() | MOMENTS,
    badge_at=st.none() | MOMENTS,
    first_on=st.none() | DAYS,
    has_ledger=st.booleans(),
)
WHOLES = st.builds(
    Whole,
    county=st.just("330822"),
    town=st.just("何家乡"),
    taken=st.lists(TAKEN, max_size=4, unique_by=lambda each: each.id).map(tuple),
    certificates=st.lists(
        st.builds(Certified, st.just("4-01-06-02"), st.none() | st.just(5), DAYS), max_size=2
    ).map(tuple),
    claims=st.lists(
        st.builds(
            Asked,
            id=st.integers(1, 9),
            county=st.just("330822"),
            programme=st.integers(1, 2),
            submitted_at=MOMENTS,
            approved_at=st.none() | MOMENTS,
            owed_fen=st.integers(0, 60_000),
            payments=st.lists(st.tuples(DAYS, st.just(60_000), st.integers(1, 99)), max_size=1).map(
                tuple
            ),
        ),
        max_size=2,
        unique_by=lambda each: each.id,
    ).map(tuple),
)


@given(WHOLES)
def test_each_step_of_the_funnel_is_a_part_of_the_one_before(whole) -> None:
    for amounts in counted(whole).tally.values():
        assert is_monotone([amounts.get(name, 0) for name in ("enrolled", *REACHED)])


@given(WHOLES)
def test_a_person_counts_once_a_county_and_every_enrollment_once(whole) -> None:
    tally = counted(whole).tally
    people: dict[str, int] = {}
    for cell, amounts in tally.items():
        people[cell.county] = people.get(cell.county, 0) + amounts.get("people_enrolled", 0)
    assert {county: n for county, n in people.items() if n} == dict.fromkeys(
        {each.county for each in whole.taken}, 1
    )
    assert sum(each.get("enrolled", 0) for each in tally.values()) == len(whole.taken)


@given(WHOLES, WHOLES)
def test_what_changed_added_to_what_was_is_what_is(one, other) -> None:
    before, after = counted(one), counted(other)
    assert added([before.tally, change(before.tally, after.tally)]) == added([after.tally])
    assert from_kept(*as_kept(after)) == after


@given(MONTHS, st.integers(-300, 300))
def test_months_go_forth_and_back(month: int, by: int) -> None:
    there = months.moved(month, by)
    assert months.moved(there, -by) == month
    assert months.distance(month, there) == by
    assert months.read(months.written(month)) == month


def test_what_is_no_month_is_none() -> None:
    assert [
        months.read(text) for text in ("2026-13", "2026-5", "26-05", "x", "２０２６-05", "")
    ] == [None] * 6


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_share_is_all_only_where_it_is(one: int, other: int) -> None:
    part, whole = sorted((one, other))
    share = percent(part, whole)
    assert (share is None) == (whole == 0)
    assert share is None or (share == 100) == (part == whole)


def test_hours_are_never_rounded_up_and_money_reads_in_wan() -> None:
    assert credit_hours(45 * 60_000 * 3 - 1) == 2
    assert (wan(41_280_000), wan(123_456_700_000_000)) == ("41.28", "123,456,700.00")


def test_a_budget_warns_above_nine_tenths_and_says_when_there_is_none() -> None:
    assert not Budget(2026, 10_000, 8_000, 1_000).is_short
    assert Budget(2026, 10_000, 8_000, 1_100).is_short
    assert Budget(2026, None, 8_000, 0).used_percent is None


def test_the_group_of_the_first_day_counts_and_of_several_the_first_named() -> None:
    day = date(2026, 5, 1)
    said = GroupFact(1, ["hardship"], is_checked=False, valid_from=day, valid_to=None)
    seen = GroupFact(
        2,
        ["veteran", "rural_transfer"],
        is_checked=True,
        valid_from=date(2026, 1, 1),
        valid_to=None,
    )
    later = GroupFact(3, ["hardship"], is_checked=True, valid_from=date(2026, 6, 1), valid_to=None)
    assert group_on([said, seen, later], day) == "rural_transfer"
    assert group_on([later], day) == "hardship"
    assert group_on([], day) == ""
