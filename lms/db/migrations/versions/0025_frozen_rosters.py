"""Adds frozen rosters: what a list said at one moment, with a hash for each row.

On the way back they are lost.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TABLES = ("roster_batch", "frozen_line", "frozen_cells")
# The texts stand beside the models too and a test compares both.
_FROZEN = "EXISTS (SELECT 1 FROM roster_batch WHERE id = {row}.batch_id AND state = 'frozen')"
_NOT_ERASED = "NOT EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND erased_at IS NOT NULL)"
_REFUSED = (
    ("roster_batch", "UPDATE", "OLD.state = 'frozen'"),
    ("roster_batch", "DELETE", ""),
    ("frozen_line", "INSERT", _FROZEN.format(row="NEW")),
    ("frozen_line", "UPDATE", ""),
    ("frozen_line", "DELETE", _FROZEN.format(row="OLD")),
    ("frozen_cells", "INSERT", _FROZEN.format(row="NEW")),
    ("frozen_cells", "UPDATE", ""),
    ("frozen_cells", "DELETE", f"{_FROZEN.format(row='OLD')} AND {_NOT_ERASED}"),
)


def upgrade() -> None:
    """Add the tables; nothing was frozen yet."""
    _add_batches()
    op.create_table(
        "frozen_line",
        sa.Column("batch_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["roster_batch.id"], name=op.f("fk_frozen_line_batch_id_roster_batch")
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_frozen_line")),
    )
    op.create_index("uq_frozen_line_subject", "frozen_line", ["batch_id", "subject"], unique=True)
    op.create_table(
        "frozen_cells",
        sa.Column("batch_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["roster_batch.id"], name=op.f("fk_frozen_cells_batch_id_roster_batch")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_frozen_cells_person_id_person")
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_frozen_cells")),
    )
    op.create_index("ix_frozen_cells_person_id", "frozen_cells", ["person_id"])
    for table, verb, condition in _REFUSED:
        _refuse(table, verb, condition)
    _leave_out_the_erased()


def downgrade() -> None:
    """Take them away."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table, verb, _condition in _REFUSED:
            op.execute(f"DROP FUNCTION {table}_no_{verb.lower()}()")
        op.execute("DROP FUNCTION frozen_cells_not_of_erased()")


def _add_batches() -> None:
    op.create_table(
        "roster_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("list_key", sa.String(length=64), nullable=False),
        sa.Column("template", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("corrects_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("compared_id", ID, nullable=True),
        sa.Column("requested_by_id", ID, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("as_of", MOMENT, nullable=True),
        sa.Column("rows_total", ID, nullable=True),
        sa.Column("sums", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("added", ID, nullable=True),
        sa.Column("changed", ID, nullable=True),
        sa.Column("removed", ID, nullable=True),
        *_rules_of_batches(),
    )
    op.create_index("ix_roster_batch_list", "roster_batch", ["county_code", "list_key", "id"])
    op.create_index("ix_roster_batch_county", "roster_batch", ["county_code", "id"])
    where = sa.text("state = 'freezing'")
    op.create_index(
        "uq_roster_batch_freezing",
        "roster_batch",
        ["county_code", "list_key"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _rules_of_batches() -> tuple[sa.Constraint, ...]:
    keys = {
        "county_code": "county.code",
        "corrects_id": "roster_batch.id",
        "compared_id": "roster_batch.id",
        "requested_by_id": "person.id",
        "job_id": "job.id",
    }
    kinds = "'completions', 'behind', 'opening', 'application', 'hours', 'notice'"
    return (
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_roster_batch_kind")),
        sa.CheckConstraint(
            "state IN ('freezing', 'frozen', 'failed')", name=op.f("ck_roster_batch_state")
        ),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (reason = '')", name=op.f("ck_roster_batch_reasoned")
        ),
        sa.CheckConstraint(
            "corrects_id <> id AND compared_id <> id", name=op.f("ck_roster_batch_other")
        ),
        sa.CheckConstraint(
            "(state = 'frozen') = (sha256 IS NOT NULL) AND (sha256 IS NULL) = (as_of IS NULL) "
            "AND (sha256 IS NULL) = (rows_total IS NULL)",
            name=op.f("ck_roster_batch_whole"),
        ),
        sa.CheckConstraint(
            "(compared_id IS NOT NULL AND sha256 IS NOT NULL) = (added IS NOT NULL) "
            "AND (added IS NULL) = (changed IS NULL) AND (added IS NULL) = (removed IS NULL)",
            name=op.f("ck_roster_batch_compared"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_roster_batch_{column}_{target.split('.')[0]}")
            )
            for column, target in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_batch")),
        sa.UniqueConstraint(
            "county_code", "kind", "number", name=op.f("uq_roster_batch_county_code_kind_number")
        ),
    )


def _refuse(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'true'} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; "
        f"END IF; RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _leave_out_the_erased() -> None:
    trigger = "frozen_cells_not_of_erased"
    if op.get_bind().dialect.name == "sqlite":
        erased = "SELECT 1 FROM person WHERE id = NEW.person_id AND erased_at IS NOT NULL"
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON frozen_cells FOR EACH ROW "
            f"WHEN true AND EXISTS ({erased}) BEGIN SELECT RAISE(IGNORE); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        "SELECT erased_at INTO gone FROM person WHERE id = NEW.person_id FOR KEY SHARE; "
        "IF gone IS NOT NULL THEN RETURN NULL; END IF; END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON frozen_cells FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )
