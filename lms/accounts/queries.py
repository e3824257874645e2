"""Reads people, signed-in browsers and roles."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, PersonState, RoleGrant, SignIn
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.ids import digest


def actor_of_token(session: Session, token: str, *, at: datetime) -> Actor | None:
    """Return who is signed in with the token, with all roles, in one statement."""
    rows = session.execute(
        select(
            SignIn.id,
            SignIn.expires_at,
            Person.id,
            Person.name,
            Person.locale,
            RoleGrant.role,
            RoleGrant.scope_kind,
            RoleGrant.scope_id,
        )
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(
            RoleGrant, and_(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None))
        )
        .where(
            SignIn.token_hash == digest(token),
            SignIn.revoked_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    ).all()
    if not rows or rows[0][1] <= at:
        return None
    sign_in_id, _, person_id, name, locale, *_rest = rows[0]
    grants = _grants((row[5], row[6], row[7]) for row in rows)
    return Actor(person_id, name, grants, sign_in_id, locale)


def _grants(rows: Iterable[tuple[str | None, str, str]]) -> tuple[Grant, ...]:
    return tuple(
        Grant(Role(role), Scope(ScopeKind(kind), scope_id))
        for role, kind, scope_id in rows
        if role is not None
    )
