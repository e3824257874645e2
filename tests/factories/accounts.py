"""Plain makers of people, counties and signed-in browsers."""

import re
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person, RoleGrant, SignIn
from lms.core.access import STAFF, Role, Scope, ScopeKind
from lms.core.ids import digest, new_token
from lms.db.prepared import Ask, Prepared, Values
from lms.db.session import Database, connection_of, now
from lms.notify.models import SmsMessage

COUNTY = "330822"
_COUNTIES = {"330822": ("常山县", "Changshan County"), "330881": ("江山市", "Jiangshan City")}
_serial = count(1)


def make_county(session: Session, code: str = COUNTY, **overrides: object) -> County:
    """Return the county; the one with this code where it is there already."""
    found = session.get(County, code)
    if found is None:
        names = _COUNTIES.get(code, (code, code))
        found = County(**{"code": code, "name_zh": names[0], "name_en": names[1]} | overrides)
        session.add(found)
        session.flush()
    return found


def make_person(session: Session, **overrides: object) -> Person:
    """Return a learner of the usual county with a number of their own."""
    values = {
        "phone": f"137{next(_serial):08d}",
        "name": "林秀芳",
        "county_code": COUNTY,
        "state": "active",
        "created_at": now(session),
    } | overrides
    make_county(session, str(values["county_code"]))
    person = Person(**values)
    session.add(person)
    session.flush()
    return person


def make_grant(
    session: Session, person: Person, role: Role, scope: Scope | None = None, **overrides: object
) -> RoleGrant:
    """Return a role; it holds everywhere unless a scope is named."""
    scope = scope or Scope(ScopeKind.PLATFORM)
    values = {
        "person_id": person.id,
        "role": role,
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "granted_at": now(session),
    } | overrides
    row = RoleGrant(**values)
    session.add(row)
    session.flush()
    return row


def make_staff(
    session: Session, role: Role, scope: Scope | None = None, **overrides: object
) -> Person:
    """Return a person with a role."""
    assert role in STAFF
    person = make_person(session, **overrides)
    make_grant(session, person, role, scope)
    return person


def make_sign_in(
    session: Session,
    person: Person | None = None,
    *,
    token: str | None = None,
    **overrides: object,
) -> SignIn:
    """Return a signed-in browser; its cookie carries the token."""
    at = now(session)
    values = {
        "token_hash": digest(token or new_token()),
        "person_id": (person or make_person(session)).id,
        "device": "android wechat",
        "device_hash": digest("a test"),
        "created_at": at,
        "last_seen_at": at,
        "expires_at": at + timedelta(days=30),
    } | overrides
    row = SignIn(**values)
    session.add(row)
    session.flush()
    return row


def sign_in(
    client: FlaskClient,
    person: Person,
    *,
    confirmed_at: datetime | None = None,
    second_factor_at: datetime | None = None,
) -> SignIn:
    """Let the client be the person's browser, without the sign-in pages.

    ``confirmed_at=utc_now()`` makes it one that has just proven again who it is.
    """
    database: Database = client.application.extensions["lms_database"]
    token = new_token()
    with database.transaction() as session:
        row = make_sign_in(
            session,
            person,
            token=token,
            confirmed_at=confirmed_at,
            second_factor_at=second_factor_at,
        )
    carry(client, token)
    return row


def carry(client: FlaskClient, token: str) -> None:
    """Put the token of a sign-in into the client's cookie."""
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True


def sent_code(database: Database, phone: str) -> str:
    """Return the code of the last message to the number, as its owner reads it."""
    with database.snapshot() as session:
        text = session.scalars(
            select(SmsMessage.text)
            .where(SmsMessage.phone == phone, SmsMessage.template == "code")
            .order_by(SmsMessage.created_at.desc())
        ).first()
    found = re.search(r"\d{6}", text or "")
    assert found is not None, "no code was sent"
    return found[0]


def asking(session: Session) -> Ask:
    """Return what asks in the session's own transaction, where the site asks by itself."""

    def ask(prepared: Prepared, values: Values) -> list[Any]:
        session.flush()
        return prepared.run(connection_of(session), values)

    return ask
