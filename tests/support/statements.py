"""Counts what a page asks of the database, and looks how the database finds it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from lms.db.session import Database

# What a page may ask after the look-up of the signed-in browser.
LIMIT = 6
# Tables that grow with every learner: reading one through takes seconds in a large county.
LARGE = {
    *("person", "sign_in", "enrollment", "item_completion", "material_progress", "study_clock"),
    *("watch_slice", "playback_lease", "beat", "attempt", "attempt_question", "response"),
    *("credential", "badge_request", "holder", "learner_fact", "eligibility_decision"),
    *("presence_check", "study_flag", "time_request"),
    *("identity", "identity_check", "bank_account", "guardian", "consent", "role_grant"),
    *("evidence", "promise", "external_certificate", "certificate_entry"),
    *("inbox_message",),
    *("subsidy_claim", "subsidy_claim_step", "subsidy_payment", "notice_row"),
}
_SIGN_IN = "FROM sign_in"
_TRANSACTION = ("BEGIN", "PRAGMA")
_READ_THROUGH = re.compile(r"(?:Seq Scan on|^SCAN) (\w+)(?! USING)(?=\s|$)")
_NAMED = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)")


class Said(list[str]):
    """The statements in order, with what was put into each."""

    def __init__(self) -> None:
        super().__init__()
        self.filled: list[tuple[str, Any]] = []


@contextmanager
def asked(database: Database) -> Iterator[Said]:
    """Yield a list that fills with the statements, without the look-up of the browser."""
    said = Said()

    def note(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        if not statement.startswith(_TRANSACTION) and _SIGN_IN not in statement:
            said.append(statement)
            said.filled.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def assert_few_statements(client: FlaskClient, database: Database, address: str) -> Said:
    """Show a page twice, so that what a process keeps is kept; the second must stay within."""
    client.get(address)
    with asked(database) as said:
        assert client.get(address).status_code == 200
    assert len(said) <= LIMIT, "\n\n".join(said)
    return said


def assert_cheap(client: FlaskClient, database: Database, address: str) -> None:
    """Show a page as above; besides, none of its statements may read a large table through."""
    said = assert_few_statements(client, database, address)
    found = read_through(database, said)
    assert not found, "\n\n".join(found)


def read_through(database: Database, said: Said) -> list[str]:
    """Return the statements that have no index to find their rows by, with the table."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # Tables of a few rows are read through anyhow; this shows where there is no other way.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        found = []
        for statement, parameters in said.filled:
            names = dict(pair[::-1] for pair in _NAMED.findall(statement))
            plan = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
            for line in (str(row[-1]) for row in plan):
                table = next(iter(_READ_THROUGH.findall(line)), None)
                if names.get(table or "", table) in LARGE:
                    found.append(f"{table}: {statement}")
        return found
