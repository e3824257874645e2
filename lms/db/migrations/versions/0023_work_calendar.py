"""Adds the working days of years that are entered at the desk.

On the way back they are lost; years with a file of the program stay known.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
REFUSED = "work_calendar rows of this kind never change"
TRIGGER = "work_calendar_no_{name}"
SQLITE = (
    "CREATE TRIGGER " + TRIGGER + " BEFORE {verb} ON work_calendar FOR EACH ROW "
    "BEGIN SELECT RAISE(ABORT, '" + REFUSED + "'); END"
)
POSTGRESQL = (
    "CREATE FUNCTION " + TRIGGER + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF true THEN RAISE EXCEPTION '" + REFUSED + "' USING ERRCODE = '23514'; END IF; "
    "RETURN {row}; END $$; "
    "CREATE TRIGGER " + TRIGGER + " BEFORE {verb} ON work_calendar FOR EACH ROW "
    "EXECUTE FUNCTION " + TRIGGER + "()"
)
VERBS = {"UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    """Add the table; nothing was entered yet."""
    op.create_table(
        "work_calendar",
        sa.Column("id", ID, nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("entered_by_id", ID, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_work_calendar_year")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_work_calendar_number")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_work_calendar_digest")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_work_calendar_entered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_calendar")),
    )
    op.create_index("uq_work_calendar_number", "work_calendar", ["year", "number"], unique=True)
    pattern = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for verb, row in VERBS.items():
        op.execute(pattern.format(name=verb.lower(), verb=verb, row=row))


def downgrade() -> None:
    """Take it away."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in VERBS:
        trigger = TRIGGER.format(name=verb.lower())
        op.execute(f"DROP TRIGGER {trigger}" if is_sqlite else f"DROP FUNCTION {trigger} CASCADE")
    op.drop_table("work_calendar")
