"""Amounts in capital numerals: as the rules spell them, and read back as the same amount."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.payments.domain.capitals import MOST_FEN, in_capitals

_DIGITS = {word: digit for digit, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = {"仟": 1_000, "佰": 100, "拾": 10, "": 1}
_SHAPE = re.compile(
    r"人民币(?:(?P<yuan>.+)元)?(?:整|零?(?:(?P<jiao>.)角)?(?:(?P<fen>.)分)?)", re.DOTALL
)


def read_back(words: str) -> int:
    """Return the amount in fen that capital numerals say, whoever wrote them."""
    found = _SHAPE.fullmatch(words)
    assert found is not None, words
    yuan, rest = 0, found["yuan"] or ""
    for sign, worth in (("亿", 10**8), ("万", 10**4)):
        head, is_there, tail = rest.partition(sign)
        if is_there:
            yuan, rest = yuan + worth * _four(head), tail
    yuan += _four(rest)
    return yuan * 100 + 10 * _DIGITS[found["jiao"] or "零"] + _DIGITS[found["fen"] or "零"]


def _four(words: str) -> int:
    each = re.findall(r"([壹贰叁肆伍陆柒捌玖])([仟佰拾]?)", words)
    return sum(_DIGITS[digit] * _PLACES[place] for digit, place in each)


# The examples of the rules for filling in papers of payment (支付结算办法, annex 1), and a few of
# our own; where the rules leave a zero open, this is how we write it.
SPELT = {
    1_409_50: "人民币壹仟肆佰零玖元伍角",
    6_007_14: "人民币陆仟零柒元壹角肆分",
    1_680_32: "人民币壹仟陆佰捌拾元叁角贰分",
    107_000_53: "人民币壹拾万零柒仟元伍角叁分",
    16_409_02: "人民币壹万陆仟肆佰零玖元零贰分",
    325_04: "人民币叁佰贰拾伍元零肆分",
    0: "人民币零元整",
    3: "人民币叁分",
    70: "人民币柒角",
    29_00: "人民币贰拾玖元整",
    10_00: "人民币壹拾元整",
    100_05: "人民币壹佰元零伍分",
    10_000_00: "人民币壹万元整",
    10_000_001_00: "人民币壹仟万零壹元整",
    100_000_000_00: "人民币壹亿元整",
    100_000_001_00: "人民币壹亿零壹元整",
    100_010_000_00: "人民币壹亿零壹万元整",
}


@pytest.mark.parametrize(("fen", "words"), SPELT.items())
def test_it_is_spelt_as_the_rules_say(fen: int, words: str) -> None:
    assert in_capitals(fen) == words
    assert read_back(words) == fen


def test_every_amount_of_a_course_is_read_back_and_none_is_spelt_as_another() -> None:
    # Up to 2,000 yuan each fen, so every pattern of zeros in three digits and behind the point.
    spelt = {in_capitals(fen): fen for fen in range(200_001)}
    assert len(spelt) == 200_001
    assert all(read_back(words) == fen for words, fen in spelt.items())


@given(st.integers(min_value=0, max_value=MOST_FEN))
def test_any_amount_is_read_back_and_has_no_zero_too_many(fen: int) -> None:
    words = in_capitals(fen)
    assert read_back(words) == fen
    assert "零零" not in words
    assert not re.search("零[万亿角分拾佰仟]", words)
    assert "零元" not in words or fen == 0
    assert words.endswith("整") == (fen % 100 == 0)


@pytest.mark.parametrize("fen", [-1, MOST_FEN + 1])
def test_what_these_words_cannot_say_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        in_capitals(fen)
