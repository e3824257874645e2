"""Adds the moment a person was erased, after which the database lets their rows go.

On the way back the moments are lost: whoever was erased has nothing left that could be deleted, and
is marked once more when the step is taken again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# The text stands beside the models too and a test compares both.
_HELD_PHONE = "NEW.state = 'closed' AND NEW.phone IS NOT NULL"
_ONCE = (
    "OLD.erased_at IS NOT NULL OR (NEW.erased_at IS NOT NULL AND NEW.state <> 'closed') "
    f"OR ({_HELD_PHONE})"
)
_NAMED = "NOT EXISTS (SELECT 1 FROM person WHERE id = {owner} AND erased_at IS NOT NULL)"
_OWN = "OLD.person_id"
_OF_CERTIFICATE = "(SELECT person_id FROM external_certificate WHERE id = OLD.certificate_id)"
_OF_ENROLLMENT = "(SELECT person_id FROM enrollment WHERE id = OLD.enrollment_id)"
_OWNERS = {
    "identity_check": _OWN,
    "class_confirmation": _OF_ENROLLMENT,
    "class_objection": _OF_ENROLLMENT,
    "learner_fact": _OWN,
    "evidence": _OWN,
    "promise": _OWN,
    "certificate_entry": _OF_CERTIFICATE,
    "external_certificate": _OWN,
    "eligibility_decision": _OWN,
}
_CARRIED_OUT = (
    "NEW.granted_at IS NOT NULL AND OLD.granted_at IS NULL "
    "AND coalesce(NEW.ruling, '') = OLD.ruling AND coalesce(NEW.reason, '') = OLD.reason "
    "AND coalesce(NEW.ruled_by_id, 0) = OLD.ruled_by_id AND NEW.words = OLD.words"
)
_RULED = {
    "time_request": f"OLD.ruling IS NOT NULL AND NOT ({_CARRIED_OUT})",
    "study_flag": "OLD.ruling IS NOT NULL",
}
_INDEXES = {
    "ix_person_to_erase": (["closed_at"], "closed_at IS NOT NULL AND erased_at IS NULL"),
    "ix_person_erased": (["erased_at", "id"], "erased_at IS NOT NULL"),
}


def upgrade() -> None:
    """Add the moment; nobody was erased yet, so every row stays as safe as it was."""
    op.add_column("person", sa.Column("erased_at", MOMENT, nullable=True))
    for name, (columns, where) in _INDEXES.items():
        rows = sa.text(where)
        op.create_index(name, "person", columns, sqlite_where=rows, postgresql_where=rows)
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "id"])
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    _replace("person", "UPDATE", _ONCE)
    for table, owner in _OWNERS.items():
        _replace(table, "DELETE", _NAMED.format(owner=owner))
    for table, condition in _RULED.items():
        _replace(table, "UPDATE", f"{condition} AND {_NAMED.format(owner=_OWN)}")


def downgrade() -> None:
    """Take it away: nothing is deleted any more."""
    for table, condition in _RULED.items():
        _replace(table, "UPDATE", condition)
    for table in _OWNERS:
        _replace(table, "DELETE", "")
    _replace("person", "UPDATE", _HELD_PHONE)
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index("ix_audit_entry_action", table_name="audit_entry")
    for name in _INDEXES:
        op.drop_index(name, table_name="person")
    op.drop_column("person", "erased_at")


def _replace(table: str, verb: str, condition: str) -> None:
    """Let the trigger refuse what fits the condition (all, where empty), and that alone."""
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN {condition} " if condition else ""
        op.execute(f"DROP TRIGGER {trigger}")
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'true'} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; "
        f"END IF; RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
    )
