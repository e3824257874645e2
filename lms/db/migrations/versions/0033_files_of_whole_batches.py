"""Refuses an order for a file of a roster that is not frozen yet."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NAME = "export_no_insert"
TEXT = "export rows of this kind never change"
NOT_WHOLE = (
    "NEW.batch_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM roster_batch WHERE id = NEW.batch_id AND state = 'frozen')"
)
SQLITE = (
    f"CREATE TRIGGER {NAME} BEFORE INSERT ON export FOR EACH ROW WHEN {NOT_WHOLE} "
    f"BEGIN SELECT RAISE(ABORT, '{TEXT}'); END"
)
POSTGRESQL = (
    f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {NOT_WHOLE} THEN RAISE EXCEPTION '{TEXT}' USING ERRCODE = '23514'; END IF; "
    f"RETURN NEW; END $$; "
    f"CREATE TRIGGER {NAME} BEFORE INSERT ON export FOR EACH ROW EXECUTE FUNCTION {NAME}()"
)


def upgrade() -> None:
    """Add the refusal; every file ordered so far is of a frozen one, for the site asked."""
    op.execute(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {NAME}")
        return
    op.execute(f"DROP TRIGGER {NAME} ON export")
    op.execute(f"DROP FUNCTION {NAME}")
