"""Passwords and one-time codes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain import proofs
from lms.accounts.domain.proofs import LiveCode, Verdict

NOW = datetime(2026, 5, 18, 16, 0, tzinfo=UTC)
PHONE = "13857005678"


def hashed(code, *, phone=PHONE, purpose="sign_in", pepper=b"pepper"):
    return proofs.code_digest(pepper, phone=phone, purpose=purpose, code=code)


def live(code="407215", *, tries=0, left=timedelta(minutes=5)):
    return LiveCode(hashed(code), tries, NOW + left)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("seven77", "password_short"),
        ("x" * 100 + "y" * 101, "password_long"),
        (PHONE, "password_is_phone"),
        ("57005678", "password_is_phone"),
        ("8613857005678", "password_is_phone"),
        ("12345678", "password_common"),
        ("PassWord", "password_common"),
        ("ｐａｓｓｗｏｒｄ", "password_common"),
        ("aaaaaaaa", "password_common"),
    ],
)
def test_a_weak_password_is_refused_in_words(password, code):
    fault = proofs.password_fault(password, PHONE)
    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize(
    "password", ["柚子常山胡柚熟了呀", "blue-pomelo-42", "20394857", "x" * 7 + "y"]
)
def test_a_fair_password_will_do(password):
    assert proofs.password_fault(password, PHONE) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "code_missing"),
        ("40721", "code_short"),
        ("4072155", "code_long"),
        ("40721x", "code_malformed"),
        ("４０７２１", "code_short"),
    ],
)
def test_what_cannot_be_a_code_is_told_before_it_costs_a_try(typed, code):
    fault = proofs.code_fault(proofs.normal_code(typed))
    assert fault is not None
    assert fault.code == code


def test_the_blanks_a_phone_puts_in_do_no_harm():
    assert proofs.normal_code(" 407 215\n") == "407215"


def test_the_right_code_is_right_until_five_minutes_are_over():
    assert proofs.judge_code(live(), hashed("407215"), at=NOW) == Verdict.RIGHT
    last = NOW + timedelta(minutes=5)
    assert proofs.judge_code(live(), hashed("407215"), at=last - timedelta(seconds=1)) == "right"
    assert proofs.judge_code(live(), hashed("407215"), at=last) == Verdict.GONE


def test_the_fifth_wrong_try_spends_the_code():
    wrong = hashed("000000")
    assert [proofs.judge_code(live(tries=n), wrong, at=NOW) for n in range(5)] == [
        Verdict.WRONG,
        Verdict.WRONG,
        Verdict.WRONG,
        Verdict.WRONG,
        Verdict.SPENT,
    ]
    assert proofs.judge_code(live(tries=5), hashed("407215"), at=NOW) == Verdict.GONE


def test_no_code_is_like_a_code_that_is_over():
    assert proofs.judge_code(None, hashed("407215"), at=NOW) == Verdict.GONE


def test_a_code_is_good_for_one_number_one_purpose_and_one_installation():
    right = hashed("407215")
    assert hashed("407215", phone="13857005679") != right
    assert hashed("407215", purpose="confirm") != right
    assert hashed("407215", pepper=b"another") != right


@given(st.integers(0, 200))
def test_another_code_waits_a_whole_minute(seconds):
    at = NOW + timedelta(seconds=seconds)
    assert proofs.seconds_to_resend(NOW, at=at) == max(0, 60 - seconds)


def test_a_started_second_still_counts():
    assert proofs.seconds_to_resend(NOW, at=NOW + timedelta(seconds=59.5)) == 1


def test_a_proof_is_fresh_for_ten_minutes():
    assert proofs.is_confirmed(NOW, at=NOW + timedelta(minutes=9, seconds=59))
    assert not proofs.is_confirmed(NOW, at=NOW + timedelta(minutes=10))
    assert not proofs.is_confirmed(None, at=NOW)
