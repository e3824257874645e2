"""Remembers the files on their way in, so that an upload goes on where its line broke."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "upload",
        sa.Column("asset_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("byte_size", ID, nullable=False),
        sa.Column("received_bytes", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("modified", sa.String(length=40), nullable=False),
        sa.Column("item_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint("byte_size > 0", name=op.f("ck_upload_byte_size")),
        sa.CheckConstraint(
            "received_bytes BETWEEN 0 AND byte_size", name=op.f("ck_upload_received_bytes")
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR received_bytes = byte_size", name=op.f("ck_upload_finished")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_upload_asset_id_asset")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_upload_owner_id_person")
        ),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_owner", "upload", ["owner_id", "finished_at"])
    op.create_index("ix_upload_expires_at", "upload", ["expires_at"])


def downgrade() -> None:
    """Drop the table; what was not whole has to be sent again."""
    op.drop_table("upload")
    op.execute("DELETE FROM asset WHERE state = 'uploading'")
