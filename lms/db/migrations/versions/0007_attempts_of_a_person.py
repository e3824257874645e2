"""Finds a person's attempts by an index: the learning file reads them among millions."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_attempt_person", "attempt", ["person_id", "submitted_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_attempt_person", table_name="attempt")
