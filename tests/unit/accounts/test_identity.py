"""Identity numbers: read however typed, refused for what is really wrong, never for a place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain import identity

TODAY = date(2026, 11, 26)
# The standard's own examples, and synthetic ones of the sequence 000, which is never issued.
SOUND = [
    "11010519491231002X",
    "440524188001010014",
    "330802199001010002",
    "33080219900106000X",
    "330824200802290001",
    "331127200911300004",
]
DIGITS = st.sampled_from("0123456789")
DAYS = st.dates(date(1900, 1, 1), TODAY)


def number_of(place: str, born: date, order: str) -> str:
    body = f"{place}{born:%Y%m%d}{order}"
    return body + identity.check_sign(body)


def fault(text: str) -> str | None:
    found = identity.number_fault(identity.normal_number(text), today=TODAY)
    return found.code if found else None


@pytest.mark.parametrize("number", SOUND)
def test_sound_numbers_are_taken(number):
    assert fault(number) is None


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002x",
    ],
)
def test_a_number_typed_in_three_ways_is_one_number(typed):
    assert identity.normal_number(typed) == "11010519491231002X"
    assert fault(typed) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "id_missing"),
        ("110105491231002", "id_old"),
        ("1101051949123100", "id_length"),
        ("1101051949123100222", "id_length"),
        ("110105194912310O2X", "id_signs"),
        ("X10105194912310020", "id_signs"),
        ("330802199002300001", "id_date"),
        ("330802209901010001", "id_date"),
        ("440524178001010014", "id_date"),
        ("110105194912310021", "id_check"),
    ],
)
def test_what_is_wrong_is_named(typed, said):
    assert fault(typed) == said


@given(st.text(DIGITS, min_size=6, max_size=6), DAYS, st.text(DIGITS, min_size=3, max_size=3))
def test_no_place_is_a_reason_to_refuse(place, born, order):
    number = number_of(place, born, order)
    assert fault(number) is None
    assert identity.birth_date_of(number) == born
    assert identity.sex_of(number) == ("M" if int(order[2]) % 2 else "F")


@given(DAYS, st.text(DIGITS, min_size=3, max_size=3), st.integers(0, 16), st.integers(1, 9))
def test_one_digit_mistyped_is_always_seen(born, order, place, shift):
    number = number_of("330802", born, order)
    other = str((int(number[place]) + shift) % 10)
    assert fault(number[:place] + other + number[place + 1 :]) is not None


@given(DAYS, st.text(DIGITS, min_size=3, max_size=3))
def test_a_mask_shows_the_last_four_signs_alone(born, order):
    number = number_of("330802", born, order)
    mask = identity.masked_number(number)
    assert mask == "*" * 14 + number[-4:]


@pytest.mark.parametrize(
    ("born", "fits", "guardian"),
    [
        (date(2010, 11, 27), False, False),
        (date(2010, 11, 26), True, True),
        (date(2008, 11, 27), True, True),
        (date(2008, 11, 26), True, False),
    ],
)
def test_sixteen_may_learn_and_needs_a_guardian_until_eighteen(born, fits, guardian):
    assert (identity.age_fault(born, today=TODAY) is None) is fits
    assert identity.needs_guardian(born, today=TODAY) is guardian
