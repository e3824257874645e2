"""What codes are good for: how they are read and spelled, and why one cannot be used."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.payments.domain.orders import NUMBER_ALPHABET
from lms.payments.domain.vouchers import (
    CODE_LETTERS,
    Terms,
    Use,
    VoucherKind,
    read_code,
    spelled,
    why_not,
)

CODES = st.text(alphabet=NUMBER_ALPHABET, min_size=CODE_LETTERS, max_size=CODE_LETTERS)
DAY = date(2026, 11, 28)
TERMS = Terms(VoucherKind.VOUCHER, 2_900, "330802", DAY, DAY, course_id=7)
USE = Use("330802", 7, 3, DAY)


@given(CODES)
def test_a_code_is_read_as_it_is_printed_and_as_people_type_it(code: str) -> None:
    printed = spelled(code)
    assert printed.count("-") == 2
    for typed in (code, printed, printed.lower(), f" {printed.replace('-', ' ')} ", _wide(printed)):
        assert read_code(typed) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABCD",
        "ABCD-EFGH-JKL1",
        "ABCD-EFGH-JKLO",
        "ABCD-EFGH-2345-6",
        "培训券" * 4,
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


def test_a_code_within_its_terms_can_be_used() -> None:
    assert why_not(TERMS, USE) is None
    anywhere = replace(TERMS, course_id=None)
    assert why_not(anywhere, replace(USE, course_id=99)) is None
    assert why_not(replace(anywhere, programme_id=3), replace(USE, course_id=99)) is None


@pytest.mark.parametrize(
    ("terms", "use", "code"),
    [
        ({}, {"is_taken": True}, "code_taken"),
        ({"is_stopped": True}, {}, "code_stopped"),
        ({}, {"day": DAY + timedelta(days=1)}, "code_over"),
        ({}, {"day": DAY - timedelta(days=1)}, "code_early"),
        ({}, {"county_code": "330822"}, "code_county"),
        ({}, {"course_id": 8}, "code_course"),
        ({"course_id": None, "programme_id": 4}, {}, "code_programme"),
        ({"course_id": None, "programme_id": 4}, {"programme_id": None}, "code_programme"),
        ({}, {"used_of_batch": 1}, "code_enough"),
        ({"per_person": 2}, {"used_of_batch": 2}, "code_enough"),
        ({}, {"has_for_programme": True}, "code_one_a_programme"),
    ],
)
def test_why_a_code_cannot_be_used(terms: dict, use: dict, code: str) -> None:
    found = why_not(replace(TERMS, **terms), replace(USE, **use))
    assert found is not None
    assert found.code == code
    assert "%(" not in str(found)


def test_a_coupon_goes_with_a_voucher_of_the_same_programme() -> None:
    coupon = replace(TERMS, kind=VoucherKind.COUPON)
    assert why_not(coupon, replace(USE, has_for_programme=True)) is None


def _wide(text: str) -> str:
    """Return a text as Chinese keyboards write it."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)
