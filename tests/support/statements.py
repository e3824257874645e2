"""Counts what a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from lms.db.session import Database

# What a page may ask after the look-up of the signed-in browser.
LIMIT = 6
_SIGN_IN = "FROM sign_in"
_TRANSACTION = ("BEGIN", "PRAGMA")


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """Yield a list that fills with the statements, without the look-up of the browser."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(_TRANSACTION) and _SIGN_IN not in statement:
            said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def assert_few_statements(client: FlaskClient, database: Database, address: str) -> None:
    """Show a page twice, so that what a process keeps is kept; the second must stay within."""
    client.get(address)
    with asked(database) as said:
        assert client.get(address).status_code == 200
    assert len(said) <= LIMIT, "\n\n".join(said)
