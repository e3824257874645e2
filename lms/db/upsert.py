"""Insert-unless-there: the one statement both engines agree on but spell differently."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def insert_once(session: Session, model: type[DeclarativeBase], values: Mapping[str, Any]) -> bool:
    """Insert the row unless one with the same key stands; tell whether this call inserted it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    keys = model.__mapper__.primary_key
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(*keys)
    return session.execute(statement).first() is not None
