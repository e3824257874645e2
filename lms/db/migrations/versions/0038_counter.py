"""Adds money taken at the counter of the office, by two people.

On the way back who took it is lost; the payments stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REFUSED = (
    (
        "counter_payment",
        "UPDATE",
        "NEW.order_id <> OLD.order_id OR NEW.kind <> OLD.kind OR NEW.amount_fen <> OLD.amount_fen "
        "OR NEW.paper <> OLD.paper OR NEW.taken_by_id <> OLD.taken_by_id "
        "OR NEW.taken_at <> OLD.taken_at OR OLD.confirmed_at IS NOT NULL "
        "OR OLD.dropped_at IS NOT NULL",
    ),
    ("counter_payment", "DELETE", ""),
    (
        "order_payment",
        "INSERT",
        "NEW.provider = 'office' AND NOT EXISTS (SELECT 1 FROM counter_payment "
        "WHERE order_id = NEW.order_id AND amount_fen = NEW.amount_fen "
        "AND confirmed_at IS NOT NULL)",
    ),
)
OWNER = "(SELECT course_order.person_id FROM course_order WHERE id = NEW.order_id)"


def upgrade() -> None:
    """Add the table; nobody took any money there so far."""
    op.create_table(
        "counter_payment",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("paper", sa.String(length=60), nullable=False),
        sa.Column("taken_by_id", ID, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("confirmed_by_id", ID, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("dropped_by_id", ID, nullable=True),
        sa.Column("dropped_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('cash', 'transfer')", name=op.f("ck_counter_payment_kind")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_counter_payment_confirmed"),
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_id IS NULL)",
            name=op.f("ck_counter_payment_dropped"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_counter_payment_amount")),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR dropped_at IS NULL", name=op.f("ck_counter_payment_either")
        ),
        sa.CheckConstraint("confirmed_by_id <> taken_by_id", name=op.f("ck_counter_payment_two")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["person.id"],
            name=op.f("fk_counter_payment_confirmed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["dropped_by_id"], ["person.id"], name=op.f("fk_counter_payment_dropped_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["course_order.id"], name=op.f("fk_counter_payment_order_id_course_order")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_counter_payment_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_payment")),
    )
    op.create_index(
        "uq_counter_payment_order",
        "counter_payment",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("dropped_at IS NULL"),
        postgresql_where=sa.text("dropped_at IS NULL"),
    )
    for table, verb, condition in REFUSED:
        _refuse(table, verb, condition)
    _refuse_of_erased()


def downgrade() -> None:
    """Take it away."""
    _drop("counter_payment_not_of_erased", "counter_payment")
    for table, verb, _ in REFUSED:
        _drop(f"{table}_no_{verb.lower()}", table)
    op.drop_table("counter_payment")


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


def _refuse_of_erased() -> None:
    trigger, text = "counter_payment_not_of_erased", "counter_payment: this person was erased"
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON counter_payment FOR EACH ROW WHEN true AND "
            f"EXISTS (SELECT 1 FROM person WHERE id = {OWNER} AND erased_at IS NOT NULL) "
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        f"SELECT erased_at INTO gone FROM person WHERE id = {OWNER} FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON counter_payment FOR EACH ROW "
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
