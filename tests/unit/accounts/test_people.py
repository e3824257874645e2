"""Numbers and names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain.people import (
    masked_phone,
    name_fault,
    normal_name,
    normal_phone,
    phone_fault,
)

numbers = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    "typed",
    [
        "13857005678",
        "138 5700 5678",
        "138-5700-5678",
        "+86 138 5700 5678",
        "+8613857005678",
        "008613857005678",
        "１３８５７００５６７８",
        "　138 5700 5678\n",
        "138–5700—5678",
    ],
)
def test_one_number_is_one_number_however_it_is_typed(typed):
    assert normal_phone(typed) == "13857005678"
    assert phone_fault(normal_phone(typed)) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_missing"),
        ("1385700567", "phone_length"),
        ("138570056789", "phone_length"),
        ("12857005678", "phone_malformed"),
        ("+1 212 555 0100", "phone_malformed"),
        ("+852 9123 4567", "phone_malformed"),
        ("1385700567a", "phone_malformed"),
        ("١٣٨٥٧٠٠٥٦٧٨", "phone_malformed"),
        ("13857005678\x00", "phone_malformed"),
    ],
)
def test_what_is_no_mobile_number_is_refused_in_words(typed, code):
    fault = phone_fault(normal_phone(typed))
    assert fault is not None
    assert fault.code == code


@given(numbers)
def test_a_number_survives_being_normalised_again(number):
    assert normal_phone(normal_phone(number)) == number
    assert phone_fault(number) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_becomes_eleven_plain_digits_or_a_fault(typed):
    phone = normal_phone(typed)
    if phone_fault(phone) is None:
        assert len(phone) == 11
        assert set(phone) <= set("0123456789")


@given(numbers)
def test_a_masked_number_hides_four_digits(number):
    assert masked_phone(number) == number[:3] + "****" + number[7:]


def test_nobody_without_a_number_has_a_mask():
    assert masked_phone(None) == ""


@pytest.mark.parametrize(
    "name", ["林秀芳", "阿卜杜拉·买买提", "Anna-Maria O’Neill", "欧阳 娜", "李\U00020000"]
)
def test_names_of_every_kind_are_names(name):
    assert name_fault(normal_name(name)) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_missing"),
        ("   ", "name_missing"),
        ("林" * 51, "name_long"),
        ("林\n秀芳", "name_characters"),
        ("林\x00", "name_characters"),
        ("林\u202e芳", "name_characters"),
        ("林\u200b芳", "name_characters"),
    ],
)
def test_what_cannot_stand_on_a_badge_is_refused(name, code):
    fault = name_fault(normal_name(name))
    assert fault is not None
    assert fault.code == code


def test_fifty_characters_are_not_too_many():
    assert name_fault("林" * 50) is None


@given(st.text(max_size=80))
def test_a_name_that_passes_has_nothing_unseen_and_stays_the_same(text):
    name = normal_name(text)
    assert normal_name(name) == name
    if name_fault(name) is None:
        assert 0 < len(name) <= 50
        assert all(unicodedata.category(sign)[0] != "C" for sign in name)
