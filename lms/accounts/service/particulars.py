"""Writes particulars down: what a person or the office says, and what lists bring of the missing.

The audit holds which particulars changed and never what they say.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, case
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import particulars as rules
from lms.accounts.domain.roster import RosterLine
from lms.accounts.models import Particulars
from lms.accounts.service import holds
from lms.audit.service import record
from lms.db.session import connection_of
from lms.db.upsert import insert_into

WRITTEN = "particulars.written"

Values = Mapping[str, str | None]


def write_own(session: Session, *, person_id: int, said: Values, now: datetime) -> None:
    """Write down what a person says; ``Conflict`` while the account waits for a second proof."""
    holds.require_free(session, person_id)
    _write(session, person_id, said, person_id, now)


def write(session: Session, *, person_id: int, said: Values, by_id: int, now: datetime) -> None:
    """Write down what the office says about a person; what is not in ``said`` stays."""
    queries.person_locked(session, person_id)
    _write(session, person_id, said, by_id, now)


def _write(session: Session, person_id: int, said: Values, by_id: int, now: datetime) -> None:
    row = queries.particulars_of(session, person_id)
    before = queries.kept_particulars(row) if row is not None else {}
    changed = rules.differing(before, said)
    if not changed:
        return
    after = {**before, **said}
    if row is not None and not any(after.values()):
        # Where nothing is said any more, not even that something was is kept but in the audit.
        session.delete(row)
    else:
        row = row or Particulars(person_id=person_id)
        for part, value in said.items():
            setattr(row, part, value)
        row.written_at, row.written_by_id = now, by_id
        session.add(row)
    session.flush()
    record(
        session,
        actor_id=by_id,
        action=WRITTEN,
        subject=f"person:{person_id}",
        details={"fields": ",".join(changed)},
        at=now,
    )


def compare(
    session: Session, lines: Sequence[RosterLine], known: Mapping[int, int]
) -> tuple[dict[int, dict[str, str]], list[int]]:
    """Return what rows of known people bring of the missing, and which say something else.

    ``known`` is who is meant, by row. Writes nothing.
    """
    said = {line.number: line.said for line in lines if line.said and line.number in known}
    standing = queries.particulars_of_people(session, [known[row] for row in said])
    of_row = {row: standing.get(known[row], {}) for row in said}
    brought = {row: rules.missing(of_row[row], own) for row, own in said.items()}
    otherwise = [row for row, own in said.items() if rules.says_otherwise(of_row[row], own)]
    return {row: each for row, each in brought.items() if each}, otherwise


def fill(session: Session, brought: Mapping[int, Values], *, by_id: int, now: datetime) -> None:
    """Write down, by person, what is missing; the database itself keeps what stands by then.

    Who takes a list in writes down that it was, for all of it at once.
    """
    rows = [
        {**dict.fromkeys(rules.PARTS), **said, "person_id": person_id}
        for person_id, said in sorted(brought.items())
    ]
    if not rows:
        return
    table = cast(Table, Particulars.__table__)
    new = insert_into(session, table)
    parts = {
        part: case((_is_empty(table, key), new.excluded[part]), else_=table.c[part])
        for key in rules.COLUMNS
        for part in rules.parts_of(key)
    }
    by = {name: new.excluded[name] for name in ("written_at", "written_by_id")}
    filled = new.on_conflict_do_update(index_elements=["person_id"], set_=parts | by)
    moment = {"written_at": now, "written_by_id": by_id}
    connection_of(session).execute(filled, [row | moment for row in rows])


def _is_empty(table: Table, key: str) -> ColumnElement[bool]:
    return and_(*(table.c[part].is_(None) for part in rules.parts_of(key)))
