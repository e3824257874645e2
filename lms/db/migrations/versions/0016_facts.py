"""Adds papers behind facts, external certificates and lists that were taken in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
_KEYS = (
    "key IN ('real_name_verified', 'sex', 'birth_date', 'groups', 'ties', 'public_staff', "
    "'receiving_pension', 'full_time_student', 'consent', 'payee_name_matches', "
    "'other_public_source'{more})"
)
_SOURCES = "source IN ('declared', 'document', 'staff', 'import', 'registry')"
_PAPERS = (
    "kind IN ('groups', 'ties', 'public_staff', 'receiving_pension', 'full_time_student', "
    "'other_public_source', 'past_subsidies', 'certificate')"
)
_LISTS = "kind IN ('registered_unemployed', 'pension', 'public_staff', 'subsidies')"
_KEPT = ("evidence", "promise", "fact_list", "certificate_entry")
# The text stands beside the models too and a test compares both.
_FIXED = (
    "OLD.state = 'void' OR NEW.person_id <> OLD.person_id OR NEW.type <> OLD.type "
    "OR NEW.number <> OLD.number"
)
_REFUSED = (
    *((table, verb, "") for table in _KEPT for verb in ("UPDATE", "DELETE")),
    ("external_certificate", "UPDATE", _FIXED),
    ("external_certificate", "DELETE", ""),
)
_FACT_KEY = "ck_learner_fact_key"
_NEW_KEYS = {
    "evidence_id": ("fk_learner_fact_evidence_id_evidence", "evidence"),
    "import_id": ("fk_learner_fact_import_id_fact_list", "fact_list"),
}


def upgrade() -> None:
    """Add the tables and what a fact rests on; what is known stays as it is."""
    _papers()
    _lists()
    _certificates()
    _forbid_nothing("learner_fact")
    with op.batch_alter_table("learner_fact") as table:
        table.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        table.add_column(sa.Column("evidence_id", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("import_id", ID, nullable=True))
        table.add_column(sa.Column("note", sa.String(length=200), nullable=True))
        for column, (name, other) in _NEW_KEYS.items():
            table.create_foreign_key(op.f(name), other, [column], ["id"])
        table.drop_constraint(op.f(_FACT_KEY), type_="check")
        table.create_check_constraint(op.f(_FACT_KEY), _KEYS.format(more=", 'past_subsidies'"))
        table.create_check_constraint(
            op.f("ck_learner_fact_period"), "valid_to IS NULL OR valid_from <= valid_to"
        )
    for verb in ("UPDATE", "DELETE"):
        _refuse("learner_fact", verb, "")
    for table_name, verb, condition in _REFUSED:
        _refuse(table_name, verb, condition)


def downgrade() -> None:
    """Take them away; of facts what only these tables could hold is lost."""
    _forbid_nothing("learner_fact")
    op.execute("DELETE FROM learner_fact WHERE key = 'past_subsidies'")
    with op.batch_alter_table("learner_fact") as table:
        table.drop_constraint(op.f("ck_learner_fact_period"), type_="check")
        table.drop_constraint(op.f(_FACT_KEY), type_="check")
        table.create_check_constraint(op.f(_FACT_KEY), _KEYS.format(more=""))
        for column, (name, _) in _NEW_KEYS.items():
            table.drop_constraint(op.f(name), type_="foreignkey")
            table.drop_column(column)
        table.drop_column("note")
        table.drop_column("valid_to")
    for verb in ("UPDATE", "DELETE"):
        _refuse("learner_fact", verb, "")
    for table_name, verb, _ in _REFUSED:
        _drop(table_name, verb)
    for name in ("certificate_entry", "external_certificate", "fact_list_draft", "fact_list"):
        op.drop_table(name)
    op.drop_table("promise")
    op.drop_table("evidence")


def _papers() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("content_type", sa.String(length=30), nullable=False),
        sa.Column("byte_size", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key_name", sa.String(length=40), nullable=False),
        sa.Column("uploaded_by_id", ID, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.CheckConstraint(_PAPERS, name=op.f("ck_evidence_kind")),
        sa.CheckConstraint(
            "content_type IN ('image/jpeg', 'application/pdf')",
            name=op.f("ck_evidence_content_type"),
        ),
        _person("evidence", "person_id"),
        _person("evidence", "uploaded_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_person", "evidence", ["person_id", "uploaded_at"])
    op.create_table(
        "promise",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=50), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        _person("promise", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_person", "promise", ["person_id", "given_at"])


def _lists() -> None:
    op.create_table(
        "fact_list",
        sa.Column("id", ID, nullable=False),
        *_list_columns(),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", ID, nullable=False),
        sa.Column("matched", ID, nullable=False),
        sa.Column("imported_by_id", ID, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.CheckConstraint(_LISTS, name=op.f("ck_fact_list_kind")),
        _county("fact_list"),
        _person("fact_list", "imported_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_list")),
        sa.UniqueConstraint(
            *("county_code", "kind", "sha256"), name=op.f("uq_fact_list_county_code_kind_sha256")
        ),
    )
    op.create_index("ix_fact_list_county", "fact_list", ["county_code", "as_of"])
    op.create_table(
        "fact_list_draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        *_list_columns(),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key_name", sa.String(length=40), nullable=False),
        sa.Column("sent_by_id", ID, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.CheckConstraint(_LISTS, name=op.f("ck_fact_list_draft_kind")),
        _county("fact_list_draft"),
        _person("fact_list_draft", "sent_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_list_draft")),
    )
    op.create_index(op.f("ix_fact_list_draft_sent_at"), "fact_list_draft", ["sent_at"])


def _list_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
    )


def _certificates() -> None:
    op.create_table(
        "external_certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("voided_by_id", ID, nullable=True),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "type IN ('skill_level', 'special_ability', 'training_pass', "
            "'vocational_qualification')",
            name=op.f("ck_external_certificate_type"),
        ),
        sa.CheckConstraint("state IN ('live', 'void')", name=op.f("ck_external_certificate_state")),
        sa.CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL)",
            name=op.f("ck_external_certificate_whole_void"),
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by_id IS NULL)",
            name=op.f("ck_external_certificate_voided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)",
            name=op.f("ck_external_certificate_reasoned"),
        ),
        _person("external_certificate", "person_id"),
        _person("external_certificate", "voided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_certificate")),
    )
    standing = sa.text("state <> 'void'")
    op.create_index(
        "uq_external_certificate_standing",
        "external_certificate",
        ["type", "number"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("ix_external_certificate_person", "external_certificate", ["person_id"])
    _entries()


def _entries() -> None:
    op.create_table(
        "certificate_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("occupation_code", sa.String(length=20), nullable=False),
        sa.Column("work_type", sa.String(length=40), nullable=True),
        sa.Column("level", ID, nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("theory_mark", sa.Numeric(5, 2), nullable=True),
        sa.Column("practice_mark", sa.Numeric(5, 2), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("registry_verified", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("evidence_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("recorded_by_id", ID, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "status IN ('issued', 'revoked')", name=op.f("ck_certificate_entry_status")
        ),
        sa.CheckConstraint(_SOURCES, name=op.f("ck_certificate_entry_source")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_certificate_entry_level")),
        sa.CheckConstraint(
            "theory_mark BETWEEN 0 AND 100", name=op.f("ck_certificate_entry_theory")
        ),
        sa.CheckConstraint(
            "practice_mark BETWEEN 0 AND 100", name=op.f("ck_certificate_entry_practice")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["external_certificate.id"],
            name=op.f("fk_certificate_entry_certificate_id_external_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_certificate_entry_evidence_id_evidence"),
        ),
        _person("certificate_entry", "recorded_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_entry")),
    )
    op.create_index(
        "ix_certificate_entry_certificate", "certificate_entry", ["certificate_id", "id"]
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["person.id"], name=op.f(f"fk_{table}_{column}_person")
    )


def _county(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["county_code"], ["county.code"], name=op.f(f"fk_{table}_county_code_county")
    )


def _forbid_nothing(table: str) -> None:
    """Let rows change for the moment: SQLite writes the table anew and forgets its triggers."""
    for verb in ("UPDATE", "DELETE"):
        _drop(table, verb)


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
