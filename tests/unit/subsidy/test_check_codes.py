"""A code is the same for the same list alone, and is read however it was typed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.subsidy.domain.check_codes import check_code, code_of


def test_a_code_is_the_beginning_of_the_digest_in_crockfords_letters() -> None:
    # The first sixty bits, five by five, worked out by hand here.
    bits = f"{int(hashlib.sha256('名单'.encode()).hexdigest(), 16):0256b}"
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    signs = "".join(letters[int(bits[at : at + 5], 2)] for at in range(0, 60, 5))
    assert check_code("名单") == f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def test_another_content_has_another_code() -> None:
    rows = [f"张*明 **************{n:04d} 600.00" for n in range(3_000)]
    one = check_code("\n".join(rows))
    rows[1_500] = rows[1_500].replace("600.00", "800.00")
    assert check_code("\n".join(rows)) != one


@given(st.text())
def test_a_code_typed_from_paper_is_read_again(content: str) -> None:
    code = check_code(content)
    assert code_of(code) == code
    assert code_of(f"  {code.lower().replace('-', ' ')} ") == code
    assert code_of(code.replace("0", "O").replace("1", "l").replace("-", "－")) == code


@pytest.mark.parametrize("typed", ["", "7K3M-9QXA", "7K3M-9QXA-2B4U", "7K3M-9QXA-2B4C-5"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert code_of(typed) is None
