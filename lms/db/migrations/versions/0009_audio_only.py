"""Takes the sound alone of a video in as a rendition, which has no width and no height."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CHECKS = {
    "ck_rendition_label": (
        "label IN ('240p', '480p')",
        "label IN ('audio', '240p', '480p')",
    ),
    "ck_rendition_picture": (
        "width > 0 AND height > 0",
        "CASE WHEN label = 'audio' THEN width = 0 AND height = 0 ELSE width > 0 AND height > 0 END",
    ),
}


def upgrade() -> None:
    """Let rows of sound in."""
    _replace(1)


def downgrade() -> None:
    """Take the rows of sound out; the files stay where they are."""
    op.execute("DELETE FROM rendition WHERE label = 'audio'")
    _replace(0)


def _replace(which: int) -> None:
    with op.batch_alter_table("rendition") as table:
        for name, conditions in _CHECKS.items():
            table.drop_constraint(op.f(name), type_="check")
            table.create_check_constraint(op.f(name), conditions[which])
