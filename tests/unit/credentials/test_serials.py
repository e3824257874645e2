"""Badge numbers survive being read aloud, copied by hand and pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.credentials.domain.serials import LETTERS, serial_from, serial_of, uuid_of

ID = "697ad60b-2a8a-420a-931f-bb71aa8d0aac"


@given(st.integers(2020, 2099), st.text(LETTERS, min_size=8, max_size=8))
def test_every_number_is_read_back(year: int, drawn: str) -> None:
    serial = serial_from(year, drawn)
    assert serial_of(serial) == serial
    assert serial_of(serial.lower().replace("-", " ")) == serial


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("XB26-8C2F-71KD", "XB26-8C2F-71KD"),
        ("ＸＢ26 8c2f—71kd", "XB26-8C2F-71KD"),
        ("xb26.o0il.0000", "XB26-0011-0000"),
    ],
)
def test_look_alikes_and_full_width_signs_are_mended(typed: str, meant: str) -> None:
    assert serial_of(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "XB26", "XB26-8C2F-71K", "XB26-8C2F-71KDD", "YB26-8C2F-71KD", "XB26-8C2F-71KU"]
)
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert serial_of(typed) is None


def test_an_id_is_found_in_whatever_was_pasted() -> None:
    assert uuid_of(f"https://xiangbo.example/credentials/{ID.upper()}.pdf") == ID
    assert uuid_of(f"urn:uuid:{ID}") == ID
    assert uuid_of("x" * 10_000 + ID) is None
