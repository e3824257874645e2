"""Reads lists that wait for another person's approval, and who may give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, PersonState, RoleGrant
from lms.accounts.queries import grants_of
from lms.core.access import GRANTS, Actor, Permission, Scope, ScopeKind
from lms.delivery.domain import DeliveryKind, covers
from lms.delivery.models import Delivery
from lms.delivery.queries import awaits
from lms.roster.models import Export, RosterBatch

_RIGHT = Permission.COMPLETIONS_EXPORT
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A list that waits for approval, as those who may give it see it."""

    id: str
    asked_by: str
    kind: str
    format: str
    filters: Mapping[str, str]
    rows_about: int
    purpose: str
    created_at: datetime
    expires_at: datetime
    batch_id: int | None
    batch_number: int | None


def extent_of(scopes: Sequence[Scope], filters: Mapping[str, str]) -> tuple[Scope, ...]:
    """Return the scopes an order lies within: the county it names, or all it was asked in."""
    county = filters.get("county")
    return (Scope(ScopeKind.COUNTY, county),) if county else tuple(scopes)


def awaiting(session: Session, actor: Actor, at: datetime) -> list[Awaiting]:
    """Return the lists that the actor may approve, oldest first: never their own."""
    held = actor.scopes_for(_RIGHT)
    rows = session.execute(
        select(Delivery, Export, Person.name, RosterBatch)
        .join(Export, Export.id == Delivery.id)
        .outerjoin(RosterBatch, RosterBatch.id == Export.batch_id)
        .join(Person, Person.id == Delivery.requested_by_id)
        .where(
            Delivery.kind == DeliveryKind.EXPORT,
            awaits(),
            Delivery.expires_at > at,
            Delivery.requested_by_id != actor.person_id,
        )
        .order_by(Delivery.created_at, Delivery.id)
    )
    found = (
        Awaiting(
            *(delivery.id, name, export.kind, export.format),
            batch.filters if batch else export.filters,
            *(export.rows_about or 0, delivery.purpose),
            *(delivery.created_at, delivery.expires_at),
            *(export.batch_id, batch.number if batch else None),
        )
        for delivery, export, name, batch in rows
        if covers(held, extent_of(_scopes(delivery), export.filters))
    )
    return [each for _, each in zip(range(_SHOWN), found, strict=False)]


def rulers(session: Session, extent: Sequence[Scope], *, but: int) -> list[int]:
    """Return who else may approve a list that lies within the scopes."""
    roles = [role for role, granted in GRANTS.items() if _RIGHT in granted]
    rows = session.execute(
        select(RoleGrant.person_id, RoleGrant.scope_kind, RoleGrant.scope_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.revoked_at.is_(None),
            RoleGrant.person_id != but,
            Person.state == PersonState.ACTIVE,
        )
        .order_by(RoleGrant.person_id)
    )
    found = []
    for person_id, grants in groupby(rows, key=lambda row: row.person_id):
        held = [Scope(ScopeKind(row.scope_kind), row.scope_id) for row in grants]
        if covers(held, extent):
            found.append(person_id)
    return found


def scopes_now(session: Session, person_id: int) -> tuple[Scope, ...]:
    """Return the scopes in which a person may export now; none for one who may not sign in."""
    person = session.get(Person, person_id)
    if person is None or person.state != PersonState.ACTIVE:
        return ()
    return tuple(
        grant.scope for grant in grants_of(session, person_id) if _RIGHT in GRANTS[grant.role]
    )


def _scopes(delivery: Delivery) -> list[Scope]:
    return [Scope(ScopeKind(kind), scope_id) for kind, scope_id in delivery.scopes]
