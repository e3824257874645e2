"""Adds what people are told on the site.

On the way back it is forgotten.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# The text stands beside the model too and a test compares both.
_TEMPLATES = (
    *("claim_submitted", "claim_looked_at", "claim_passed", "claim_returned", "claim_public"),
    *("claim_objected", "claim_objection_settled", "claim_approved", "claim_paid"),
    *("claim_instalment_paid", "claim_bank_returned", "claim_paying_again", "claim_rejected"),
    *("claim_withdrawn", "claim_reopened", "claim_doubted", "claim_doubt_settled"),
    "claim_clawed_back",
)
_SAID = ("id", "person_id", "key", "template", "params", "created_at")
_NEW, _OLD = (", ".join(f"{row}.{each}" for each in _SAID) for row in ("NEW", "OLD"))
_ERASED = "EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND erased_at IS NOT NULL)"
_REFUSED = {
    "UPDATE": f"OLD.read_at IS NOT NULL OR NEW.read_at IS NULL OR ({_NEW}) <> ({_OLD})",
    "DELETE": f"NOT {_ERASED}",
}
_TRIGGERS = ("inbox_message_no_update", "inbox_message_no_delete", "inbox_message_not_of_erased")


def upgrade() -> None:
    """Add the table; nobody was told anything yet."""
    listed = ", ".join(f"'{each}'" for each in _TEMPLATES)
    op.create_table(
        "inbox_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("template", sa.String(40), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.CheckConstraint(f"template IN ({listed})", name=op.f("ck_inbox_message_template")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_inbox_message_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
    )
    op.create_index("ix_inbox_message_person", "inbox_message", ["person_id", "id"])
    op.create_index("uq_inbox_message_key", "inbox_message", ["key"], unique=True)
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_inbox_message_unread",
        "inbox_message",
        ["person_id", "id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    for verb, condition in _REFUSED.items():
        _refuse(verb, condition)
    _leave_out_the_erased()


def downgrade() -> None:
    """Take it away."""
    for trigger in _TRIGGERS:
        is_sqlite = op.get_bind().dialect.name == "sqlite"
        op.execute(f"DROP TRIGGER {trigger}" if is_sqlite else f"DROP FUNCTION {trigger} CASCADE")
    op.drop_table("inbox_message")


def _refuse(verb: str, condition: str) -> None:
    trigger = f"inbox_message_no_{verb.lower()}"
    text = "inbox_message rows of this kind never change"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON inbox_message FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON inbox_message FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _leave_out_the_erased() -> None:
    trigger = "inbox_message_not_of_erased"
    if op.get_bind().dialect.name == "sqlite":
        erased = "SELECT 1 FROM person WHERE id = NEW.person_id AND erased_at IS NOT NULL"
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON inbox_message FOR EACH ROW "
            f"WHEN true AND EXISTS ({erased}) BEGIN SELECT RAISE(IGNORE); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        "SELECT erased_at INTO gone FROM person WHERE id = NEW.person_id FOR KEY SHARE; "
        "IF gone IS NOT NULL THEN RETURN NULL; END IF; END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON inbox_message FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )
