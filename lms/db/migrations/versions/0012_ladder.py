"""Lets a video have a third rung, a stream and thumbnails; those from before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHECK = "ck_rendition_label"
_OLD = "label IN ('audio', '240p', '480p')"
_NEW = "label IN ('audio', '240p', '480p', '720p')"


def upgrade() -> None:
    """Add the columns one by one: a copy of the table would lose its trigger."""
    op.add_column(
        "asset", sa.Column("has_stream", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("asset", sa.Column("thumbnails", ID, nullable=True))
    _replace(_NEW)


def downgrade() -> None:
    """Take the third rung out of the tables; the files stay where they are."""
    op.execute("DELETE FROM rendition WHERE label = '720p'")
    _replace(_OLD)
    op.drop_column("asset", "thumbnails")
    op.drop_column("asset", "has_stream")


def _replace(condition: str) -> None:
    with op.batch_alter_table("rendition") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.create_check_constraint(op.f(_CHECK), condition)
