"""Insert-unless-there: the one statement both engines agree on but spell differently."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def insert_into(
    session: Session, target: type[DeclarativeBase] | Table
) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of the engine at hand, which can say what to do with a key that stands."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(target) if is_sqlite else postgresql.insert(target)


def insert_once(session: Session, model: type[DeclarativeBase], values: Mapping[str, Any]) -> bool:
    """Insert the row unless one with the same key stands; tell whether this call inserted it."""
    keys = model.__mapper__.primary_key
    once = insert_into(session, model).values(**values).on_conflict_do_nothing()
    statement = once.returning(*keys)
    return session.execute(statement).first() is not None
