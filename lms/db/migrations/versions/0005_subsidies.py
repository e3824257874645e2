"""Adds dated facts of people, the policy versions used, decisions, what is due; a school's code."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEYS = (
    "'real_name_verified', 'sex', 'birth_date', 'groups', 'ties', 'public_staff', "
    "'receiving_pension', 'full_time_student', 'consent', 'payee_name_matches', "
    "'other_public_source'"
)
SOURCES = "'declared', 'document', 'staff', 'import', 'registry'"
OUTCOMES = "'eligible', 'needs_review', 'not_eligible'"
APPEND_ONLY = ("learner_fact", "policy_version", "eligibility_decision")
REFUSED = "{table} rows of this kind never change"
SQLITE = (
    "CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} FOR EACH ROW "
    "BEGIN SELECT RAISE(ABORT, '" + REFUSED + "'); END"
)
POSTGRESQL = (
    "CREATE FUNCTION {table}_no_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF true THEN RAISE EXCEPTION '" + REFUSED + "' USING ERRCODE = '23514'; END IF; "
    "RETURN {row}; END $$; "
    "CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} FOR EACH ROW "
    "EXECUTE FUNCTION {table}_no_{name}()"
)
VERBS = {"UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    # No constraint of the table: SQLite would write it anew, and courses refer to its rows.
    op.add_column("institution", sa.Column("code", sa.String(40), nullable=True))
    op.create_index("uq_institution_code", "institution", ["code"], unique=True)
    _facts()
    _decisions()
    pattern = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for name in APPEND_ONLY:
        for verb, row in VERBS.items():
            op.execute(pattern.format(table=name, name=verb.lower(), verb=verb, row=row))


def _facts() -> None:
    op.create_table(
        "learner_fact",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("key", sa.String(30), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by_id", ID, nullable=True),
        sa.CheckConstraint(f"key IN ({KEYS})", name=op.f("ck_learner_fact_key")),
        sa.CheckConstraint(f"source IN ({SOURCES})", name=op.f("ck_learner_fact_source")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_learner_fact_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_learner_fact_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_fact")),
    )
    op.create_index("ix_learner_fact_person", "learner_fact", ["person_id", "key", "valid_from"])


def _decisions() -> None:
    op.create_table(
        "policy_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("policy_id", sa.String(40), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint(
            "policy_id", "version", name=op.f("uq_policy_version_policy_id_version")
        ),
    )
    op.create_table(
        "eligibility_decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("programme_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("policy_version_id", ID, nullable=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("amount_fen", ID, nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("results", JSON, nullable=False),
        sa.Column("basis_sha256", sa.String(64), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            f"outcome IN ({OUTCOMES})", name=op.f("ck_eligibility_decision_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_eligibility_decision_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_eligibility_decision_programme_id_programme"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
            name=op.f("fk_eligibility_decision_policy_version_id_policy_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_decision")),
        sa.UniqueConstraint(
            "person_id",
            "programme_id",
            "number",
            name=op.f("uq_eligibility_decision_person_id_programme_id_number"),
        ),
    )
    op.create_table(
        "eligibility_due",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("programme_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_eligibility_due_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_eligibility_due_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("person_id", "programme_id", name=op.f("pk_eligibility_due")),
    )
    op.create_index(op.f("ix_eligibility_due_since"), "eligibility_due", ["since"])


def downgrade() -> None:
    op.drop_table("eligibility_due")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in reversed(APPEND_ONLY):
        for verb in VERBS:
            trigger = f"{name}_no_{verb.lower()}"
            op.execute(
                f"DROP TRIGGER {trigger}" if is_sqlite else f"DROP FUNCTION {trigger} CASCADE"
            )
        op.drop_table(name)
    op.drop_index("uq_institution_code", table_name="institution")
    op.drop_column("institution", "code")
