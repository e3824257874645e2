"""Keeps every caption file that was sent, and with a published revision which it came out with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNIQUE = "uq_caption_asset_id_language"
_REFUSED = "caption rows of this kind never change"
# Both engines: verb, then what the function or the trigger is called.
_SQLITE = (
    "CREATE TRIGGER caption_no_{name} BEFORE {verb} ON caption FOR EACH ROW "
    "BEGIN SELECT RAISE(ABORT, '" + _REFUSED + "'); END"
)
_POSTGRESQL = (
    "CREATE FUNCTION caption_no_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF true THEN RAISE EXCEPTION '" + _REFUSED + "' USING ERRCODE = '23514'; END IF; "
    "RETURN {row}; END $$; "
    "CREATE TRIGGER caption_no_{name} BEFORE {verb} ON caption FOR EACH ROW "
    "EXECUTE FUNCTION caption_no_{name}()"
)
_ROWS = {"UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    op.add_column("item", sa.Column("captions", JSON, nullable=True))
    with op.batch_alter_table("caption") as table:
        table.drop_constraint(UNIQUE, type_="unique")
    op.create_index("ix_caption_newest", "caption", ["asset_id", "language", "id"])
    pattern = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for verb, row in _ROWS.items():
        op.execute(pattern.format(name=verb.lower(), verb=verb, row=row))


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in _ROWS:
        name = f"caption_no_{verb.lower()}"
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP FUNCTION {name} CASCADE")
    op.drop_index("ix_caption_newest", table_name="caption")
    # Of several files of one language the newest stays.
    op.execute(
        "DELETE FROM caption WHERE id NOT IN "
        "(SELECT max(id) FROM caption GROUP BY asset_id, language)"
    )
    with op.batch_alter_table("caption") as table:
        table.create_unique_constraint(UNIQUE, ["asset_id", "language"])
    op.drop_column("item", "captions")
