"""The second factor of staff."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts.models import TotpSecret
from lms.accounts.service import doors, sign_ins, totp
from lms.accounts.service.sign_ins import Entered, Refused, SecondFactorDue
from lms.audit.models import AuditEntry
from lms.core.access import Role
from lms.core.errors import Conflict
from lms.db.session import now
from tests.factories.accounts import asking, make_sign_in, make_staff


@pytest.fixture
def session(database):
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def person(session, keys):
    made = make_staff(session, Role.ADMINISTRATOR)
    totp.begin(session, made.id, keys=keys, now=now(session))
    queries.totp_of(session, made.id).confirmed_at = now(session)
    session.flush()
    return made


def shown(session, person, keys, at):
    """Return what the person's app shows at the moment."""
    secret = totp.plain_secret(queries.totp_of(session, person.id), keys=keys).replace(" ", "")
    return pyotp.TOTP(secret).at(at)


def accept(session, person, keys, otp, at):
    return totp.accept(session, person.id, otp, keys=keys, now=at)


def test_a_number_is_good_once(session, person, keys):
    at = now(session)
    otp = shown(session, person, keys, at)
    assert accept(session, person, keys, otp, at)
    assert not accept(session, person, keys, otp, at)


def test_a_number_overheard_earlier_is_worth_nothing_after_a_later_one(session, person, keys):
    at = now(session)
    earlier = shown(session, person, keys, at - timedelta(seconds=30))
    assert accept(session, person, keys, shown(session, person, keys, at), at)
    assert not accept(session, person, keys, earlier, at)


@pytest.mark.parametrize(("seconds", "good"), [(-30, True), (0, True), (30, True), (-90, False)])
def test_a_clock_may_be_one_step_off(session, person, keys, seconds, good):
    at = now(session)
    otp = shown(session, person, keys, at + timedelta(seconds=seconds))
    assert accept(session, person, keys, otp, at) is good


def test_the_password_alone_lets_nobody_in(session, person, visit):
    outcome = sign_ins.admit(session, person, visit, now=now(session))
    assert isinstance(outcome, SecondFactorDue)
    assert queries.browser_of_token(asking(session), outcome.token, at=now(session)) is None
    assert len(queries.live_sign_ins(session, person.id, at=now(session))) == 0


def finish(session, keys, visit, token, otp, *, at):
    return doors.with_second_factor(session, token=token, otp=otp, visit=visit, keys=keys, now=at)


def test_both_together_do_and_the_half_is_used_up(session, person, keys, visit):
    at = now(session)
    half = sign_ins.admit(session, person, visit, now=at)
    entered = finish(session, keys, visit, half.token, shown(session, person, keys, at), at=at)
    assert isinstance(entered, Entered)
    known = queries.browser_of_token(asking(session), entered.token, at=at)
    assert known.has_second_factor
    later = at + timedelta(seconds=30)
    again = finish(session, keys, visit, half.token, shown(session, person, keys, later), at=later)
    assert isinstance(again, Refused)


def test_a_half_is_over_after_five_minutes(session, person, keys, visit):
    at = now(session)
    half = sign_ins.admit(session, person, visit, now=at)
    later = at + timedelta(minutes=5)
    outcome = finish(
        session, keys, visit, half.token, shown(session, person, keys, later), at=later
    )
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "half_gone"


@pytest.mark.usefixtures("person")
def test_the_secret_cannot_be_read_in_the_database(session, keys):
    row = session.scalars(select(TotpSecret)).one()
    plain = totp.plain_secret(row, keys=keys).replace(" ", "")
    assert plain not in row.secret


def test_one_in_use_is_not_replaced_by_starting_again(session, person, keys):
    with pytest.raises(Conflict):
        totp.begin(session, person.id, keys=keys, now=now(session))


def test_a_reset_takes_it_away_signs_out_and_is_on_record(session, person, visit):
    browser = make_sign_in(session, person)
    totp.reset(session, None, person.id, now=now(session))
    session.refresh(browser)
    assert queries.totp_of(session, person.id) is None
    assert browser.revoked_at is not None
    assert session.scalars(select(AuditEntry.action)).all() == ["second_factor.reset"]
    assert isinstance(sign_ins.admit(session, person, visit, now=now(session)), Entered)
