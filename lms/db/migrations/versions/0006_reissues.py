"""Turns requests to revoke into requests about badges, so that one may be issued anew."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STANDING = sa.text("ruling IS NULL OR ruling = 'confirmed'")
REVOKING = "'not_own_study', 'result_corrected', 'issued_in_error', 'holder_asked'"
REISSUING = "'objection_upheld', 'record_corrected'"
CARRIED = "id, credential_id, reason, note, asked_by_id, asked_at, ruling, ruled_by_id, ruled_at"

# What no column type can hold; the text stands beside the models too and a test compares both.
_KEPT = ("person_id", "course_id", "enrollment_id", "created_at")
_SIGNED = ("value", "serial", "status_list", "status_index", "document", "jwt", "issued_at")
_REWRITTEN = " OR ".join(
    (
        *(f"NEW.{column} <> OLD.{column}" for column in _KEPT),
        *(f"(OLD.document IS NOT NULL AND NEW.{each} <> OLD.{each})" for each in _SIGNED),
        "(OLD.document IS NOT NULL AND NEW.document IS NULL)",
        "(OLD.document IS NOT NULL AND COALESCE(NEW.valid_until, NEW.issued_at) "
        "<> COALESCE(OLD.valid_until, OLD.issued_at))",
        "(OLD.state = 'revoked' AND NEW.state <> 'revoked')",
    )
)
_OLD_RULE = (
    "(NEW.state = 'revoked' AND NOT EXISTS (SELECT 1 FROM revocation "
    "WHERE credential_id = OLD.id AND ruling = 'confirmed'))"
)
_CONFIRMED = (
    "EXISTS (SELECT 1 FROM badge_request AS asked WHERE asked.credential_id = {credential} "
    "AND asked.aim = '{aim}' AND asked.ruling = 'confirmed')"
)
_NEW_RULE = (
    f"(NEW.state = 'revoked' AND NOT {_CONFIRMED.format(credential='OLD.id', aim='revoke')})"
)
_IN_THE_WAY = (
    "EXISTS (SELECT 1 FROM credential AS earlier WHERE earlier.person_id = NEW.person_id "
    "AND earlier.course_id = NEW.course_id AND earlier.state = 'revoked' "
    f"AND NOT {_CONFIRMED.format(credential='earlier.id', aim='reissue')})"
)
_DECIDED = (
    "OLD.ruling IS NOT NULL OR NEW.credential_id <> OLD.credential_id OR NEW.aim <> OLD.aim "
    "OR NEW.reason <> OLD.reason OR NEW.note <> OLD.note "
    "OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at"
)
_OLD_DECIDED = (
    "OLD.ruling IS NOT NULL OR NEW.credential_id <> OLD.credential_id "
    "OR NEW.reason <> OLD.reason OR NEW.note <> OLD.note OR NEW.asked_by_id <> OLD.asked_by_id"
)


def upgrade() -> None:
    """Carry the requests over to the new table and let the badges' rules look there."""
    _drop("credential", "UPDATE")
    _table(
        "badge_request",
        sa.Column("aim", sa.String(length=10), nullable=False),
        sa.CheckConstraint("aim IN ('revoke', 'reissue')", name=op.f("ck_badge_request_aim")),
        sa.CheckConstraint(
            f"reason IN ({REVOKING}, {REISSUING})", name=op.f("ck_badge_request_reason")
        ),
        sa.CheckConstraint(
            f"(aim = 'reissue') = (reason IN ({REISSUING}))",
            name=op.f("ck_badge_request_reason_fits"),
        ),
        sa.CheckConstraint(
            "ruling IN ('confirmed', 'declined', 'withdrawn')",
            name=op.f("ck_badge_request_ruling"),
        ),
        sa.CheckConstraint(
            "(ruling = 'withdrawn') = (ruled_by_id = asked_by_id)",
            name=op.f("ck_badge_request_two_people"),
        ),
        standing=("credential_id", "aim"),
    )
    op.execute(
        f"INSERT INTO badge_request (aim, {CARRIED}) SELECT 'revoke', {CARRIED} FROM revocation"
    )
    _restart("badge_request")
    for verb in ("UPDATE", "DELETE"):
        _drop("revocation", verb)
    op.drop_index("uq_revocation_standing", table_name="revocation")
    op.drop_table("revocation")
    _refuse("credential", "UPDATE", f"{_REWRITTEN} OR {_NEW_RULE}")
    _refuse("credential", "INSERT", _IN_THE_WAY)
    _refuse("badge_request", "UPDATE", _DECIDED)
    _refuse("badge_request", "DELETE", "")


def downgrade() -> None:
    """Go back to requests to revoke alone; badges that were issued anew stay, why is lost."""
    for verb in ("UPDATE", "INSERT"):
        _drop("credential", verb)
    _table(
        "revocation",
        sa.CheckConstraint(f"reason IN ({REVOKING})", name=op.f("ck_revocation_reason")),
        sa.CheckConstraint(
            "ruling IN ('confirmed', 'declined')", name=op.f("ck_revocation_ruling")
        ),
        sa.CheckConstraint("ruled_by_id <> asked_by_id", name=op.f("ck_revocation_two_people")),
        standing=("credential_id",),
    )
    op.execute(
        f"INSERT INTO revocation ({CARRIED}) SELECT {CARRIED} FROM badge_request "
        "WHERE aim = 'revoke' AND (ruling IS NULL OR ruling <> 'withdrawn')"
    )
    _restart("revocation")
    for verb in ("UPDATE", "DELETE"):
        _drop("badge_request", verb)
    op.drop_index("uq_badge_request_standing", table_name="badge_request")
    op.drop_table("badge_request")
    _refuse("credential", "UPDATE", f"{_REWRITTEN} OR {_OLD_RULE}")
    _refuse("revocation", "UPDATE", _OLD_DECIDED)
    _refuse("revocation", "DELETE", "")


def _table(name: str, *more: sa.schema.SchemaItem, standing: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ruling", sa.String(length=10), nullable=True),
        sa.Column("ruled_by_id", ID, nullable=True),
        sa.Column("ruled_at", MOMENT, nullable=True),
        *more,
        sa.CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name=op.f(f"ck_{name}_ruled"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f(f"fk_{name}_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f(f"fk_{name}_credential_id_credential")
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by_id"], ["person.id"], name=op.f(f"fk_{name}_ruled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(
        f"uq_{name}_standing",
        name,
        list(standing),
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _restart(table: str) -> None:
    """Let the next number follow those that were carried over; SQLite does so by itself."""
    if not _is_sqlite():
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT COALESCE(max(id), 0) + 1 FROM {table}), false)"
        )


def _refuse(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    when = f"WHEN {condition} " if condition else ""
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'true'} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; "
        f"END IF; RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _drop(table: str, verb: str) -> None:
    trigger = f"{table}_no_{verb.lower()}"
    op.execute(f"DROP TRIGGER {trigger}" if _is_sqlite() else f"DROP FUNCTION {trigger} CASCADE")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
