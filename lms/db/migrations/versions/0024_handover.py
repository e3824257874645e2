"""Adds packages that supervisors take home.

On the way back what was ordered is lost; files that were made stay in the folder of exports.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table; nothing was ordered yet."""
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("learner_id", ID, nullable=True),
        sa.Column("seed", sa.String(length=40), nullable=True),
        sa.Column("wanted", ID, nullable=True),
        sa.Column("upto", ID, nullable=True),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("requested_by_id", ID, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("people_total", ID, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("byte_size", ID, nullable=True),
        sa.Column("path", sa.String(length=80), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("downloaded_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(learner_id IS NULL) = (seed IS NOT NULL)", name=op.f("ck_handover_chosen")
        ),
        sa.CheckConstraint(
            "(seed IS NULL) = (wanted IS NULL) AND (seed IS NULL) = (upto IS NULL)",
            name=op.f("ck_handover_drawn"),
        ),
        sa.CheckConstraint("wanted BETWEEN 1 AND 500", name=op.f("ck_handover_wanted")),
        sa.CheckConstraint(
            "(sha256 IS NULL) = (path IS NULL) AND (manifest_sha256 IS NULL) = (path IS NULL)",
            name=op.f("ck_handover_made"),
        ),
        sa.CheckConstraint(
            "downloaded_at IS NULL OR path IS NOT NULL", name=op.f("ck_handover_downloaded")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_handover_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_handover_requested_by_id_person")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_handover_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_mine", "handover", ["requested_by_id", "created_at"])
    op.create_index("ix_handover_expiry", "handover", ["expires_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("handover")
