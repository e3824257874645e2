"""Numbers of bank accounts: read however typed, doubted but not refused for the check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain import bank


@pytest.mark.parametrize("typed", ["6222 0212 0200 1234 562", "６222-0212０２00１２３４562"])
def test_blanks_and_full_width_digits_are_mended(typed):
    assert bank.normal_account(typed) == "6222021202001234562"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "account_missing"),
        ("62220212020012", "account_length"),
        ("6222a21202001234", "account_signs"),
    ],
)
def test_what_is_wrong_is_named(number, said):
    found = bank.account_fault(number)
    assert found is not None
    assert found.code == said


def test_a_card_number_that_fits_its_check_digit_is_not_doubted():
    assert not bank.looks_mistyped("4539578763621486")
    assert bank.looks_mistyped("4539578763621487")


@given(st.text(st.sampled_from("0123456789"), min_size=15, max_size=18))
def test_exactly_one_last_digit_fits(body):
    assert sum(not bank.looks_mistyped(body + str(digit)) for digit in range(10)) == 1


def test_a_mask_shows_the_last_four_digits_alone():
    assert bank.masked_account("6222021202001234562") == "***************4562"
