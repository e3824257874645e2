"""Adds rosters that were sent and looked at, not taken in yet; on the way back they are lost."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


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


def downgrade() -> None:
    """Take it away."""
    op.drop_table("roster_draft")
