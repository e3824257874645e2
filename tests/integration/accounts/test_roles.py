"""Giving and taking roles, and what the database says to it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lms.accounts import queries
from lms.accounts.models import RoleGrant, SignIn
from lms.accounts.service import roles
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import now
from tests.factories.accounts import make_grant, make_person, make_sign_in, make_staff

HERE = Scope(ScopeKind.COUNTY, "330822")
THERE = Scope(ScopeKind.COUNTY, "330881")
INSTRUCTOR = Grant(Role.INSTRUCTOR, HERE)


def actor_of(session, person):
    row = make_sign_in(session, person)
    return Actor(person.id, person.name, queries.grants_of(session, person.id), row.id)


@pytest.fixture
def session(database):
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def administrator(session):
    return actor_of(session, make_staff(session, Role.ADMINISTRATOR, HERE))


def test_a_given_role_holds_is_written_down_and_asks_for_a_new_sign_in(session, administrator):
    person = make_person(session)
    browser = make_sign_in(session, person)
    roles.grant_role(
        session, administrator, person_id=person.id, grant=INSTRUCTOR, now=now(session)
    )
    assert queries.grants_of(session, person.id) == (INSTRUCTOR,)
    session.refresh(browser)
    assert browser.revoked_at is not None
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.action, entry.subject, entry.details) == (
        administrator.person_id,
        "role.granted",
        f"person:{person.id}",
        {"role": "instructor", "scope": "county:330822"},
    )


def test_a_role_held_already_is_given_once(session, administrator):
    person = make_person(session)
    first, second = (
        roles.grant_role(
            session, administrator, person_id=person.id, grant=INSTRUCTOR, now=now(session)
        )
        for _ in range(2)
    )
    assert first.id == second.id
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_nobody_gives_a_role_to_oneself(session, administrator):
    with pytest.raises(Forbidden):
        roles.grant_role(
            session,
            administrator,
            person_id=administrator.person_id,
            grant=INSTRUCTOR,
            now=now(session),
        )


def test_the_neighbouring_county_is_none_of_their_business(session, administrator):
    person = make_person(session)
    grant = Grant(Role.ADMINISTRATOR, THERE)
    with pytest.raises(Forbidden):
        roles.grant_role(session, administrator, person_id=person.id, grant=grant, now=now(session))


def test_an_instructor_gives_no_roles(session):
    actor = actor_of(session, make_staff(session, Role.INSTRUCTOR, HERE))
    person = make_person(session)
    with pytest.raises(Forbidden):
        roles.grant_role(session, actor, person_id=person.id, grant=INSTRUCTOR, now=now(session))


def test_a_role_taken_back_holds_no_more_and_stays_on_record(session, administrator):
    person = make_person(session)
    row = make_grant(session, person, Role.INSTRUCTOR, HERE)
    roles.revoke_role(session, administrator, grant_id=row.id, now=now(session))
    assert queries.grants_of(session, person.id) == ()
    assert session.get_one(RoleGrant, row.id).revoked_at is not None
    with pytest.raises(NotFound):
        roles.revoke_role(session, administrator, grant_id=row.id, now=now(session))


def test_the_last_administrator_cannot_be_removed(session):
    person = make_person(session)
    row = make_grant(session, person, Role.ADMINISTRATOR, HERE)
    with pytest.raises(Conflict) as caught:
        roles.revoke_role(session, None, grant_id=row.id, now=now(session))
    assert caught.value.code == "last_administrator"
    assert row.revoked_at is None


def test_one_who_cannot_sign_in_does_not_count_as_another_administrator(session):
    row = make_grant(session, make_person(session), Role.ADMINISTRATOR, HERE)
    make_grant(session, make_person(session, state="closed"), Role.ADMINISTRATOR, HERE)
    with pytest.raises(Conflict):
        roles.revoke_role(session, None, grant_id=row.id, now=now(session))


def test_signing_somebody_out_everywhere_is_an_act_on_record(session, administrator):
    person = make_person(session)
    make_sign_in(session, person)
    roles.sign_out_everywhere(session, administrator, person_id=person.id, now=now(session))
    browsers = session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all()
    assert all(row.revoked_at is not None for row in browsers)
    assert session.scalars(select(AuditEntry.action)).all() == ["person.signed_out"]


def grant_to_oneself(database):
    with database.transaction() as session:
        person = make_person(session)
        make_grant(session, person, Role.ADMINISTRATOR, HERE, granted_by_id=person.id)


def test_the_database_refuses_a_role_given_to_oneself(database):
    with pytest.raises(IntegrityError):
        grant_to_oneself(database)


def test_without_the_constraint_it_would_be_taken(database):
    with database.transaction() as session:
        if database.is_sqlite:
            session.execute(text("PRAGMA ignore_check_constraints=ON"))
        else:
            session.execute(
                text("ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_not_to_oneself")
            )
        person = make_person(session)
        make_grant(session, person, Role.ADMINISTRATOR, HERE, granted_by_id=person.id)
        assert queries.grants_of(session, person.id) == (Grant(Role.ADMINISTRATOR, HERE),)
        if database.is_sqlite:
            session.execute(text("PRAGMA ignore_check_constraints=OFF"))
