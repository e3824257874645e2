"""What a complete list says of those it does not name, and what a list adds to what is known."""

from datetime import date
from typing import Any

import pytest

from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource
from lms.subsidy.domain.impossible import contradiction
from lms.subsidy.domain.lists import ListKind, Told, known_of, with_list

LISTED = date(2026, 3, 1)
BEFORE, AFTER = date(2026, 2, 1), date(2026, 4, 1)


def fact(
    key: FactKey, value: Any, source: FactSource = FactSource.DECLARED, since: date = LISTED
) -> DatedFact:
    return DatedFact(7, key, value, source, since)


def known(facts: list[DatedFact], kind: ListKind, *, on: date = AFTER) -> dict[FactKey, Any]:
    found = known_of(facts, [Told(kind, LISTED)], first_day=on, today=on)
    return {key: each.value for key, each in found.items()}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (ListKind.PENSION, FactKey.RECEIVING_PENSION, False),
        (ListKind.PUBLIC_STAFF, FactKey.PUBLIC_STAFF, False),
        (ListKind.SUBSIDIES, FactKey.PAST_SUBSIDIES, []),
    ],
)
def test_who_is_not_on_a_complete_list_is_not_so(kind: ListKind, key: FactKey, value: Any) -> None:
    assert known([], kind) == {key: value}
    # Before the day of the list it says nothing.
    assert known([], kind, on=BEFORE) == {}


def test_who_is_on_it_is_so_and_a_later_list_takes_it_back() -> None:
    named = fact(FactKey.PUBLIC_STAFF, value=True, source=FactSource.IMPORT)
    assert known([named], ListKind.PUBLIC_STAFF) == {FactKey.PUBLIC_STAFF: True}
    earlier = fact(FactKey.PUBLIC_STAFF, value=True, source=FactSource.IMPORT, since=BEFORE)
    assert known([earlier], ListKind.PUBLIC_STAFF) == {FactKey.PUBLIC_STAFF: False}
    later = fact(FactKey.PUBLIC_STAFF, value=True, source=FactSource.STAFF, since=AFTER)
    assert known([later], ListKind.PUBLIC_STAFF) == {FactKey.PUBLIC_STAFF: True}


def test_a_list_goes_before_what_was_only_said() -> None:
    said = fact(FactKey.RECEIVING_PENSION, value=True, since=AFTER)
    assert known([said], ListKind.PENSION) == {FactKey.RECEIVING_PENSION: False}


def test_a_list_of_the_unemployed_denies_one_group_alone() -> None:
    said = fact(FactKey.GROUPS, ["hardship", "registered_unemployed"])
    kind = ListKind.REGISTERED_UNEMPLOYED
    assert known([said], kind) == {FactKey.GROUPS: ["hardship"]}
    other = fact(FactKey.GROUPS, ["rural_transfer"])
    assert known([other], kind) == {FactKey.GROUPS: ["rural_transfer"]}
    assert known([], kind) == {}
    checked = fact(FactKey.GROUPS, ["registered_unemployed"], FactSource.DOCUMENT, AFTER)
    assert known([checked], kind) == {FactKey.GROUPS: ["registered_unemployed"]}
    older = fact(FactKey.GROUPS, ["registered_unemployed"], FactSource.DOCUMENT, BEFORE)
    assert known([older], kind) == {FactKey.GROUPS: []}
    assert known([said], kind, on=BEFORE) == {}


def test_a_payment_somebody_checked_is_never_forgotten() -> None:
    paid = [{"kind": "training", "status": "paid"}]
    own = fact(FactKey.PAST_SUBSIDIES, paid, FactSource.STAFF, BEFORE)
    assert known([own], ListKind.SUBSIDIES) == {FactKey.PAST_SUBSIDIES: paid}


def test_a_list_adds_to_what_was_checked_before() -> None:
    told = Told(ListKind.REGISTERED_UNEMPLOYED, LISTED)
    checked = fact(FactKey.GROUPS, ["hardship"], FactSource.STAFF, BEFORE)
    said = fact(FactKey.GROUPS, ["veteran"], since=BEFORE)
    value = with_list([checked, said], told, [], is_complete=False)
    assert value == ["hardship", "registered_unemployed"]
    paid, more = {"date": "2025-01-01"}, {"date": "2025-02-01"}
    before = fact(FactKey.PAST_SUBSIDIES, [paid], FactSource.IMPORT, BEFORE)
    told = Told(ListKind.SUBSIDIES, LISTED)
    assert with_list([before], told, [paid, more], is_complete=False) == [paid, more]
    assert with_list([before], told, [more], is_complete=True) == [more]
    assert with_list([], Told(ListKind.PENSION, LISTED), [], is_complete=True) is True


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (
            {FactKey.PUBLIC_STAFF: True, FactKey.GROUPS: ["registered_unemployed"]},
            "staff_and_unemployed",
        ),
        (
            {FactKey.FULL_TIME_STUDENT: True, FactKey.GROUPS: ["unschooled_leaver"]},
            "student_and_leaver",
        ),
        (
            {FactKey.RECEIVING_PENSION: True, FactKey.BIRTH_DATE: "1990-03-02"},
            "pension_and_age",
        ),
        ({FactKey.RECEIVING_PENSION: True, FactKey.BIRTH_DATE: "1986-03-01"}, None),
        ({FactKey.RECEIVING_PENSION: True, FactKey.FULL_TIME_STUDENT: True}, None),
        ({FactKey.PUBLIC_STAFF: False, FactKey.GROUPS: ["registered_unemployed"]}, None),
        ({FactKey.PUBLIC_STAFF: None, FactKey.GROUPS: None}, None),
    ],
)
def test_only_what_cannot_be_is_refused(values: dict[FactKey, Any], code: str | None) -> None:
    found = contradiction(values, LISTED)
    assert (found.code if found else None) == code
