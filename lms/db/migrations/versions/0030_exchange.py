"""Adds tokens of other systems, and how much was fetched with them.

On the way back the tokens are lost: their systems need new ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SCOPES = (
    "classes.read",
    "completions.read",
    "hours.read",
    "classes.read completions.read",
    "classes.read hours.read",
    "completions.read hours.read",
    "completions.read people.names",
    "classes.read completions.read hours.read",
    "classes.read completions.read people.names",
    "completions.read hours.read people.names",
    "classes.read completions.read hours.read people.names",
)
KEPT = (
    *("institution_id", "county_code", "system", "scopes", "token_hash", "beginning"),
    *("days", "created_by_id", "created_at"),
)
SAID_ONCE = ("approved_by_id", "approved_at", "revoked_by_id", "revoked_at")
REWRITTEN = " OR ".join(
    (
        *(f"NEW.{column} <> OLD.{column}" for column in KEPT),
        *(
            f"(OLD.{each} IS NOT NULL AND (NEW.{each} IS NULL OR NEW.{each} <> OLD.{each}))"
            for each in SAID_ONCE
        ),
        "(OLD.revoked_at IS NOT NULL AND OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL)",
    )
)
FEWER = (
    "NEW.token_id <> OLD.token_id OR NEW.day <> OLD.day OR NEW.kind <> OLD.kind "
    "OR NEW.requests <= OLD.requests OR NEW.rows_given < OLD.rows_given"
)
REFUSED = (
    ("access_token", "UPDATE", REWRITTEN),
    ("access_token", "DELETE", ""),
    ("exchange_pull", "UPDATE", FEWER),
    ("exchange_pull", "DELETE", ""),
)


def upgrade() -> None:
    """Add the tables; nobody has a token yet."""
    listed = ", ".join(f"'{each}'" for each in SCOPES)
    op.create_table(
        "access_token",
        sa.Column("id", ID, nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("system", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("beginning", sa.String(length=8), nullable=False),
        sa.Column("days", ID, nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("revoked_by_id", ID, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        _check("scopes", f"scopes IN ({listed})"),
        _check("days", "days BETWEEN 1 AND 365"),
        _check("hashed", "length(token_hash) = 64"),
        _check("beginning", "length(beginning) = 8"),
        _check("two_people", "approved_by_id <> created_by_id"),
        _check("approved", "(approved_by_id IS NULL) = (approved_at IS NULL)"),
        _check("revoked", "(revoked_by_id IS NULL) = (revoked_at IS NULL)"),
        _check("used", "last_used_at IS NULL OR approved_at IS NOT NULL"),
        _key("institution_id", "institution", "id"),
        _key("county_code", "county", "code"),
        *(_key(f"{each}_by_id", "person", "id") for each in ("created", "approved", "revoked")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    op.create_index(
        "ix_access_token_reach", "access_token", ["county_code", "institution_id", "id"]
    )
    op.create_table(
        "exchange_pull",
        sa.Column("token_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("requests", ID, nullable=False),
        sa.Column("rows_given", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('classes', 'enrollments', 'hours')", name=op.f("ck_exchange_pull_kind")
        ),
        sa.CheckConstraint("requests > 0", name=op.f("ck_exchange_pull_requests")),
        sa.CheckConstraint("rows_given >= 0", name=op.f("ck_exchange_pull_rows_given")),
        sa.ForeignKeyConstraint(
            ["token_id"], ["access_token.id"], name=op.f("fk_exchange_pull_token_id_access_token")
        ),
        sa.PrimaryKeyConstraint("token_id", "day", "kind", name=op.f("pk_exchange_pull")),
    )
    for table, verb, condition in REFUSED:
        _refuse(table, verb, condition)


def downgrade() -> None:
    """Take them away."""
    for table, verb, _ in REFUSED:
        name = f"{table}_no_{verb.lower()}"
        op.execute(f"DROP TRIGGER {name}" if _is_sqlite() else f"DROP FUNCTION {name} CASCADE")
    op.drop_table("exchange_pull")
    op.drop_table("access_token")


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_access_token_{name}"))


def _key(column: str, table: str, key: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_access_token_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=name)


def _refuse(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    if _is_sqlite():
        when = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'true'} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
