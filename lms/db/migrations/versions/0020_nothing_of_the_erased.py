"""Refuses what would be written about the erased, and keeps that a list was taken in.

On the way back it is forgotten which rosters were taken in, and on what papers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# The text stands beside the models too and a test compares both.
_OWN = "NEW.person_id"
_OF_ENROLLMENT = "(SELECT enrollment.person_id FROM enrollment WHERE id = NEW.enrollment_id)"
_OWNERS = {
    **dict.fromkeys(
        (
            *("attendance_entry", "bank_account", "class_wait", "consent", "enrollment"),
            *("evidence", "external_certificate", "guardian", "half_sign_in", "identity"),
            *("identity_check", "learner_fact", "promise", "role_grant", "session_attendance"),
            *("sign_in", "time_request", "totp_secret"),
        ),
        _OWN,
    ),
    "certificate_entry": (
        "(SELECT external_certificate.person_id FROM external_certificate "
        "WHERE id = NEW.certificate_id)"
    ),
    "class_confirmation": _OF_ENROLLMENT,
    "class_objection": _OF_ENROLLMENT,
}
_LEFT_OUT = ("eligibility_decision", "eligibility_due", "study_flag")
_WORDS = ("study_flag", "time_request")
_TAKEN = "OLD.taken_in_at IS NOT NULL"
_ROSTERS = {
    "UPDATE": f"{_TAKEN} OR (NEW.taken_in_at IS NOT NULL AND NEW.papers IS NULL)",
    "DELETE": _TAKEN,
}


def upgrade() -> None:
    """Add the triggers; no list was taken in yet as far as is known."""
    for table, owner in _OWNERS.items():
        _refuse(f"{table}_not_of_erased", "INSERT", table, owner)
    for table in _LEFT_OUT:
        _refuse(f"{table}_not_of_erased", "INSERT", table, _OWN, leaves_out=True)
    for table in _WORDS:
        condition = "coalesce(NEW.words, '') <> ''"
        _refuse(f"{table}_words_of_erased", "UPDATE OF words", table, _OWN, condition=condition)
    op.add_column("roster_draft", sa.Column("taken_in_at", MOMENT, nullable=True))
    op.add_column("roster_draft", sa.Column("papers", sa.String(length=120), nullable=True))
    op.add_column("fact_list_draft", sa.Column("taken_in_at", MOMENT, nullable=True))
    for verb, condition in _ROSTERS.items():
        _keep("roster_draft", verb, condition)


def downgrade() -> None:
    """Take them away; rosters that were taken in are no drafts any more."""
    for verb in _ROSTERS:
        _drop(f"roster_draft_no_{verb.lower()}", "roster_draft")
    for table in ("roster_draft", "fact_list_draft"):
        op.execute(f"DELETE FROM {table} WHERE taken_in_at IS NOT NULL")  # noqa: S608 (ours)
        op.drop_column(table, "taken_in_at")
    op.drop_column("roster_draft", "papers")
    for table in _WORDS:
        _drop(f"{table}_words_of_erased", table)
    for table in (*_LEFT_OUT, *_OWNERS):
        _drop(f"{table}_not_of_erased", table)


def _refuse(
    trigger: str,
    verb: str,
    table: str,
    owner: str,
    *,
    condition: str = "true",
    leaves_out: bool = False,
) -> None:
    text = f"{table}: this person was erased"
    if op.get_bind().dialect.name == "sqlite":
        erased = f"SELECT 1 FROM person WHERE id = {owner} AND erased_at IS NOT NULL"  # noqa: S608 (ours)
        refusal = "IGNORE" if leaves_out else f"ABORT, '{text}'"
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
            f"WHEN {condition} AND EXISTS ({erased}) BEGIN SELECT RAISE({refusal}); END"
        )
        return
    refusal = "RETURN NULL" if leaves_out else f"RAISE EXCEPTION '{text}' USING ERRCODE = '23514'"
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"DECLARE gone timestamptz; BEGIN IF {condition} THEN "
        f"SELECT erased_at INTO gone FROM person WHERE id = {owner} FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN {refusal}; END IF; END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _keep(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _drop(trigger: str, table: str) -> None:
    op.execute(
        f"DROP TRIGGER {trigger}"
        if op.get_bind().dialect.name == "sqlite"
        else f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {trigger}()"
    )
