"""Adds the templates of counties, and all kinds of lists and files to what may be ordered.

On the way back the templates are lost, and so are orders of lists and files that were not known before.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KINDS = "kind IN ('completions', 'behind', 'opening', 'application', 'hours', 'notice')"
ALL_FORMATS = "format IN ('xlsx', 'csv', 'csv_gb18030', 'pdf')"
KIND, FORMATS = "kind IN ('completions')", "format IN ('xlsx', 'csv')"
ORDERED = ("export", "export_schedule")
REFUSED = "roster_template rows of this kind never change"
TRIGGER = "roster_template_no_{name}"
SQLITE = (
    "CREATE TRIGGER " + TRIGGER + " BEFORE {verb} ON roster_template FOR EACH ROW "
    "BEGIN SELECT RAISE(ABORT, '" + REFUSED + "'); END"
)
POSTGRESQL = (
    "CREATE FUNCTION " + TRIGGER + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF true THEN RAISE EXCEPTION '" + REFUSED + "' USING ERRCODE = '23514'; END IF; "
    "RETURN {row}; END $$; "
    "CREATE TRIGGER " + TRIGGER + " BEFORE {verb} ON roster_template FOR EACH ROW "
    "EXECUTE FUNCTION " + TRIGGER + "()"
)
VERBS = {"UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    """Add the table; every county has the shipped templates so far."""
    _orders(KINDS, ALL_FORMATS, length=12)
    op.create_table(
        "roster_template",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("made_by_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_roster_template_kind")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_roster_template_version")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_roster_template_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_roster_template_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_template")),
        sa.UniqueConstraint(
            "county_code",
            "kind",
            "version",
            name=op.f("uq_roster_template_county_code_kind_version"),
        ),
    )
    pattern = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for verb, row in VERBS.items():
        op.execute(pattern.format(name=verb.lower(), verb=verb, row=row))


def downgrade() -> None:
    """Take it away."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in VERBS:
        trigger = TRIGGER.format(name=verb.lower())
        op.execute(f"DROP TRIGGER {trigger}" if is_sqlite else f"DROP FUNCTION {trigger} CASCADE")
    op.drop_table("roster_template")
    for table in ORDERED:
        op.execute(f"DELETE FROM {table} WHERE NOT ({FORMATS} AND {KIND})")
    _orders(KIND, FORMATS, length=4)


def _orders(kinds: str, formats: str, *, length: int) -> None:
    for table in ORDERED:
        with op.batch_alter_table(table) as changed:
            for name in ("kind", "format"):
                changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            changed.alter_column("format", type_=sa.String(length=length), existing_nullable=False)
            changed.create_check_constraint(op.f(f"ck_{table}_kind"), kinds)
            changed.create_check_constraint(op.f(f"ck_{table}_format"), formats)
