"""Reads the acts an actor may see, the last first, with the names of who is near."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.clock import day_bounds
from lms.keeping import queries as keeping
from lms.keeping.queries import ErasedLine
from lms.staff.domain import ActSearch
from lms.staff.queries.act_pages import has_page
from lms.staff.queries.scopes import in_reach

ACTS_ROWS = 50
_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class Named:
    """A person of an act: the name, whether they are in reach, whether they were erased."""

    name: str
    is_near: bool
    is_erased: bool

    @property
    def has_sheet(self) -> bool:
        """Tell whether the actor may read who it is."""
        return self.is_near and not self.is_erased


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act; ``who`` is empty for the site itself, ``whom`` unless the subject is a person.

    ``has_page`` tells whether the actor may open what else it was done to.
    """

    id: int
    at: datetime
    action: str
    actor_id: int | None
    who: Named | None
    kind: str
    key: str
    whom: Named | None
    details: Mapping[str, Any]
    has_page: bool


@dataclass(frozen=True, slots=True)
class ActsPage:
    """A part of the acts; ``before`` is set where there are older ones."""

    lines: Sequence[ActLine]
    before: int | None
    is_everywhere: bool


def acts(session: Session, actor: Actor, search: ActSearch) -> ActsPage:
    """Return the acts by or about people in the actor's reach that fit the search."""
    scopes = actor.scopes_for(Permission.AUDIT_READ)
    wanted = (
        select(AuditEntry.id)
        .where(_seen(scopes), *_wanted(search))
        .order_by(AuditEntry.id.desc())
        .limit(ACTS_ROWS + 1)
        .subquery()
    )
    # What has a page is asked of the rows that are shown, not of all there are.
    rows = session.execute(
        select(AuditEntry, has_page(actor))
        .join(wanted, wanted.c.id == AuditEntry.id)
        .order_by(AuditEntry.id.desc())
    ).all()
    shown = [(row[0], bool(row[1])) for row in rows[:ACTS_ROWS]]
    people = {row.actor_id for row, _ in shown if row.actor_id is not None}
    people |= {int(row.subject[len(_PERSON) :]) for row, _ in shown if _is_of_person(row)}
    names = _names(session, people, scopes)
    more = shown[-1][0].id if len(rows) > ACTS_ROWS else None
    lines = [_line(row, names, may_open=may_open) for row, may_open in shown]
    return ActsPage(lines, more, _everywhere(scopes))


def erased_people(session: Session, actor: Actor, after: int | None) -> Sequence[ErasedLine]:
    """Return who was erased in the actor's places; one more than a page where there is more."""
    reach = in_reach(actor.scopes_for(Permission.AUDIT_READ))
    return keeping.erased(session, reach, after=after, limit=ACTS_ROWS + 1)


def _everywhere(scopes: Sequence[Scope]) -> bool:
    return any(scope.kind is ScopeKind.PLATFORM for scope in scopes)


def _seen(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return the condition that who acted, or whom it was done to, is in reach."""
    if _everywhere(scopes):
        return true()
    number = cast(func.substr(AuditEntry.subject, len(_PERSON) + 1), BigInteger)
    subject = case((AuditEntry.subject.startswith(_PERSON), number))
    near = in_reach(scopes)
    return or_(
        exists().where(Person.id == AuditEntry.actor_id, near),
        exists().where(Person.id == subject, near),
    )


def _wanted(search: ActSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.person is not None:
        own = AuditEntry.subject == f"{_PERSON}{search.person}"
        found.append(or_(AuditEntry.actor_id == search.person, own))
    if search.action:
        found.append(AuditEntry.action == search.action)
    if search.day:
        begin, end = day_bounds(search.day)
        found.append(and_(AuditEntry.at >= begin, AuditEntry.at < end))
    if search.before is not None:
        found.append(AuditEntry.id < search.before)
    return found


def _names(session: Session, people: Collection[int], scopes: Sequence[Scope]) -> dict[int, Named]:
    near = in_reach(scopes).label("near")
    rows = session.execute(
        select(Person.id, Person.name, near, Person.erased_at).where(Person.id.in_(people))
    )
    return {row.id: Named(row.name, bool(row.near), row.erased_at is not None) for row in rows}


def _line(row: AuditEntry, names: Mapping[int, Named], *, may_open: bool) -> ActLine:
    kind, _, key = row.subject.partition(":")
    return ActLine(
        id=row.id,
        at=row.at,
        action=row.action,
        actor_id=row.actor_id,
        who=names.get(row.actor_id) if row.actor_id is not None else None,
        kind=kind,
        key=key,
        whom=names.get(int(key)) if _is_of_person(row) else None,
        details=row.details,
        has_page=may_open,
    )


def _is_of_person(row: AuditEntry) -> bool:
    return row.subject.startswith(_PERSON)
