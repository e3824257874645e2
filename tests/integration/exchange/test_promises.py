"""What the database itself refuses about tokens and counts, and what would happen without it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.db.session import Database
from lms.exchange.models import AccessToken, ExchangePull
from tests.factories.accounts import make_person
from tests.factories.catalog import make_institution
from tests.factories.exchange import make_access_token
from tests.support.databases import drop_trigger


def make(session: Session, **overrides: object) -> AccessToken:
    return make_access_token(session, make_institution(session).id, **overrides)[0]


def make_own(session: Session) -> None:
    own = make_person(session).id
    make(session, created_by_id=own, approved_by_id=own)


FORBIDDEN: dict[str, Callable[[Session], object]] = {
    "two_people": make_own,
    "days": lambda session: make(session, days=366),
    "scopes": lambda session: make(session, scopes=frozenset()),
    "hashed": lambda session: make(session, token_hash="the token itself"),
    "approved": lambda session: make(session, approved_at=None),
    "used": lambda session: make(session, is_approved=False, last_used_at=utc_now()),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_database_takes_no_such_token(database: Database, name: str) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        FORBIDDEN[name](session)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_without_the_constraint_it_would_be_taken(database: Database, name: str) -> None:
    with database.transaction() as session:
        if database.is_sqlite:
            session.execute(text("PRAGMA ignore_check_constraints=ON"))
        else:
            session.execute(
                text(f"ALTER TABLE access_token DROP CONSTRAINT ck_access_token_{name}")
            )
        FORBIDDEN[name](session)
        if database.is_sqlite:
            session.execute(text("PRAGMA ignore_check_constraints=OFF"))


REWRITTEN = {
    "county_code": "330881",
    "scopes": "classes.read",
    "days": 365,
    "token_hash": "0" * 64,
    "approved_by_id": None,
    "revoked_at": None,
}


def rewrite(database: Database, name: str) -> None:
    with database.transaction() as session:
        make_person(session, county_code="330881")
        ender = make_person(session).id
        row = make(session, revoked_at=utc_now(), revoked_by_id=ender)
        values = {name: REWRITTEN[name]}
        for who, at in (("approved_by_id", "approved_at"), ("revoked_by_id", "revoked_at")):
            if name in (who, at):
                values = {who: None, at: None}
        session.execute(update(AccessToken).where(AccessToken.id == row.id).values(**values))


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_a_token_opens_and_who_ended_it_is_not_rewritten(
    database: Database, name: str
) -> None:
    with pytest.raises(IntegrityError):
        rewrite(database, name)
    drop_trigger(database, "access_token_no_update", "access_token")
    rewrite(database, name)


def test_counts_of_what_was_fetched_only_grow(database: Database) -> None:
    with database.transaction() as session:
        key = {"token_id": make(session).id, "day": date(2026, 5, 20), "kind": "hours"}
        session.add(ExchangePull(**key, requests=2, rows_given=200))

    def less() -> None:
        with database.transaction() as session:
            session.execute(update(ExchangePull).values(requests=3, rows_given=199))

    def gone() -> None:
        with database.transaction() as session:
            session.execute(delete(ExchangePull))

    for change, verb in ((less, "update"), (gone, "delete")):
        with pytest.raises(IntegrityError):
            change()
        drop_trigger(database, f"exchange_pull_no_{verb}", "exchange_pull")
        change()
