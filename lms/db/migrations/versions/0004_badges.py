"""Adds badges, their keys and status lists, requests to revoke, and how long a badge is good for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# What no column type can hold; the text stands beside the models too and a test compares both.
PROMISES = {
    "sqlite": (
        "CREATE TRIGGER holder_no_update BEFORE UPDATE ON holder FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'holder rows of this kind never change'); END",
        "CREATE TRIGGER holder_no_delete BEFORE DELETE ON holder FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'holder rows of this kind never change'); END",
        "CREATE TRIGGER credential_no_update BEFORE UPDATE ON credential FOR EACH ROW WHEN NEW.person_id <> OLD.person_id OR NEW.course_id <> OLD.course_id OR NEW.enrollment_id <> OLD.enrollment_id OR NEW.created_at <> OLD.created_at OR (OLD.document IS NOT NULL AND NEW.value <> OLD.value) OR (OLD.document IS NOT NULL AND NEW.serial <> OLD.serial) OR (OLD.document IS NOT NULL AND NEW.status_list <> OLD.status_list) OR (OLD.document IS NOT NULL AND NEW.status_index <> OLD.status_index) OR (OLD.document IS NOT NULL AND NEW.document <> OLD.document) OR (OLD.document IS NOT NULL AND NEW.jwt <> OLD.jwt) OR (OLD.document IS NOT NULL AND NEW.issued_at <> OLD.issued_at) OR (OLD.document IS NOT NULL AND NEW.document IS NULL) OR (OLD.document IS NOT NULL AND COALESCE(NEW.valid_until, NEW.issued_at) <> COALESCE(OLD.valid_until, OLD.issued_at)) OR (OLD.state = 'revoked' AND NEW.state <> 'revoked') OR (NEW.state = 'revoked' AND NOT EXISTS (SELECT 1 FROM revocation WHERE credential_id = OLD.id AND ruling = 'confirmed')) BEGIN SELECT RAISE(ABORT, 'credential rows of this kind never change'); END",
        "CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential FOR EACH ROW WHEN OLD.document IS NOT NULL BEGIN SELECT RAISE(ABORT, 'credential rows of this kind never change'); END",
        "CREATE TRIGGER revocation_no_update BEFORE UPDATE ON revocation FOR EACH ROW WHEN OLD.ruling IS NOT NULL OR NEW.credential_id <> OLD.credential_id OR NEW.reason <> OLD.reason OR NEW.note <> OLD.note OR NEW.asked_by_id <> OLD.asked_by_id BEGIN SELECT RAISE(ABORT, 'revocation rows of this kind never change'); END",
        "CREATE TRIGGER revocation_no_delete BEFORE DELETE ON revocation FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'revocation rows of this kind never change'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION holder_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'holder rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER holder_no_update BEFORE UPDATE ON holder FOR EACH ROW EXECUTE FUNCTION holder_no_update()",
        "CREATE FUNCTION holder_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'holder rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER holder_no_delete BEFORE DELETE ON holder FOR EACH ROW EXECUTE FUNCTION holder_no_delete()",
        "CREATE FUNCTION credential_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.person_id <> OLD.person_id OR NEW.course_id <> OLD.course_id OR NEW.enrollment_id <> OLD.enrollment_id OR NEW.created_at <> OLD.created_at OR (OLD.document IS NOT NULL AND NEW.value <> OLD.value) OR (OLD.document IS NOT NULL AND NEW.serial <> OLD.serial) OR (OLD.document IS NOT NULL AND NEW.status_list <> OLD.status_list) OR (OLD.document IS NOT NULL AND NEW.status_index <> OLD.status_index) OR (OLD.document IS NOT NULL AND NEW.document <> OLD.document) OR (OLD.document IS NOT NULL AND NEW.jwt <> OLD.jwt) OR (OLD.document IS NOT NULL AND NEW.issued_at <> OLD.issued_at) OR (OLD.document IS NOT NULL AND NEW.document IS NULL) OR (OLD.document IS NOT NULL AND COALESCE(NEW.valid_until, NEW.issued_at) <> COALESCE(OLD.valid_until, OLD.issued_at)) OR (OLD.state = 'revoked' AND NEW.state <> 'revoked') OR (NEW.state = 'revoked' AND NOT EXISTS (SELECT 1 FROM revocation WHERE credential_id = OLD.id AND ruling = 'confirmed')) THEN RAISE EXCEPTION 'credential rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER credential_no_update BEFORE UPDATE ON credential FOR EACH ROW EXECUTE FUNCTION credential_no_update()",
        "CREATE FUNCTION credential_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.document IS NOT NULL THEN RAISE EXCEPTION 'credential rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential FOR EACH ROW EXECUTE FUNCTION credential_no_delete()",
        "CREATE FUNCTION revocation_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.ruling IS NOT NULL OR NEW.credential_id <> OLD.credential_id OR NEW.reason <> OLD.reason OR NEW.note <> OLD.note OR NEW.asked_by_id <> OLD.asked_by_id THEN RAISE EXCEPTION 'revocation rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER revocation_no_update BEFORE UPDATE ON revocation FOR EACH ROW EXECUTE FUNCTION revocation_no_update()",
        "CREATE FUNCTION revocation_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'revocation rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER revocation_no_delete BEFORE DELETE ON revocation FOR EACH ROW EXECUTE FUNCTION revocation_no_delete()",
    ),
}
FUNCTIONS = (
    "credential_no_delete",
    "credential_no_update",
    "holder_no_delete",
    "holder_no_update",
    "revocation_no_delete",
    "revocation_no_update",
)


def upgrade() -> None:
    """Add the tables, then the promises of the engine at hand."""
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("controller", sa.String(length=255), nullable=False),
        sa.Column("public", JSON, nullable=False),
        sa.Column("private", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'active') = (ended_at IS NULL)", name=op.f("ck_issuer_key_ended")
        ),
        sa.CheckConstraint(
            "(state = 'active') = (private IS NOT NULL)", name=op.f("ck_issuer_key_signs")
        ),
        sa.CheckConstraint("kind IN ('ed25519', 'rsa')", name=op.f("ck_issuer_key_kind")),
        sa.CheckConstraint(
            "state IN ('active', 'retired', 'withdrawn')", name=op.f("ck_issuer_key_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_key")),
    )
    op.create_index(
        "uq_issuer_key_active",
        "issuer_key",
        ["controller", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "status_list",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("taken", ID, nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_status_list_taken")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list")),
    )
    op.create_table(
        "holder",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_holder_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_holder")),
        sa.UniqueConstraint("number", name=op.f("uq_holder_number")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("serial", sa.String(length=20), nullable=True),
        sa.Column("status_list", ID, nullable=True),
        sa.Column("status_index", ID, nullable=True),
        sa.Column("value", JSON, nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("jwt", sa.Text(), nullable=True),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=True),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (document IS NULL)", name=op.f("ck_credential_signed")
        ),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f("ck_credential_revoked")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'valid', 'revoked')", name=op.f("ck_credential_state")
        ),
        sa.CheckConstraint(
            "(document IS NULL) = (issued_at IS NULL)", name=op.f("ck_credential_issued")
        ),
        sa.CheckConstraint(
            "(document IS NULL) = (jwt IS NULL)", name=op.f("ck_credential_both_forms")
        ),
        sa.CheckConstraint(
            "(document IS NULL) = (value IS NULL)", name=op.f("ck_credential_stated")
        ),
        sa.CheckConstraint(
            "document IS NULL OR (serial IS NOT NULL AND status_index IS NOT NULL)",
            name=op.f("ck_credential_placed"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_credential_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_credential_enrollment_id_enrollment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_credential_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["status_list"],
            ["status_list.number"],
            name=op.f("fk_credential_status_list_status_list"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("serial", name=op.f("uq_credential_serial")),
        sa.UniqueConstraint(
            "status_list", "status_index", name=op.f("uq_credential_status_list_status_index")
        ),
    )
    op.create_index(
        op.f("ix_credential_enrollment_id"), "credential", ["enrollment_id"], unique=False
    )
    op.create_index(
        "ix_credential_pending",
        "credential",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(op.f("ix_credential_person_id"), "credential", ["person_id"], unique=False)
    op.create_index(
        "uq_credential_live",
        "credential",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'revoked'"),
        postgresql_where=sa.text("state <> 'revoked'"),
    )
    op.create_table(
        "revocation",
        sa.Column("id", ID, nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ruling", sa.String(length=10), nullable=True),
        sa.Column("ruled_by_id", ID, nullable=True),
        sa.Column("ruled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "reason IN ('not_own_study', 'result_corrected', 'issued_in_error', 'holder_asked')",
            name=op.f("ck_revocation_reason"),
        ),
        sa.CheckConstraint(
            "ruling IN ('confirmed', 'declined')", name=op.f("ck_revocation_ruling")
        ),
        sa.CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name=op.f("ck_revocation_ruled"),
        ),
        sa.CheckConstraint("ruled_by_id <> asked_by_id", name=op.f("ck_revocation_two_people")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_revocation_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential.id"],
            name=op.f("fk_revocation_credential_id_credential"),
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by_id"], ["person.id"], name=op.f("fk_revocation_ruled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
    )
    op.create_index(
        "uq_revocation_standing",
        "revocation",
        ["credential_id"],
        unique=True,
        sqlite_where=sa.text("ruling IS NULL OR ruling = 'confirmed'"),
        postgresql_where=sa.text("ruling IS NULL OR ruling = 'confirmed'"),
    )
    # A rule of the column itself: SQLite then need not write the whole table anew.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE course ADD COLUMN badge_months {kind} "
        "CONSTRAINT ck_course_badge_months CHECK (badge_months > 0)"
    )
    for statement in PROMISES[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("course", "badge_months")
    op.drop_index(
        "uq_revocation_standing",
        table_name="revocation",
        sqlite_where=sa.text("ruling IS NULL OR ruling = 'confirmed'"),
        postgresql_where=sa.text("ruling IS NULL OR ruling = 'confirmed'"),
    )
    op.drop_table("revocation")
    op.drop_index(
        "uq_credential_live",
        table_name="credential",
        sqlite_where=sa.text("state <> 'revoked'"),
        postgresql_where=sa.text("state <> 'revoked'"),
    )
    op.drop_index(op.f("ix_credential_person_id"), table_name="credential")
    op.drop_index(
        "ix_credential_pending",
        table_name="credential",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(op.f("ix_credential_enrollment_id"), table_name="credential")
    op.drop_table("credential")
    op.drop_table("holder")
    op.drop_table("status_list")
    op.drop_index(
        "uq_issuer_key_active",
        table_name="issuer_key",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_table("issuer_key")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
