"""Unified social credit codes: known good ones, and what one wrong sign does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.uscc import is_uscc, normal_uscc

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# The worked example of the standard's text, and two companies' public codes.
GOOD = ("91350100M000100Y43", "91330106MA2CFLDG4R", "914403001922038216")


@pytest.mark.parametrize("code", GOOD)
def test_a_real_code_is_good(code: str) -> None:
    assert is_uscc(code)


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y4", "91350100M000100Y433", "91350100I000100Y43", "９" * 18]
)
def test_what_is_no_code_is_not(code: str) -> None:
    assert not is_uscc(code)


def test_it_is_stored_plain() -> None:
    assert normal_uscc(" 9135 0100 m000100y43") == "91350100M000100Y43"
    assert normal_uscc("９１350100M000100Y43") == "91350100M000100Y43"


@given(st.sampled_from(GOOD), st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_found(code: str, place: int, sign: str) -> None:
    wrong = code[:place] + sign + code[place + 1 :]
    assert is_uscc(wrong) == (wrong == code)
