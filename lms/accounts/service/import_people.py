"""Takes in lists of people, all or nothing, with the faults of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain.people import NewPerson
from lms.accounts.models import Person
from lms.accounts.service.doors import create_person
from lms.accounts.service.roles import grant_role
from lms.core.access import Grant, Role, Scope, ScopeKind
from lms.core.errors import InvalidInput, Message

_COUNTY_WIDE = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a list; ``number`` is the row people see in their spreadsheet."""

    number: int
    phone: str
    new: NewPerson
    role: Role
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in which row; says nothing about whom the data belongs to."""

    row: int
    field: str
    message: Message


def add_person(session: Session, row: PersonRow, *, now: datetime) -> Person:
    """Write one person and role down; they sign in by a code to their phone, no password is made.

    Raises ``InvalidInput`` for a number in use and an unknown county.
    """
    if queries.person_of_phone(session, row.phone) is not None:
        taken = Message("phone_taken", "Somebody signs in with this number already.")
        raise InvalidInput({"phone": taken})
    person = create_person(session, phone=row.phone, new=row.new, now=now)
    if row.role != Role.LEARNER:
        grant = Grant(row.role, row.scope or _usual_scope(row.role, person))
        grant_role(session, None, person_id=person.id, grant=grant, now=now)
    return person


def add_people(session: Session, rows: Sequence[PersonRow], *, now: datetime) -> list[RowFault]:
    """Write all people down and return the faults; with any, the caller rolls everything back."""
    faults: list[RowFault] = []
    for row in rows:
        try:
            add_person(session, row, now=now)
        except InvalidInput as error:
            faults += [RowFault(row.number, name, text) for name, text in error.fields.items()]
    return faults


def _usual_scope(role: Role, person: Person) -> Scope:
    """Return where a role holds when nothing is said: the county, or all for those who teach."""
    if role in _COUNTY_WIDE:
        return Scope(ScopeKind.COUNTY, person.county_code)
    return Scope(ScopeKind.PLATFORM)
