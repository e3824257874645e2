"""Adds reconciliations with a provider's own list, and what differed.

On the way back they are lost; the next ones find what still differs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REFUSED = (
    ("reconciliation", "UPDATE", "OLD.finished_at IS NOT NULL"),
    ("reconciliation", "DELETE", ""),
    ("reconciliation_difference", "UPDATE", ""),
    ("reconciliation_difference", "DELETE", ""),
)


def upgrade() -> None:
    """Add the tables; nothing was compared so far."""
    op.create_table(
        "reconciliation",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("provider", sa.String(length=6), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("looked_at", ID, nullable=False),
        sa.Column("repaired", ID, nullable=False),
        sa.Column("differing", ID, nullable=False),
        sa.Column("theirs_fen", ID, nullable=False),
        sa.Column("ours_fen", ID, nullable=False),
        sa.CheckConstraint(
            "provider IN ('stripe', 'office', 'none')", name=op.f("ck_reconciliation_provider")
        ),
        sa.CheckConstraint(
            "looked_at >= 0 AND repaired >= 0 AND differing >= 0",
            name=op.f("ck_reconciliation_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_reconciliation_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
        sa.UniqueConstraint("key", name=op.f("uq_reconciliation_key")),
    )
    op.create_index("ix_reconciliation_started", "reconciliation", ["started_at"], unique=False)
    op.create_table(
        "reconciliation_difference",
        sa.Column("id", ID, nullable=False),
        sa.Column("reconciliation_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=True),
        sa.Column("amount_fen", ID, nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "kind IN ('missed', 'does_not_fit', 'not_there')",
            name=op.f("ck_reconciliation_difference_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliation.id"],
            name=op.f("fk_reconciliation_difference_reconciliation_id_reconciliation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_difference")),
    )
    op.create_index(
        "ix_reconciliation_difference_of",
        "reconciliation_difference",
        ["reconciliation_id", "id"],
        unique=False,
    )
    for table, verb, condition in REFUSED:
        _refuse(table, verb, condition)


def downgrade() -> None:
    """Take them away."""
    for table, verb, _ in REFUSED:
        _drop(f"{table}_no_{verb.lower()}", table)
    op.drop_table("reconciliation_difference")
    op.drop_table("reconciliation")


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
