"""One-time codes from sending to use."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lms.accounts.domain.proofs import Verdict
from lms.accounts.models import CodePurpose, OneTimeCode
from lms.accounts.service import codes
from lms.db.session import now
from lms.notify.models import SmsMessage
from tests.factories.accounts import sent_code

PHONE = "13857005678"
SIGN_IN = CodePurpose.SIGN_IN


def send(database, keys, *, later=timedelta(0), purpose=SIGN_IN):
    with database.transaction() as session:
        return codes.send_code(
            session,
            phone=PHONE,
            purpose=purpose,
            keys=keys,
            locale=None,
            now=now(session) + later,
        )


def try_code(database, keys, code, *, later=timedelta(0), purpose=SIGN_IN):
    """Return the verdict; a right code is used up."""
    with database.transaction() as session:
        at = now(session) + later
        found = codes.try_code(session, phone=PHONE, purpose=purpose, code=code, keys=keys, now=at)
        if isinstance(found, Verdict):
            return found
        codes.redeem(found, now=at)
        return Verdict.RIGHT


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_lets_in_once(database, keys):
    assert send(database, keys) == 60
    code = sent_code(database, PHONE)
    assert try_code(database, keys, code) == Verdict.RIGHT
    assert try_code(database, keys, code) == Verdict.GONE


def test_five_wrong_tries_spend_the_code_for_good(database, keys):
    send(database, keys)
    code = sent_code(database, PHONE)
    verdicts = [try_code(database, keys, other_than(code)) for _ in range(5)]
    assert verdicts == ["wrong"] * 4 + ["spent"]
    assert try_code(database, keys, code) == Verdict.GONE


def test_the_right_code_after_four_wrong_ones_is_right(database, keys):
    send(database, keys)
    code = sent_code(database, PHONE)
    for _ in range(4):
        try_code(database, keys, other_than(code))
    assert try_code(database, keys, code) == Verdict.RIGHT


def test_a_code_is_over_after_five_minutes(database, keys):
    send(database, keys)
    code = sent_code(database, PHONE)
    assert try_code(database, keys, code, later=timedelta(minutes=5, seconds=1)) == Verdict.GONE


def test_a_code_for_one_purpose_is_none_for_another(database, keys):
    send(database, keys)
    code = sent_code(database, PHONE)
    assert try_code(database, keys, code, purpose=CodePurpose.NEW_PASSWORD) == Verdict.GONE


def test_within_a_minute_nothing_more_is_sent(database, keys):
    send(database, keys)
    first = sent_code(database, PHONE)
    assert 0 < send(database, keys, later=timedelta(seconds=30)) <= 30
    with database.snapshot() as session:
        assert len(session.scalars(select(SmsMessage)).all()) == 1
    assert try_code(database, keys, first) == Verdict.RIGHT


def test_after_a_minute_a_new_code_replaces_the_old_one(database, keys):
    send(database, keys)
    first = sent_code(database, PHONE)
    send(database, keys, later=timedelta(seconds=61))
    second = sent_code(database, PHONE)
    if second != first:
        assert try_code(database, keys, first, later=timedelta(seconds=62)) == Verdict.WRONG
    assert try_code(database, keys, second, later=timedelta(seconds=62)) == Verdict.RIGHT


def test_the_code_itself_is_not_kept_beside_the_number(database, keys):
    send(database, keys)
    code = sent_code(database, PHONE)
    with database.snapshot() as session:
        row = session.scalars(select(OneTimeCode)).one()
        assert code not in row.code_hash
        assert len(row.code_hash) == 64


def live_twice(session):
    at = now(session)
    for _ in range(2):
        session.add(
            OneTimeCode(
                phone=PHONE, purpose=SIGN_IN, code_hash="x" * 64, created_at=at, expires_at=at
            )
        )
    session.flush()


def test_the_database_keeps_one_live_code_a_number(database):
    with pytest.raises(IntegrityError), database.transaction() as session:
        live_twice(session)


def test_without_the_index_there_would_be_two(database):
    with database.transaction() as session:
        session.execute(text("DROP INDEX uq_one_time_code_live"))
        live_twice(session)
        assert len(session.scalars(select(OneTimeCode)).all()) == 2
