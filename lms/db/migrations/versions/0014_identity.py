"""Adds real-name identity, bank accounts, guardians, and how consent was given.

On the way back numbers, checks and accounts are lost, and so is consent to anything but the terms
and the privacy notice; who closed the account is closed still, without a word of when.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
_PURPOSES = "purpose IN ('sign_in', 'new_password', 'change_phone', 'confirm'{more})"
_HELD_PHONE = "NEW.state = 'closed' AND NEW.phone IS NOT NULL"


def upgrade() -> None:
    """Add the tables and columns; everybody agreed with their own hand so far."""
    _people()
    _consents()
    _identities()
    _guardians()
    _accounts()
    _code_purposes(", 'guardian', 'helper'")


def downgrade() -> None:
    """Take them away."""
    op.execute("DELETE FROM one_time_code WHERE purpose IN ('guardian', 'helper')")
    _code_purposes("")
    op.drop_table("bank_account")
    op.drop_table("guardian")
    _drop("identity_check", "UPDATE")
    _drop("identity_check", "DELETE")
    op.drop_table("identity_check")
    op.drop_table("identity")
    op.execute("DELETE FROM consent WHERE subject NOT IN ('terms', 'privacy')")
    op.drop_index("uq_consent_live", table_name="consent")
    with op.batch_alter_table("consent") as table:
        table.drop_constraint(op.f("ck_consent_recorded"), type_="check")
        table.drop_constraint(op.f("ck_consent_way"), type_="check")
        table.drop_constraint(op.f("fk_consent_recorded_by_id_person"), type_="foreignkey")
        for name in ("network", "recorded_by_id", "way"):
            table.drop_column(name)
    _drop("person", "UPDATE")
    for columns in ("county_name", "name", "county_id", "former_phone"):
        op.drop_index(f"ix_person_{columns}", table_name="person")
    for name in ("closed_at", "former_phone", "held_at", "password_at"):
        op.drop_column("person", name)


def _people() -> None:
    for name in ("password_at", "held_at", "closed_at"):
        op.add_column("person", sa.Column(name, MOMENT, nullable=True))
    op.add_column("person", sa.Column("former_phone", sa.String(length=11), nullable=True))
    op.create_index("ix_person_former_phone", "person", ["former_phone"])
    op.create_index("ix_person_county_id", "person", ["county_code", "id"])
    by_sign = {"name": "text_pattern_ops"}
    op.create_index("ix_person_name", "person", ["name", "id"], postgresql_ops=by_sign)
    columns = ["county_code", "name", "id"]
    op.create_index("ix_person_county_name", "person", columns, postgresql_ops=by_sign)
    _refuse("person", "UPDATE", _HELD_PHONE)


def _consents() -> None:
    with op.batch_alter_table("consent") as table:
        table.add_column(
            sa.Column("way", sa.String(length=10), server_default=sa.text("'own'"), nullable=False)
        )
        table.add_column(sa.Column("recorded_by_id", ID, nullable=True))
        table.add_column(sa.Column("network", sa.String(length=60), nullable=True))
        table.create_foreign_key(
            op.f("fk_consent_recorded_by_id_person"), "person", ["recorded_by_id"], ["id"]
        )
        table.create_check_constraint(op.f("ck_consent_way"), "way IN ('own', 'code', 'paper')")
        table.create_check_constraint(
            op.f("ck_consent_recorded"), "(way = 'own') = (recorded_by_id IS NULL)"
        )
    live = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_consent_live",
        "consent",
        ["person_id", "subject"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _identities() -> None:
    op.create_table(
        "identity",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("mask", sa.String(length=18), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", ID, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("checked_by_id", ID, nullable=True),
        _check("identity", "state", "state IN ('declared', 'verified', 'refused')"),
        _check("identity", "method", "method IN ('in_person', 'registry')"),
        _check("identity", "sex", "sex IN ('M', 'F')"),
        _check(
            "identity",
            "checked",
            "(state = 'declared') = (checked_at IS NULL) AND (checked_at IS NULL) = (method IS NULL)",
        ),
        _check("identity", "not_by_oneself", "checked_by_id <> person_id"),
        _check("identity", "by_somebody", "method <> 'in_person' OR checked_by_id IS NOT NULL"),
        *(_of_person("identity", name) for name in ("person_id", "entered_by_id", "checked_by_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_identity")),
    )
    op.create_index("uq_identity_number", "identity", ["number_index"], unique=True)
    op.create_index("ix_identity_waiting", "identity", ["state", "person_id"])
    op.create_table(
        "identity_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("mask", sa.String(length=18), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _check("identity_check", "method", "method IN ('in_person', 'registry', 'release')"),
        _check("identity_check", "result", "result IN ('verified', 'refused', 'released')"),
        _check("identity_check", "not_by_oneself", "by_id <> person_id OR method = 'release'"),
        *(_of_person("identity_check", name) for name in ("person_id", "by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check")),
    )
    op.create_index("ix_identity_check_person", "identity_check", ["person_id", "id"])
    _refuse("identity_check", "UPDATE", "")
    _refuse("identity_check", "DELETE", "")


def _guardians() -> None:
    op.create_table(
        "guardian",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("recorded_by_id", ID, nullable=True),
        sa.Column("given_at", MOMENT, nullable=False),
        _check("guardian", "proof", "proof IN ('code', 'in_person')"),
        _check(
            "guardian",
            "seen_by_somebody",
            "(proof = 'in_person') = (recorded_by_id IS NOT NULL)",
        ),
        _check("guardian", "not_by_oneself", "recorded_by_id <> person_id"),
        *(_of_person("guardian", name) for name in ("person_id", "recorded_by_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_guardian")),
    )


def _accounts() -> None:
    op.create_table(
        "bank_account",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("mask", sa.String(length=19), nullable=False),
        sa.Column("bank", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", ID, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("checked_by_id", ID, nullable=True),
        _check("bank_account", "state", "state IN ('declared', 'confirmed', 'refused')"),
        _check("bank_account", "checked", "(state = 'declared') = (checked_at IS NULL)"),
        _check("bank_account", "by_somebody", "(checked_at IS NULL) = (checked_by_id IS NULL)"),
        _check("bank_account", "not_by_oneself", "checked_by_id <> person_id"),
        *(
            _of_person("bank_account", name)
            for name in ("person_id", "entered_by_id", "checked_by_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_bank_account")),
    )
    op.create_index("uq_bank_account_number", "bank_account", ["number_index"], unique=True)


def _code_purposes(more: str) -> None:
    with op.batch_alter_table("one_time_code") as table:
        table.drop_constraint(op.f("ck_one_time_code_purpose"), type_="check")
        table.create_check_constraint(op.f("ck_one_time_code_purpose"), _PURPOSES.format(more=more))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _of_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["person.id"], name=op.f(f"fk_{table}_{column}_person")
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
