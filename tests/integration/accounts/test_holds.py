"""A long silent number on a new device: asked whose it is, locked or freed, nothing old shown."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from lms.accounts import queries
from lms.accounts.domain.devices import visit_of
from lms.accounts.domain.people import NewPerson
from lms.accounts.domain.proofs import SILENT_FOR
from lms.accounts.models import CodePurpose, Person, SignIn
from lms.accounts.service import codes, doors, holds, identities, security, totp
from lms.accounts.service.consents import Given
from lms.accounts.service.security import TypedCode
from lms.accounts.service.sign_ins import Entered, NameDue, OwnerDue, Refused
from lms.core.access import Actor, Role
from lms.core.errors import Conflict
from lms.db.session import now
from tests.factories.accounts import make_person, make_sign_in, make_staff, sent_code
from tests.factories.identity import agree, make_number

PHONE = "13857005678"
BROWSER = "n" * 32


@pytest.fixture
def silent(database):
    """A learner last seen so long ago that the number may be somebody else's."""
    with database.transaction() as session:
        long_ago = now(session) - SILENT_FOR - timedelta(hours=1)
        person = make_person(session, phone=PHONE, created_at=long_ago)
        agree(session, person, "terms", "privacy", "sensitive")
        make_sign_in(
            session,
            person,
            created_at=long_ago,
            last_seen_at=long_ago,
            browser_hash=visit_of("x", number=BROWSER, replaces=None).browser_hash,
        )
        return person


def come(database, keys, number="m" * 32):
    visit = visit_of("Mozilla/5.0 (Linux; Android 10)", number=number, replaces=None)
    with database.transaction() as session:
        codes.send_code(
            session,
            phone=PHONE,
            purpose=CodePurpose.SIGN_IN,
            keys=keys,
            locale=None,
            now=now(session),
        )
    with database.transaction() as session:
        return visit, doors.with_code(
            session,
            phone=PHONE,
            code=sent_code(database, PHONE),
            visit=visit,
            keys=keys,
            now=now(session),
        )


def answer(database, keys, *, is_mine):
    visit, due = come(database, keys)
    assert isinstance(due, OwnerDue)
    with database.transaction() as session:
        if is_mine:
            return doors.as_owner(session, code_id=due.code_id, visit=visit, now=now(session))
        return doors.as_somebody_else(session, code_id=due.code_id, now=now(session))


def person_of(database, person):
    with database.snapshot() as session:
        return session.get_one(Person, person.id)


def actor_of(person):
    return Actor(person.id, person.name, (), 1)


def declare(database, keys, person):
    with database.transaction() as session:
        identities.declare(
            session,
            person_id=person.id,
            number=make_number(),
            by_id=person.id,
            keys=keys,
            now=now(session),
        )


def test_the_owner_comes_in_and_may_learn_but_not_touch_what_money_hangs_on(database, keys, silent):
    assert isinstance(answer(database, keys, is_mine=True), Entered)
    with pytest.raises(Conflict, match="person_held"):
        declare(database, keys, silent)


def test_who_says_no_begins_anew_and_the_old_account_keeps_all_but_the_number(
    database, keys, silent
):
    due = answer(database, keys, is_mine=False)
    assert isinstance(due, NameDue)
    old = person_of(database, silent)
    assert (old.phone, old.former_phone, old.name) == (None, PHONE, silent.name)
    visit = visit_of("x", number="m" * 32, replaces=None)
    with database.transaction() as session:
        entered = doors.as_new_person(
            session,
            code_id=due.code_id,
            new=NewPerson("周敏", county=silent.county_code),
            visit=visit,
            given=Given(),
            now=now(session),
        )
    assert entered.person_id != silent.id
    with database.snapshot() as session:
        live = queries.live_sign_ins(session, silent.id, at=now(session))
        assert not live


@pytest.mark.parametrize("what", ["seen lately", "known browser", "second factor"])
def test_nobody_else_is_asked(database, keys, silent, what):
    number = "m" * 32
    with database.transaction() as session:
        if what == "seen lately":
            session.execute(update(SignIn).values(last_seen_at=now(session) - timedelta(days=80)))
        elif what == "known browser":
            number = BROWSER
        else:
            totp.begin(session, silent.id, keys=keys, now=now(session))
            queries.totp_of(session, silent.id).confirmed_at = now(session)
    _, outcome = come(database, keys, number)
    assert not isinstance(outcome, OwnerDue)


def test_somebody_added_by_a_list_long_ago_is_asked_at_the_first_sign_in(database, keys):
    with database.transaction() as session:
        make_person(session, phone=PHONE, created_at=now(session) - SILENT_FOR)
    _, outcome = come(database, keys)
    assert isinstance(outcome, OwnerDue)


def test_a_password_from_before_unlocks_and_a_newer_one_does_not(database, keys, silent):
    with database.transaction() as session:
        session.execute(update(Person).values(password_hash="hash", password_at=None))
    answer(database, keys, is_mine=True)
    with database.transaction() as session:
        session.execute(update(Person).values(password_at=now(session) + timedelta(minutes=1)))
    with pytest.raises(Conflict, match="password_too_new"), database.transaction() as session:
        holds.free_with_password(session, actor_of(silent), verified_hash="hash", now=now(session))
    with database.transaction() as session:
        session.execute(update(Person).values(password_at=None))
        holds.free_with_password(session, actor_of(silent), verified_hash="hash", now=now(session))
    assert person_of(database, silent).held_at is None
    declare(database, keys, silent)


def test_staff_who_have_the_person_before_them_unlock(database, keys, silent):
    answer(database, keys, is_mine=True)
    with database.transaction() as session:
        clerk = make_staff(session, Role.ADMINISTRATOR)
        holds.free_in_person(session, actor_of(clerk), person_id=silent.id, now=now(session))
    declare(database, keys, silent)


def test_a_forgotten_password_is_no_way_around(database, keys, silent):
    with database.transaction() as session:
        codes.send_code(
            session,
            phone=PHONE,
            purpose=CodePurpose.NEW_PASSWORD,
            keys=keys,
            locale=None,
            now=now(session),
        )
    code = sent_code(database, PHONE)
    with database.transaction() as session:
        outcome = security.replace_password(
            session,
            TypedCode(PHONE, code),
            new_hash="new",
            visit=visit_of("x", number="m" * 32, replaces=None),
            keys=keys,
            now=now(session),
        )
    assert isinstance(outcome, Refused)
    assert person_of(database, silent).password_hash is None
