"""The one place of these tests that knows how the schema tells one beat from another."""

import re
from collections import Counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.db.session import Database

Key = tuple[str, int]

_TABLE = "watch_slice"
_KEY = re.compile(r",\s*CONSTRAINT \w+ (?:PRIMARY KEY|UNIQUE) \(lease_id, seq[^)]*\)")


def stored_operations(session: Session) -> Counter[Key]:
    """Return how many effects each beat (lease, seq) left in the database."""
    beats = f"SELECT lease_id, seq FROM {_TABLE} WHERE kind = 'beat' AND part = 0"  # noqa: S608
    rows = session.execute(text(beats))
    return Counter((row.lease_id, row.seq) for row in rows)


def forget_key(database: Database) -> None:
    """Take away what keeps the database from taking the same beat twice."""
    with database.transaction() as session:
        if database.is_sqlite:
            _rebuild_without_key(session)
        else:
            names = session.scalars(
                text(
                    "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) "
                    "AND contype IN ('p', 'u') "
                    "AND pg_get_constraintdef(oid) LIKE '%(lease_id, seq%'"
                ),
                {"name": _TABLE},
            ).all()
            assert names, "the key is named otherwise"
            for name in names:
                session.execute(text(f"ALTER TABLE {_TABLE} DROP CONSTRAINT {name}"))


def _rebuild_without_key(session: Session) -> None:
    """SQLite cannot drop a constraint: make the table anew from its own text without it."""
    made = session.scalar(
        text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"),
        {"name": _TABLE},
    )
    loose, found = _KEY.subn("", str(made))
    assert found == 1, made
    kept = (
        "SELECT type, name, sql FROM sqlite_master "
        "WHERE tbl_name = :name AND type <> 'table' AND sql IS NOT NULL"
    )
    rules = session.execute(text(kept), {"name": _TABLE}).all()
    for rule in rules:
        session.execute(text(f"DROP {rule.type} {rule.name}"))
    session.execute(text(f"ALTER TABLE {_TABLE} RENAME TO {_TABLE}_before"))
    session.execute(text(loose))
    session.execute(text(f"INSERT INTO {_TABLE} SELECT * FROM {_TABLE}_before"))  # noqa: S608
    session.execute(text(f"DROP TABLE {_TABLE}_before"))
    for rule in rules:
        session.execute(text(rule.sql.replace(":", r"\:")))
