"""Adds rolled-up figures and budgets; everybody who studied or claimed is to be counted.

Hours are counted with the person, so the ledger is read on from where it ends now. On the way back
the figures are lost, and can be made again; budgets are lost for good.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONTH = "month BETWEEN 200001 AND 209912 AND month % 100 BETWEEN 1 AND 12"
MEASURES = (
    *("enrolled", "started", "passed", "completed", "badges", "certified"),
    *("claimed", "approved", "paid", "paid_fen", "owed_fen"),
    *("people_enrolled", "people_trained", "people_paid"),
    *("reached_start", "reached_test", "reached_end", "reached_certificate", "reached_money"),
    "credited_ms",
)
BUDGET_REFUSED = "subsidy_budget rows of this kind never change"
SELF = "VALUES (NEW.person_id)"
OWNER = "SELECT person_id FROM external_certificate WHERE id = NEW.certificate_id"
CLAIMANT = "SELECT person_id FROM subsidy_claim WHERE id = NEW.claim_id"
TAKERS = "SELECT person_id FROM enrollment WHERE course_id"
# Table, verb, whom it marks, when.
MARKS = (
    ("enrollment", "INSERT", SELF, "true"),
    ("enrollment", "UPDATE OF status, county_code, completed_at", SELF, "true"),
    (
        *("person", "UPDATE OF town, county_code", "VALUES (NEW.id)"),
        "coalesce(NEW.town, '') <> coalesce(OLD.town, '') OR NEW.county_code <> OLD.county_code",
    ),
    ("learner_fact", "INSERT", SELF, "NEW.key = 'groups'"),
    ("learner_fact", "DELETE", "VALUES (OLD.person_id)", "OLD.key = 'groups'"),
    ("attempt", "INSERT", SELF, "NEW.passed"),
    ("attempt", "UPDATE OF passed", SELF, "NEW.passed"),
    ("credential", "INSERT", SELF, "NEW.state <> 'pending'"),
    ("credential", "UPDATE OF state", SELF, "NEW.state <> OLD.state"),
    ("certificate_entry", "INSERT", OWNER, "true"),
    ("external_certificate", "UPDATE OF state", SELF, "true"),
    ("external_certificate", "DELETE", "VALUES (OLD.person_id)", "true"),
    ("subsidy_claim", "INSERT", SELF, "NEW.submitted_at IS NOT NULL"),
    ("subsidy_claim", "UPDATE OF state, paid_fen, amount_fen", SELF, "true"),
    ("subsidy_payment", "INSERT", CLAIMANT, "NEW.state = 'paid'"),
    ("subsidy_payment", "UPDATE OF state", CLAIMANT, "true"),
    (
        *("course", "UPDATE OF programme_id", TAKERS + " = NEW.id"),
        "coalesce(NEW.programme_id, 0) <> coalesce(OLD.programme_id, 0)",
    ),
    (
        *("programme", "UPDATE OF occupation_code, level"),
        TAKERS + " IN (SELECT id FROM course WHERE programme_id = NEW.id)",
        "true",
    ),
)
EVERYBODY = (
    "INSERT INTO figure_due (person_id) SELECT person_id FROM enrollment "
    "UNION SELECT person_id FROM subsidy_claim WHERE submitted_at IS NOT NULL"
)
NEWEST = "SELECT coalesce(max(id), 0) FROM watch_slice"


def upgrade() -> None:
    """Add the tables, let the database note changes, and have everybody counted."""
    _cells()
    _counting()
    _budgets()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, people, condition in MARKS:
        op.execute(_mark(table, verb, people, condition, is_sqlite=is_sqlite))
    op.execute(EVERYBODY)
    op.execute(
        "INSERT INTO figure_mark (id, ledger_id, upto_id, seen_id) "
        f"SELECT 1, ({NEWEST}), ({NEWEST}), ({NEWEST})"
    )


def downgrade() -> None:
    """Take them away."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    names = [_name(table, verb) for table, verb, _people, _condition in MARKS]
    for name in (*names, "subsidy_budget_no_update", "subsidy_budget_no_delete"):
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP FUNCTION {name} CASCADE")
    for table in (
        *("subsidy_budget", "figure_mark", "figure_due", "figure_person"),
        *("figure_refused", "figure_cell"),
    ):
        op.drop_table(table)


def _place_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.Column("month", ID, autoincrement=False, nullable=False),
        sa.Column("town", sa.String(40), nullable=False),
        sa.Column("person_group", sa.String(30), nullable=False),
        sa.Column("course_id", ID, autoincrement=False, nullable=False),
    )


def _cells() -> None:
    place = ("county_code", "month", "town", "person_group", "course_id")
    op.create_table(
        "figure_cell",
        *_place_columns(),
        *(sa.Column(name, ID, nullable=False) for name in MEASURES),
        sa.CheckConstraint(MONTH, name=op.f("ck_figure_cell_month")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_figure_cell_county_code_county")
        ),
        sa.PrimaryKeyConstraint(*place, name=op.f("pk_figure_cell")),
    )
    op.create_index("ix_figure_cell_course", "figure_cell", ["course_id", "county_code"])
    op.create_table(
        "figure_refused",
        *_place_columns(),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("ms", ID, nullable=False),
        sa.CheckConstraint(MONTH, name=op.f("ck_figure_refused_month")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_figure_refused_county_code_county")
        ),
        sa.PrimaryKeyConstraint(*place, "reason", name=op.f("pk_figure_refused")),
    )


def _counting() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "figure_person",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("cells", json, nullable=False),
        sa.Column("places", json, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_figure_person_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_figure_person")),
    )
    op.create_table(
        "figure_due",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_due")),
    )
    op.create_table(
        "figure_mark",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("ledger_id", ID, nullable=False),
        sa.Column("upto_id", ID, nullable=False),
        sa.Column("upto_at", MOMENT, nullable=True),
        sa.Column("seen_id", ID, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("as_of", MOMENT, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_figure_mark_one")),
        sa.CheckConstraint(
            "ledger_id <= upto_id AND upto_id <= seen_id", name=op.f("ck_figure_mark_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_mark")),
    )


def _budgets() -> None:
    op.create_table(
        "subsidy_budget",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("entered_by_id", ID, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2099", name=op.f("ck_subsidy_budget_year")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_budget_amount")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_subsidy_budget_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_subsidy_budget_entered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_budget")),
    )
    op.create_index("ix_subsidy_budget_year", "subsidy_budget", ["county_code", "year", "id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb, row in (("UPDATE", "NEW"), ("DELETE", "OLD")):
        name = f"subsidy_budget_no_{verb.lower()}"
        if is_sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON subsidy_budget FOR EACH ROW "
                f"BEGIN SELECT RAISE(ABORT, '{BUDGET_REFUSED}'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF true THEN RAISE EXCEPTION '{BUDGET_REFUSED}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {row}; END $$; "
            f"CREATE TRIGGER {name} BEFORE {verb} ON subsidy_budget FOR EACH ROW "
            f"EXECUTE FUNCTION {name}()"
        )


def _name(table: str, verb: str) -> str:
    return f"{table}_counts_{verb.split(' ', maxsplit=1)[0].lower()}"


def _mark(table: str, verb: str, people: str, condition: str, *, is_sqlite: bool) -> str:
    name = _name(table, verb)
    noted = f"INSERT INTO figure_due (person_id) {people}"
    when = "" if condition == "true" else f"WHEN {condition} "
    if is_sqlite:
        return (
            f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW {when}BEGIN {noted}; END"
        )
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN {noted}; END IF; RETURN NULL; END $$; "
        f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {name}()"
    )
