"""Keeps with a sign-in the hash of its browser's own random number; those from before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("sign_in", sa.Column("browser_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take it away; everybody stays signed in."""
    op.drop_column("sign_in", "browser_hash")
