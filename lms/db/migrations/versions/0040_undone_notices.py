"""Lets the inbox tell of orders that were undone.

On the way back what was told of them is forgotten.
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_CLAIMS = (
    *("claim_submitted", "claim_looked_at", "claim_passed", "claim_returned", "claim_public"),
    *("claim_objected", "claim_objection_settled", "claim_approved", "claim_paid"),
    *("claim_instalment_paid", "claim_bank_returned", "claim_paying_again", "claim_rejected"),
    *("claim_withdrawn", "claim_reopened", "claim_doubted", "claim_doubt_settled"),
    "claim_clawed_back",
)
_FILES = (
    *("export_awaits", "export_approved", "export_refused", "export_lapsed", "export_ready"),
    *("export_failed", "export_schedule_ended", "handover_ready", "handover_failed"),
)
_ORDERS = ("order_paid", "order_without_seat", "order_refunded", "money_odd")
_UNDONE = ("order_undone",)
# The texts stand beside the model too and a test compares both.
_SAID = ("id", "person_id", "key", "template", "params", "created_at")
_NEW, _OLD = (", ".join(f"{row}.{each}" for each in _SAID) for row in ("NEW", "OLD"))
_ERASED = "EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND erased_at IS NOT NULL)"
_REFUSED = {
    "UPDATE": f"OLD.read_at IS NOT NULL OR NEW.read_at IS NULL OR ({_NEW}) <> ({_OLD})",
    "DELETE": f"NOT {_ERASED}",
}


def upgrade() -> None:
    """Let it; nobody is told anything by this."""
    _tell((*_CLAIMS, *_FILES, *_ORDERS, *_UNDONE))


def downgrade() -> None:
    """Let it no more."""
    _tell((*_CLAIMS, *_FILES, *_ORDERS))


def _tell(templates: tuple[str, ...]) -> None:
    """Let the inbox hold these templates and no others; what was told by others is forgotten."""
    listed = ", ".join(f"'{each}'" for each in templates)
    _let_change()
    op.execute(f"DELETE FROM inbox_message WHERE template NOT IN ({listed})")
    with op.batch_alter_table("inbox_message") as table:
        table.drop_constraint(op.f("ck_inbox_message_template"), type_="check")
        table.create_check_constraint(op.f("ck_inbox_message_template"), f"template IN ({listed})")
    for verb, condition in _REFUSED.items():
        _refuse(verb, condition)
    _leave_out_the_erased()


def _let_change() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in ("no_update", "no_delete", "not_of_erased"):
        name = f"inbox_message_{trigger}"
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP FUNCTION {name} CASCADE")


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
