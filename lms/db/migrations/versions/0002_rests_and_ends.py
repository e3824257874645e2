"""Lets jobs rest after a fault; finds proofs that are over by when they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("job", sa.Column("faults", ID, server_default=sa.text("0"), nullable=False))
    op.add_column("job", sa.Column("due_at", MOMENT, nullable=True))
    op.create_index(op.f("ix_one_time_code_expires_at"), "one_time_code", ["expires_at"])
    op.create_index(op.f("ix_half_sign_in_expires_at"), "half_sign_in", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_half_sign_in_expires_at"), table_name="half_sign_in")
    op.drop_index(op.f("ix_one_time_code_expires_at"), table_name="one_time_code")
    op.drop_column("job", "due_at")
    op.drop_column("job", "faults")
