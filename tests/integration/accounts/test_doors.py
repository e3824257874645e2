"""The ways in, below the pages."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import queries
from lms.accounts.domain.people import NewPerson
from lms.accounts.domain.texts import TO_SIGN_UP
from lms.accounts.models import CodePurpose, Consent, Person, SignIn
from lms.accounts.service import codes, doors, sign_ins
from lms.accounts.service.consents import Given
from lms.accounts.service.sign_ins import Entered, NameDue, Refused
from lms.core.access import Role
from lms.core.errors import Conflict, InvalidInput
from lms.core.ids import digest
from lms.db.session import now
from tests.factories.accounts import asking, make_county, make_person, make_staff, sent_code
from tests.factories.identity import agree

PHONE = "13857005678"


def prove(database, keys, visit, *, phone=PHONE):
    """Send a code and give it back."""
    with database.transaction() as session:
        codes.send_code(
            session,
            phone=phone,
            purpose=CodePurpose.SIGN_IN,
            keys=keys,
            locale=None,
            now=now(session),
        )
    with database.transaction() as session:
        return doors.with_code(
            session,
            phone=phone,
            code=sent_code(database, phone),
            visit=visit,
            keys=keys,
            now=now(session),
        )


def become(database, outcome, visit, *, new=None, later=timedelta(0)):
    with database.transaction() as session:
        return doors.as_new_person(
            session,
            code_id=outcome.code_id,
            new=new or NewPerson("林秀芳"),
            visit=visit,
            given=Given(network="203.0.113.0/24"),
            now=now(session) + later,
        )


def with_password(database, visit, *, verified_hash):
    with database.transaction() as session:
        return doors.with_password(
            session, phone=PHONE, verified_hash=verified_hash, visit=visit, now=now(session)
        )


def test_a_known_number_that_proves_a_code_is_in(database, keys, visit):
    with database.transaction() as session:
        person = make_person(session, phone=PHONE)
        agree(session, person, *TO_SIGN_UP)
    outcome = prove(database, keys, visit)
    assert isinstance(outcome, Entered)
    with database.snapshot() as session:
        known = queries.browser_of_token(asking(session), outcome.token, at=now(session))
        assert known.actor.person_id == person.id


def test_a_new_number_becomes_a_person_who_agreed_to_both_texts(database, keys, visit):
    with database.transaction() as session:
        make_county(session)
    outcome = prove(database, keys, visit)
    assert isinstance(outcome, NameDue)
    entered = become(database, outcome, visit)
    with database.snapshot() as session:
        person = session.get_one(Person, entered.person_id)
        assert (person.phone, person.name, person.county_code) == (PHONE, "林秀芳", "330822")
        agreed = session.scalars(select(Consent.subject).where(Consent.person_id == person.id))
        assert sorted(agreed) == ["privacy", "terms"]


def test_a_proof_makes_one_person_only(database, keys, visit):
    with database.transaction() as session:
        make_county(session)
    outcome = prove(database, keys, visit)
    become(database, outcome, visit)
    with pytest.raises(Conflict):
        become(database, outcome, visit)
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_proof_is_over_after_a_quarter_of_an_hour(database, keys, visit):
    with database.transaction() as session:
        make_county(session)
    outcome = prove(database, keys, visit)
    with pytest.raises(Conflict):
        become(database, outcome, visit, later=timedelta(minutes=16))


def test_a_code_that_was_not_given_back_proves_nothing(database, keys, visit):
    with database.transaction() as session:
        make_county(session)
        codes.send_code(
            session,
            phone=PHONE,
            purpose=CodePurpose.SIGN_IN,
            keys=keys,
            locale=None,
            now=now(session),
        )
        unproven = NameDue(queries.live_code(session, PHONE, "sign_in").id)
    with pytest.raises(Conflict):
        become(database, unproven, visit)


@pytest.mark.parametrize("county", [None, "999999"])
def test_where_there_are_two_counties_one_of_them_must_be_chosen(database, keys, visit, county):
    with database.transaction() as session:
        make_county(session)
        make_county(session, "330881")
    outcome = prove(database, keys, visit)
    with pytest.raises(InvalidInput) as caught:
        become(database, outcome, visit, new=NewPerson("林秀芳", county))
    assert list(caught.value.fields) == ["county"]
    entered = become(database, outcome, visit, new=NewPerson("林秀芳", "330881"))
    with database.snapshot() as session:
        assert session.get_one(Person, entered.person_id).county_code == "330881"


def test_a_password_that_was_changed_meanwhile_lets_nobody_in(database, visit):
    with database.transaction() as session:
        make_person(session, phone=PHONE, password_hash="new")
    assert isinstance(with_password(database, visit, verified_hash="old"), Refused)
    assert isinstance(with_password(database, visit, verified_hash="new"), Entered)


def test_a_locked_person_is_kept_out_though_the_password_is_right(database, visit):
    with database.transaction() as session:
        make_person(session, phone=PHONE, password_hash="right", state="locked")
    outcome = with_password(database, visit, verified_hash="right")
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "account_locked"


def test_the_token_itself_is_stored_nowhere(database, visit):
    with database.transaction() as session:
        make_person(session, phone=PHONE, password_hash="right")
    token = with_password(database, visit, verified_hash="right").token
    with database.snapshot() as session:
        assert session.scalars(select(SignIn.token_hash)).one() == digest(token)


def test_staff_are_signed_in_for_a_working_day_learners_for_a_month(database, visit):
    with database.transaction() as session:
        at = now(session)
        learner = make_person(session)
        staff = make_staff(session, Role.INSTRUCTOR)
        for person in (learner, staff):
            sign_ins.open_sign_in(session, person, visit, now=at)
        lives = {
            row.person_id: row.expires_at - row.created_at
            for row in session.scalars(select(SignIn))
        }
    assert lives == {learner.id: timedelta(days=30), staff.id: timedelta(hours=12)}


def test_an_expired_or_revoked_browser_is_nobody(database, visit):
    with database.transaction() as session:
        at = now(session)
        person = make_person(session)
        token = sign_ins.open_sign_in(session, person, visit, now=at).token
        over = at + timedelta(days=30)
        assert queries.browser_of_token(asking(session), token, at=over) is None
        assert queries.browser_of_token(asking(session), token, at=at) is not None
        sign_ins.close_all(session, person.id, now=at)
        assert queries.browser_of_token(asking(session), token, at=at) is None
