"""Reads what a person's own pages say of them, and what today brought."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.domain.people import masked_phone
from lms.accounts.models import Person
from lms.notify.queries import unread_of
from lms.progress.models import StudyClock


def verified_on(session: Session, *, person_id: int, day: date) -> int:
    """Return what was counted for the person on a calendar day, milliseconds."""
    used = session.scalar(select(StudyClock.day_used).where(StudyClock.person_id == person_id))
    return int((used or {}).get(str(day.toordinal()), 0))


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """What a person's own pages say of them."""

    name: str
    masked_phone: str
    town: str | None
    unread: int


def own_person(session: Session, person_id: int) -> OwnPerson:
    """Return the signed-in person's own facts, the number masked."""
    row = session.execute(
        select(
            *(Person.name, Person.phone, Person.town),
            unread_of(person_id).label("unread"),
        ).where(Person.id == person_id)
    ).one()
    return OwnPerson(row.name, masked_phone(row.phone), row.town, row.unread)
