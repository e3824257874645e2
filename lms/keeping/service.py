"""Erases a person whose account was closed long ago: all of it in one transaction, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.service.forgetting import forget_sign_ins_of
from lms.audit.service import record
from lms.core.clock import rfc3339
from lms.credentials.models import Credential
from lms.db.base import Base
from lms.db.owned import Owned, owned_tables
from lms.db.session import connection_of
from lms.keeping.domain import GONE, NO_NAME, WORDLESS
from lms.keeping.queries import ERASED, is_due
from lms.subsidy.models import Evidence


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: how many rows of each table, and the files to delete once that is durable."""

    person_id: int
    rows: dict[str, int] = field(default_factory=dict)
    files: Sequence[str] = ()


def erase(session: Session, person_id: int, *, years: int, now: datetime) -> Erased | None:
    """Erase the person, or return ``None`` where they are not due or somebody is at it already.

    The mark comes first: from then on the database lets the rows go, of this person alone.
    """
    person = session.scalar(
        select(Person)
        .where(Person.id == person_id, is_due(years, now))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if person is None:
        return None
    closed_at = person.closed_at
    _unname(person, now)
    session.flush()
    files = session.scalars(select(Evidence.id).where(Evidence.person_id == person_id)).all()
    rows = _delete(session, person_id)
    record(
        session,
        actor_id=None,
        action=ERASED,
        subject=f"person:{person_id}",
        details={"closed_at": rfc3339(closed_at), "rows": dict(rows), "files": len(files)},
        at=now,
    )
    return Erased(person_id, rows, files)


def _unname(person: Person, now: datetime) -> None:
    """Leave nothing in the row that says who it was, and mark it."""
    person.erased_at, person.name = now, NO_NAME
    person.phone = person.former_phone = person.town = person.locale = None
    person.password_hash = person.password_at = person.held_at = None


def _delete(session: Session, person_id: int) -> dict[str, int]:
    """Delete what goes, what others rest on last; return how many rows of each table."""
    owned = owned_tables(Base.metadata)
    going = [table for table in reversed(Base.metadata.sorted_tables) if table.name in GONE]
    found = {table.name: delete_rows(session, owned[table.name], person_id) for table in going}
    for name, nothing in WORDLESS.items():
        found[name] = _take_words(session, owned[name].table, person_id, nothing)
    found["sign_in"] = forget_sign_ins_of(session, person_id)
    # The check page says that the name was deleted, and not a part of these words alone.
    own = update(Credential).where(Credential.person_id == person_id)
    connection_of(session).execute(own.values(shows_name=True))
    return {name: count for name, count in sorted(found.items()) if count}


def delete_rows(session: Session, owned: Owned, person_id: int) -> int:
    """Delete a person's rows of one table; return how many."""
    statement = delete(owned.table).where(owned.of(person_id))
    return connection_of(session).execute(statement).rowcount


def _take_words(session: Session, table: Table, person_id: int, nothing: str | None) -> int:
    """Empty what the person wrote in rows that stay."""
    wrote = (table.c.person_id == person_id, table.c.words.is_not(None), table.c.words != "")
    statement = update(table).where(*wrote).values(words=nothing)
    return connection_of(session).execute(statement).rowcount
