"""Gives and takes roles and signs people out, each an act in the audit chain."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain.roles import grant_refusal, removal_refusal, written_scope
from lms.accounts.models import RoleGrant
from lms.accounts.service.sign_ins import close_all
from lms.audit.service import record
from lms.core.access import Actor, Grant, Permission, Role, Scope, ScopeKind
from lms.core.errors import NotFound


def grant_role(
    session: Session,
    actor: Actor | None,
    *,
    person_id: int,
    grant: Grant,
    around: Sequence[Scope] = (),
    now: datetime,
) -> RoleGrant:
    """Give a role in a scope; the person signs in anew with it.

    ``around`` names the scopes that enclose it (the county of a class). No actor
    means the operator's shell. Raises ``Forbidden`` for oneself and outside the
    actor's scopes; a role held already is returned as it is.
    """
    _check(actor, person_id, (grant.scope, *around))
    queries.person(session, person_id)
    held = _held(session, person_id, grant)
    if held is not None:
        return held
    row = RoleGrant(
        person_id=person_id,
        role=grant.role,
        scope_kind=grant.scope.kind,
        scope_id=grant.scope.id,
        granted_by_id=actor.person_id if actor else None,
        granted_at=now,
    )
    session.add(row)
    session.flush()
    close_all(session, person_id, now=now)
    _record(session, actor, "role.granted", row, now=now)
    return row


def revoke_role(
    session: Session,
    actor: Actor | None,
    *,
    grant_id: int,
    around: Sequence[Scope] = (),
    now: datetime,
) -> None:
    """Take a role back. Raises ``Conflict`` where it is the last administrator's."""
    row = session.get(RoleGrant, grant_id)
    if row is None or row.revoked_at is not None:
        raise NotFound
    leaving = _grant(row)
    _check(actor, row.person_id, (leaving.scope, *around))
    others = [_grant(other) for other in queries.live_administrators(session, but=row.id)]
    refusal = removal_refusal(leaving, others)
    if refusal is not None:
        raise refusal
    row.revoked_at = now
    close_all(session, row.person_id, now=now)
    _record(session, actor, "role.revoked", row, now=now)


def sign_out_everywhere(
    session: Session, actor: Actor | None, *, person_id: int, now: datetime
) -> None:
    """End every browser of somebody else, say after a lost phone."""
    queries.person(session, person_id)
    close_all(session, person_id, now=now)
    record(
        session,
        actor_id=actor.person_id if actor else None,
        action="person.signed_out",
        subject=f"person:{person_id}",
        at=now,
    )


def _check(actor: Actor | None, person_id: int, places: Sequence[Scope]) -> None:
    refusal = grant_refusal(
        own_id=actor.person_id if actor else None,
        own_scopes=actor.scopes_for(Permission.ROLES_GRANT) if actor else (),
        person_id=person_id,
        places=places,
    )
    if refusal is not None:
        raise refusal


def _held(session: Session, person_id: int, grant: Grant) -> RoleGrant | None:
    return session.scalar(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == grant.role,
            RoleGrant.scope_kind == grant.scope.kind,
            RoleGrant.scope_id == grant.scope.id,
            RoleGrant.revoked_at.is_(None),
        )
    )


def _grant(row: RoleGrant) -> Grant:
    return Grant(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))


def _record(
    session: Session, actor: Actor | None, action: str, row: RoleGrant, *, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id if actor else None,
        action=action,
        subject=f"person:{row.person_id}",
        details={"role": str(row.role), "scope": written_scope(_grant(row).scope)},
        at=now,
    )
