"""Adds receipts, and gives one to each payment that came in before, in the order they did.

On the way back the receipts are lost; the next time up the same payments get the same numbers.
"""

from collections import Counter
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
# Whose year it is; every county served so far lies in this zone.
ZONE = ZoneInfo("Asia/Shanghai")
BATCH = 500
COUNTED = ("order_refund", "order_dispute")
REFUSED = (
    (
        "order_receipt",
        "INSERT",
        "NEW.serial <> (SELECT coalesce(max(serial), 0) + 1 FROM order_receipt "
        "WHERE county_code = NEW.county_code AND year = NEW.year) "
        "OR NOT EXISTS (SELECT 1 FROM order_payment JOIN course_order "
        "ON course_order.id = order_payment.order_id WHERE order_payment.id = NEW.payment_id "
        "AND course_order.county_code = NEW.county_code) "
        "OR NEW.number NOT LIKE NEW.county_code || '-' || NEW.year || '-%' || NEW.serial",
    ),
    ("order_receipt", "UPDATE", ""),
    ("order_receipt", "DELETE", ""),
    (
        "receipt_series",
        "UPDATE",
        "NEW.county_code <> OLD.county_code OR NEW.year <> OLD.year OR NEW.last <> OLD.last + 1",
    ),
    ("receipt_series", "DELETE", ""),
)
CAME_IN = sa.text(
    "SELECT order_payment.id AS payment_id, order_payment.recorded_at AS issued_at, "
    "course_order.county_code AS county_code, county.name_zh AS name_zh, "
    "county.name_en AS name_en, training_class.title AS training_class, "
    "(SELECT title FROM revision WHERE course_id = course_order.course_id "
    "AND published_at IS NOT NULL ORDER BY id DESC LIMIT 1) AS course "
    "FROM order_payment JOIN course_order ON course_order.id = order_payment.order_id "
    "JOIN county ON county.code = course_order.county_code "
    "LEFT JOIN training_class ON training_class.id = course_order.training_class_id "
    "ORDER BY order_payment.recorded_at, order_payment.id"
).columns(issued_at=MOMENT, course=JSON)


def upgrade() -> None:
    """Add the tables, and the receipts of what came in so far."""
    receipts, series = _create_receipts(), _create_series()
    for table in COUNTED:
        op.create_index(
            f"ix_{table}_counted",
            table,
            ["counted_at"],
            unique=False,
            sqlite_where=sa.text("counted_at IS NOT NULL"),
            postgresql_where=sa.text("counted_at IS NOT NULL"),
        )
    for table, verb, condition in REFUSED:
        _refuse(table, verb, condition)
    _give_receipts(receipts, series)


def downgrade() -> None:
    """Take them away."""
    for table, verb, _ in REFUSED:
        _drop(f"{table}_no_{verb.lower()}", table)
    for table in COUNTED:
        op.drop_index(f"ix_{table}_counted", table_name=table)
    op.drop_table("order_receipt")
    op.drop_table("receipt_series")


def _create_receipts() -> sa.Table:
    return op.create_table(
        "order_receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("serial", ID, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("county", JSON, nullable=False),
        sa.Column("course", JSON, nullable=False),
        sa.Column("training_class", sa.String(length=80), nullable=True),
        sa.CheckConstraint("serial >= 1", name=op.f("ck_order_receipt_serial")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_order_receipt_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["order_payment.id"],
            name=op.f("fk_order_receipt_payment_id_order_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_receipt")),
        sa.UniqueConstraint(
            *("county_code", "year", "serial"),
            name=op.f("uq_order_receipt_county_code_year_serial"),
        ),
        sa.UniqueConstraint("number", name=op.f("uq_order_receipt_number")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_order_receipt_payment_id")),
    )


def _create_series() -> sa.Table:
    return op.create_table(
        "receipt_series",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("last", ID, nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_receipt_series_last")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_receipt_series_county_code_county")
        ),
        sa.PrimaryKeyConstraint("county_code", "year", name=op.f("pk_receipt_series")),
    )


def _give_receipts(receipts: sa.Table, series: sa.Table) -> None:
    """Number what came in; each series goes on from here."""
    given: Counter[tuple[str, int]] = Counter()
    connection = op.get_bind()
    # Read whole before anything is written: a few thousand at most came in so far.
    rows = connection.execute(CAME_IN).all()
    for start in range(0, len(rows), BATCH):
        made = [_receipt(row, given) for row in rows[start : start + BATCH]]
        connection.execute(sa.insert(receipts), made)
    for (county_code, year), last in given.items():
        values = {"county_code": county_code, "year": year, "last": last}
        connection.execute(sa.insert(series).values(values))


def _receipt(row: Any, given: Counter[tuple[str, int]]) -> dict[str, Any]:  # noqa: ANN401 (a row)
    at = row.issued_at if row.issued_at.tzinfo else row.issued_at.replace(tzinfo=UTC)
    of = (row.county_code, at.astimezone(ZONE).year)
    given[of] += 1
    return {
        "payment_id": row.payment_id,
        "county_code": of[0],
        "year": of[1],
        "serial": given[of],
        "number": f"{of[0]}-{of[1]}-{given[of]:06d}",
        "issued_at": at,
        "county": {"zh": row.name_zh, "en": row.name_en},
        "course": row.course,
        "training_class": row.training_class,
    }


def _refuse(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    if _is_sqlite():
        when = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'true'} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _drop(trigger: str, table: str) -> None:
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {trigger}")
        return
    op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute(f"DROP FUNCTION {trigger}")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
