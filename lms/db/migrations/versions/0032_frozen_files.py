"""Lets files be ordered of frozen rosters, and counts what stays masked in one.

On the way back it is lost which frozen roster a file was of; the orders stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# A frozen roster is in Chinese and of one moment, so no month asks for it.
FROZEN = "batch_id IS NULL OR (language = 'zh' AND schedule_id IS NULL)"
LEFT = "left_masked IS NULL OR (batch_id IS NOT NULL AND rows_total IS NOT NULL)"
BATCH = op.f("fk_export_batch_id_roster_batch")


def upgrade() -> None:
    """Add the columns; nothing was ordered of a frozen roster yet."""
    with op.batch_alter_table("export") as table:
        table.add_column(sa.Column("batch_id", ID, nullable=True))
        table.add_column(sa.Column("left_masked", ID, nullable=True))
        table.create_foreign_key(BATCH, "roster_batch", ["batch_id"], ["id"])
        table.create_check_constraint(op.f("ck_export_frozen"), FROZEN)
        table.create_check_constraint(op.f("ck_export_left"), LEFT)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("export") as table:
        table.drop_constraint(op.f("ck_export_left"), type_="check")
        table.drop_constraint(op.f("ck_export_frozen"), type_="check")
        table.drop_constraint(BATCH, type_="foreignkey")
        table.drop_column("left_masked")
        table.drop_column("batch_id")
