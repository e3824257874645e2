"""Adds policy versions that people load: what was proposed, and which versions were accepted.

On the way back proposals are lost; accepted versions stay written down and are no longer in force.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
REFUSED = "policy_acceptance rows of this kind never change"
TRIGGER = "policy_acceptance_no_{name}"
SQLITE = (
    "CREATE TRIGGER " + TRIGGER + " BEFORE {verb} ON policy_acceptance FOR EACH ROW "
    "BEGIN SELECT RAISE(ABORT, '" + REFUSED + "'); END"
)
POSTGRESQL = (
    "CREATE FUNCTION " + TRIGGER + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF true THEN RAISE EXCEPTION '" + REFUSED + "' USING ERRCODE = '23514'; END IF; "
    "RETURN {row}; END $$; "
    "CREATE TRIGGER " + TRIGGER + " BEFORE {verb} ON policy_acceptance FOR EACH ROW "
    "EXECUTE FUNCTION " + TRIGGER + "()"
)
VERBS = {"UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    """Add both tables; nothing was proposed yet."""
    op.create_table(
        "policy_proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("proposed_by_id", ID, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("dry_run", JSON, nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected', 'withdrawn')",
            name=op.f("ck_policy_proposal_state"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_policy_proposal_decided")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_policy_proposal_decided_by"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR decided_by_id <> proposed_by_id",
            name=op.f("ck_policy_proposal_two"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_policy_proposal_proposed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_policy_proposal_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_proposal")),
    )
    op.create_table(
        "policy_acceptance",
        sa.Column("policy_version_id", ID, autoincrement=False, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
            name=op.f("fk_policy_acceptance_policy_version_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["policy_proposal.id"],
            name=op.f("fk_policy_acceptance_proposal_id_policy_proposal"),
        ),
        sa.PrimaryKeyConstraint("policy_version_id", name=op.f("pk_policy_acceptance")),
    )
    op.create_index(op.f("ix_policy_acceptance_proposal_id"), "policy_acceptance", ["proposal_id"])
    op.create_index(
        op.f("ix_eligibility_decision_policy_version_id"),
        "eligibility_decision",
        ["policy_version_id"],
    )
    pattern = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for verb, row in VERBS.items():
        op.execute(pattern.format(name=verb.lower(), verb=verb, row=row))


def downgrade() -> None:
    """Take them away."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in VERBS:
        trigger = TRIGGER.format(name=verb.lower())
        op.execute(f"DROP TRIGGER {trigger}" if is_sqlite else f"DROP FUNCTION {trigger} CASCADE")
    op.drop_index(
        op.f("ix_eligibility_decision_policy_version_id"), table_name="eligibility_decision"
    )
    op.drop_table("policy_acceptance")
    op.drop_table("policy_proposal")
