"""Adds rosters that were sent and looked at, and counts seats once for all who come together.

On the way back the rosters nobody took in are lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
_LIVE = "('active', 'completed')"
_NO_SEAT = "the class has no free seat"
_RAISE = f"THEN RAISE EXCEPTION '{_NO_SEAT}' USING ERRCODE = '23514'; END IF; "
_FUNCTION = (
    "CREATE FUNCTION enrollment_seats_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
)
_SEATED = f"(SELECT training_class_id FROM seated WHERE status IN {_LIVE})"
_OVERFULL = (
    f"EXISTS (SELECT 1 FROM training_class WHERE id IN {_SEATED} AND capacity < "
    "(SELECT count(*) FROM enrollment WHERE training_class_id = training_class.id "
    f"AND status IN {_LIVE}))"
)
AT_ONCE = (
    f"{_FUNCTION}"
    f"PERFORM 1 FROM training_class WHERE id IN {_SEATED} AND capacity IS NOT NULL "
    "ORDER BY id FOR UPDATE; "
    f"IF {_OVERFULL} {_RAISE}RETURN NULL; END $$; "
    "CREATE TRIGGER enrollment_seats_insert AFTER INSERT ON enrollment "
    "REFERENCING NEW TABLE AS seated FOR EACH STATEMENT "
    "EXECUTE FUNCTION enrollment_seats_insert()"
)
_FULL = (
    "(SELECT count(*) FROM enrollment WHERE training_class_id = NEW.training_class_id "
    f"AND status IN {_LIVE}) >= "
    "(SELECT capacity FROM training_class WHERE id = NEW.training_class_id)"
)
ONE_BY_ONE = (
    f"{_FUNCTION}"
    f"IF NEW.training_class_id IS NOT NULL AND NEW.status IN {_LIVE} THEN "
    "PERFORM 1 FROM training_class WHERE id = NEW.training_class_id "
    "AND capacity IS NOT NULL FOR UPDATE; "
    f"IF {_FULL} {_RAISE}END IF; RETURN NEW; END $$; "
    "CREATE TRIGGER enrollment_seats_insert BEFORE INSERT ON enrollment FOR EACH ROW "
    "EXECUTE FUNCTION enrollment_seats_insert()"
)


def upgrade() -> None:
    """Add the table; nothing was sent yet."""
    op.create_table(
        "roster_draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("training_class_id", ID, nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key_name", sa.String(length=40), nullable=False),
        sa.Column("sent_by_id", ID, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_roster_draft_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["training_class_id"],
            ["training_class.id"],
            name=op.f("fk_roster_draft_training_class_id_training_class"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_roster_draft_sent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_draft")),
    )
    op.create_index(op.f("ix_roster_draft_sent_at"), "roster_draft", ["sent_at"])
    _count_seats(AT_ONCE)


def downgrade() -> None:
    """Take it away, and count by row again."""
    _count_seats(ONE_BY_ONE)
    op.drop_table("roster_draft")


def _count_seats(how: str) -> None:
    """Put another trigger in the place of the one that counts; SQLite has none by statement."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("DROP FUNCTION enrollment_seats_insert CASCADE")
    op.execute(how)
