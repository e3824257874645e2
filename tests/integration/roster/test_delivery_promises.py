"""What the database itself refuses about deliveries; without each rule the promise breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, text, update
from sqlalchemy.exc import IntegrityError

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.roster.models import Export
from tests.integration.roster.exports import make_administrator, ordered, place

MADE = {"sha256": "0" * 64, "byte_size": 3, "path": "a.xlsx"}


@contextmanager
def without(database: Database, table: str, rule: str) -> Iterator[Connection]:
    """Yield a connection on which a rule of a table is not kept; nothing of it stays."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA ignore_check_constraints=ON")
        with connection.begin() as begun:
            if not database.is_sqlite:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {rule}"))
            yield connection
            begun.rollback()
        if database.is_sqlite:
            raw.execute("PRAGMA ignore_check_constraints=OFF")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("kind", {"kind": "parcel"}),
        ("made", {"sha256": "0" * 64}),
        ("downloaded", {"downloaded_at": "now"}),
        ("approved_first", {**MADE, "key_name": "k1"}),
        ("approved_first", {"job_id": "job"}),
        ("approved_by_another", {"approved_by_id": "asker", "approved_at": "now"}),
        ("refused_by_another", {"refused_by_id": "asker", "refused_at": "now", "refusal": "x"}),
        ("approved", {"approved_at": "now"}),
        ("refused", {"refused_by_id": "other", "refused_at": "now"}),
        (
            "ruled_once",
            {
                "approved_by_id": "other",
                "approved_at": "now",
                "refused_by_id": "other",
                "refused_at": "now",
                "refusal": "x",
            },
        ),
        ("sealed", {**MADE, "approved_by_id": "other", "approved_at": "now"}),
    ],
)
def test_no_file_with_full_numbers_gets_past_the_database(
    database: Database, administrator: Actor, rule: str, change: dict[str, Any]
) -> None:
    with database.transaction() as session:
        other, at = make_administrator(session), now(session)
    masked = place(database, administrator)
    unmasked = place(database, administrator, ordered(is_unmasked=True))
    with database.snapshot() as session:
        job_id = session.get_one(Delivery, masked).job_id
    known = {"asker": administrator.person_id, "other": other.person_id, "now": at, "job": job_id}
    values = {key: known.get(value, value) for key, value in change.items()}
    changed = update(Delivery).where(Delivery.id == unmasked).values(values)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(changed)
    with without(database, "delivery", f"ck_delivery_{rule}") as connection:
        assert connection.execute(changed).rowcount == 1


def test_a_schedule_has_one_list_a_month(database: Database, administrator: Actor) -> None:
    first, second = place(database, administrator), place(database, administrator)
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO export_schedule (owner_id, kind, format, language, filters, purpose, "
                "day_of_month, last_period, created_at) VALUES (:owner, 'completions', 'csv', "
                "'zh', '{}', 'x', 5, '2026-04', CURRENT_TIMESTAMP)"
            ),
            {"owner": administrator.person_id},
        )
        made = session.scalar(text("SELECT id FROM export_schedule"))
        of = {"schedule_id": made, "period": "2026-05"}
        session.execute(update(Export).where(Export.id == first).values(of))
    again = update(Export).where(Export.id == second).values(of)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(again)
    with database.engine.connect() as connection, connection.begin() as begun:
        connection.execute(text("DROP INDEX uq_export_schedule_period"))
        assert connection.execute(again).rowcount == 1
        begun.rollback()
