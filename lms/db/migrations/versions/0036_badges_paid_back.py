"""Lets a badge be revoked because all that was paid for its training went back.

On the way back such badges stay revoked.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NAME = "credential_no_update"
TEXT = "credential rows of this kind never change"
REWRITTEN = (
    "NEW.person_id <> OLD.person_id OR NEW.course_id <> OLD.course_id OR "
    "NEW.enrollment_id <> OLD.enrollment_id OR NEW.created_at <> OLD.created_at OR "
    "(OLD.document IS NOT NULL AND NEW.value <> OLD.value) OR (OLD.document IS NOT "
    "NULL AND NEW.serial <> OLD.serial) OR (OLD.document IS NOT NULL AND "
    "NEW.status_list <> OLD.status_list) OR (OLD.document IS NOT NULL AND "
    "NEW.status_index <> OLD.status_index) OR (OLD.document IS NOT NULL AND "
    "NEW.document <> OLD.document) OR (OLD.document IS NOT NULL AND NEW.jwt <> "
    "OLD.jwt) OR (OLD.document IS NOT NULL AND NEW.issued_at <> OLD.issued_at) OR "
    "(OLD.document IS NOT NULL AND NEW.document IS NULL) OR (OLD.document IS NOT NULL "
    "AND COALESCE(NEW.valid_until, NEW.issued_at) <> COALESCE(OLD.valid_until, "
    "OLD.issued_at)) OR (OLD.state = 'revoked' AND NEW.state <> 'revoked') OR "
)
BEFORE = (
    "(NEW.state = 'revoked' AND NOT EXISTS (SELECT 1 FROM badge_request AS asked "
    "WHERE asked.credential_id = OLD.id AND asked.aim = 'revoke' AND asked.ruling = "
    "'confirmed'))"
)
NOW = (
    "(OLD.state <> 'revoked' AND NEW.state = 'revoked' AND NOT EXISTS (SELECT 1 FROM "
    "badge_request AS asked WHERE asked.credential_id = OLD.id AND asked.aim = "
    "'revoke' AND asked.ruling = 'confirmed') AND NOT EXISTS (SELECT 1 FROM "
    "course_order AS paid WHERE paid.enrollment_id = OLD.enrollment_id AND "
    "paid.seat_ended_at IS NOT NULL))"
)


def upgrade() -> None:
    """Let it; what two people confirm stays the other way."""
    _replace(REWRITTEN + NOW)


def downgrade() -> None:
    """Let it no more."""
    _replace(REWRITTEN + BEFORE)


def _replace(condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {NAME}")
        op.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON credential FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{TEXT}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{TEXT}' USING ERRCODE = '23514'; END IF; "
        "RETURN NEW; END $$"
    )
