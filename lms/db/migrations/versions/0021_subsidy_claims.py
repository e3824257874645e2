"""Adds subsidy claims with their steps, public lists 公示, and payments.

On the way back all of it is lost.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# The texts stand beside the models too and a test compares both.
_OF_CLAIM = "(SELECT {given}person_id FROM subsidy_claim WHERE id = {row}.claim_id)"
_OWNERS = {
    **dict.fromkeys(("subsidy_account", "subsidy_claim"), "NEW.person_id"),
    **dict.fromkeys(
        ("notice_row", "subsidy_claim_cause", "subsidy_claim_step", "subsidy_payment"),
        _OF_CLAIM.format(given="subsidy_claim.", row="NEW"),
    ),
}
_NAMED = "NOT EXISTS (SELECT 1 FROM person WHERE id = {owner} AND erased_at IS NOT NULL)"
_OWN_UNLESS_ERASED = _NAMED.format(owner="OLD.person_id")
_UNLESS_ERASED = _NAMED.format(owner=_OF_CLAIM.format(given="", row="OLD"))
_REFUSED = (
    (
        "subsidy_claim",
        "UPDATE",
        "NEW.person_id <> OLD.person_id OR NEW.programme_id <> OLD.programme_id"
        " OR NEW.occupation <> OLD.occupation OR NEW.work_type <> OLD.work_type"
        " OR NEW.level <> OLD.level OR NEW.created_at <> OLD.created_at OR "
        "(OLD.number IS NOT NULL AND (NEW.number IS NULL OR NEW.number <> "
        "OLD.number)) OR (OLD.submitted_at IS NOT NULL AND (NEW.submitted_at IS"
        " NULL OR NEW.submitted_at <> OLD.submitted_at)) OR (OLD.ended_at IS "
        "NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)) "
        "OR NEW.version < OLD.version OR NEW.recovered_fen < OLD.recovered_fen "
        "OR (NEW.state <> OLD.state AND (NEW.version = OLD.version OR NOT "
        "((OLD.state = 'approved' AND NEW.state = 'bank_returned') OR "
        "(OLD.state = 'approved' AND NEW.state = 'clawed_back') OR (OLD.state ="
        " 'approved' AND NEW.state = 'paid') OR (OLD.state = 'approved' AND "
        "NEW.state = 'submitted') OR (OLD.state = 'approved' AND NEW.state = "
        "'withdrawn') OR (OLD.state = 'bank_returned' AND NEW.state = "
        "'approved') OR (OLD.state = 'bank_returned' AND NEW.state = "
        "'clawed_back') OR (OLD.state = 'bank_returned' AND NEW.state = "
        "'submitted') OR (OLD.state = 'bank_returned' AND NEW.state = "
        "'withdrawn') OR (OLD.state = 'draft' AND NEW.state = 'submitted') OR "
        "(OLD.state = 'draft' AND NEW.state = 'withdrawn') OR (OLD.state = "
        "'in_review' AND NEW.state = 'publicised') OR (OLD.state = 'in_review' "
        "AND NEW.state = 'rejected') OR (OLD.state = 'in_review' AND NEW.state "
        "= 'returned') OR (OLD.state = 'in_review' AND NEW.state = 'submitted')"
        " OR (OLD.state = 'in_review' AND NEW.state = 'withdrawn') OR "
        "(OLD.state = 'objected' AND NEW.state = 'publicised') OR (OLD.state = "
        "'objected' AND NEW.state = 'rejected') OR (OLD.state = 'objected' AND "
        "NEW.state = 'returned') OR (OLD.state = 'objected' AND NEW.state = "
        "'submitted') OR (OLD.state = 'objected' AND NEW.state = 'withdrawn') "
        "OR (OLD.state = 'paid' AND NEW.state = 'bank_returned') OR (OLD.state "
        "= 'paid' AND NEW.state = 'clawed_back') OR (OLD.state = 'publicised' "
        "AND NEW.state = 'approved') OR (OLD.state = 'publicised' AND NEW.state"
        " = 'in_review') OR (OLD.state = 'publicised' AND NEW.state = "
        "'objected') OR (OLD.state = 'publicised' AND NEW.state = 'submitted') "
        "OR (OLD.state = 'publicised' AND NEW.state = 'withdrawn') OR "
        "(OLD.state = 'returned' AND NEW.state = 'submitted') OR (OLD.state = "
        "'returned' AND NEW.state = 'withdrawn') OR (OLD.state = 'submitted' "
        "AND NEW.state = 'in_review') OR (OLD.state = 'submitted' AND NEW.state"
        " = 'rejected') OR (OLD.state = 'submitted' AND NEW.state = 'returned')"
        " OR (OLD.state = 'submitted' AND NEW.state = 'withdrawn'))))",
    ),
    ("subsidy_claim", "DELETE", ""),
    ("subsidy_account", "UPDATE", ""),
    ("subsidy_account", "DELETE", _OWN_UNLESS_ERASED),
    ("subsidy_claim_step", "UPDATE", ""),
    ("subsidy_claim_step", "DELETE", _UNLESS_ERASED),
    (
        "subsidy_claim_cause",
        "UPDATE",
        "OLD.handled_at IS NOT NULL OR NEW.claim_id <> OLD.claim_id OR "
        "NEW.cause <> OLD.cause OR NEW.subject <> OLD.subject OR NEW.at <> "
        "OLD.at",
    ),
    ("subsidy_claim_cause", "DELETE", _UNLESS_ERASED),
    (
        "subsidy_payment",
        "UPDATE",
        "NEW.batch_id <> OLD.batch_id OR NEW.claim_id <> OLD.claim_id OR "
        "NEW.instalment <> OLD.instalment OR NEW.try_number <> OLD.try_number "
        "OR NEW.amount_fen <> OLD.amount_fen OR NEW.account_index <> "
        "OLD.account_index OR NEW.account_mask <> OLD.account_mask OR "
        "NEW.planned_at <> OLD.planned_at OR NOT ((OLD.state = 'planned' AND "
        "NEW.state IN ('sent', 'cancelled')) OR (OLD.state = 'sent' AND "
        "NEW.state IN ('paid', 'returned')) OR (OLD.state = 'paid' AND "
        "NEW.state = 'returned'))",
    ),
    ("subsidy_payment", "DELETE", ""),
    (
        "payment_batch",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.county_code <> OLD.county_code OR "
        "NEW.month <> OLD.month OR NEW.prepared_by_id <> OLD.prepared_by_id OR "
        "NEW.prepared_at <> OLD.prepared_at OR OLD.state = 'cancelled' OR "
        "(OLD.state IN ('released', 'settled') AND (NEW.rows <> OLD.rows OR "
        "NEW.total_fen <> OLD.total_fen OR NEW.released_by_id <> "
        "OLD.released_by_id OR NEW.released_at <> OLD.released_at OR NEW.state "
        "NOT IN ('released', 'settled')))",
    ),
    ("payment_batch", "DELETE", ""),
    (
        "public_notice",
        "UPDATE",
        "OLD.state <> 'open' OR NEW.number <> OLD.number OR NEW.county_code <> "
        "OLD.county_code OR NEW.month <> OLD.month OR NEW.id_mask <> "
        "OLD.id_mask OR NEW.group_words <> OLD.group_words OR NEW.first_day <> "
        "OLD.first_day OR NEW.last_day <> OLD.last_day OR NEW.contact <> "
        "OLD.contact OR NEW.rows <> OLD.rows OR NEW.total_fen <> OLD.total_fen "
        "OR NEW.content_sha256 <> OLD.content_sha256 OR NEW.check_code <> "
        "OLD.check_code OR NEW.published_by_id <> OLD.published_by_id OR "
        "NEW.published_at <> OLD.published_at",
    ),
    ("public_notice", "DELETE", ""),
    (
        "notice_row",
        "UPDATE",
        "OLD.state IN ('pulled', 'done') OR NEW.notice_id <> OLD.notice_id OR "
        "NEW.claim_id <> OLD.claim_id OR NEW.place <> OLD.place OR NEW.shown <>"
        " OLD.shown OR NEW.amount_fen <> OLD.amount_fen",
    ),
    ("notice_row", "DELETE", _UNLESS_ERASED),
    (
        "notice_objection",
        "UPDATE",
        "(OLD.ruling IS NOT NULL AND (NEW.ruling IS NULL OR NEW.ruling <> "
        "OLD.ruling OR NEW.reason <> OLD.reason OR NEW.ruled_by_id <> "
        "OLD.ruled_by_id OR NEW.ruled_at <> OLD.ruled_at)) OR "
        "(NEW.notice_row_id IS NOT NULL AND (OLD.notice_row_id IS NULL OR "
        "NEW.notice_row_id <> OLD.notice_row_id)) OR NEW.number <> OLD.number "
        "OR NEW.notice_id <> OLD.notice_id OR NEW.words <> OLD.words OR "
        "NEW.made_at <> OLD.made_at",
    ),
    ("notice_objection", "DELETE", ""),
)


def upgrade() -> None:
    """Add the tables; nobody has asked for anything yet."""
    op.create_table(
        "running_number",
        sa.Column("series", sa.String(length=30), nullable=False),
        sa.Column("last", ID, nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_running_number")),
    )
    op.create_table(
        "payment_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rows", ID, nullable=False),
        sa.Column("total_fen", ID, nullable=False),
        sa.Column("prepared_by_id", ID, nullable=False),
        sa.Column("prepared_at", MOMENT, nullable=False),
        sa.Column("released_by_id", ID, nullable=True),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)", name=op.f("ck_payment_batch_settled")
        ),
        sa.CheckConstraint(
            "(state IN ('released', 'settled')) = (released_at IS NOT NULL)",
            name=op.f("ck_payment_batch_released"),
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'released', 'settled', 'cancelled')",
            name=op.f("ck_payment_batch_state"),
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)",
            name=op.f("ck_payment_batch_released_by"),
        ),
        sa.CheckConstraint("released_by_id <> prepared_by_id", name=op.f("ck_payment_batch_two")),
        sa.CheckConstraint("rows >= 0 AND total_fen >= 0", name=op.f("ck_payment_batch_sums")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_payment_batch_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["person.id"], name=op.f("fk_payment_batch_prepared_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["person.id"], name=op.f("fk_payment_batch_released_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_batch_number")),
    )
    op.create_index("ix_payment_batch_county", "payment_batch", ["county_code", "id"], unique=False)
    op.create_table(
        "public_notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("id_mask", sa.String(length=12), nullable=False),
        sa.Column("group_words", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("rows", ID, nullable=False),
        sa.Column("total_fen", ID, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("check_code", sa.String(length=20), nullable=False),
        sa.Column("published_by_id", ID, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", ID, nullable=True),
        sa.Column("close_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_public_notice_closed")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_public_notice_closed_by")
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR close_reason <> ''", name=op.f("ck_public_notice_reasoned")
        ),
        sa.CheckConstraint(
            "id_mask IN ('last_four', 'six_and_four')", name=op.f("ck_public_notice_id_mask")
        ),
        sa.CheckConstraint(
            "group_words IN ('alike', 'named')", name=op.f("ck_public_notice_group_words")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'over', 'cancelled')", name=op.f("ck_public_notice_state")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_public_notice_days")),
        sa.CheckConstraint("rows > 0 AND total_fen > 0", name=op.f("ck_public_notice_sums")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_public_notice_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_public_notice_published_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_public_notice_closed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
        sa.UniqueConstraint("check_code", name=op.f("uq_public_notice_check_code")),
        sa.UniqueConstraint("number", name=op.f("uq_public_notice_number")),
    )
    op.create_index("ix_public_notice_county", "public_notice", ["county_code", "id"], unique=False)
    op.create_index("ix_public_notice_state", "public_notice", ["state", "last_day"], unique=False)
    op.create_table(
        "subsidy_account",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_subsidy_account_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_subsidy_account")),
    )
    op.create_table(
        "subsidy_claim",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("programme_id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("town", sa.String(length=40), nullable=False),
        sa.Column("occupation", sa.String(length=20), nullable=False),
        sa.Column("work_type", sa.String(length=40), nullable=False),
        sa.Column("level", ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("money", sa.String(length=10), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=True),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("paid_fen", ID, nullable=False),
        sa.Column("recovered_fen", ID, nullable=False),
        sa.Column("instalments", ID, nullable=False),
        sa.Column("first_by_id", ID, nullable=True),
        sa.Column("second_by_id", ID, nullable=True),
        sa.Column("promise_id", ID, nullable=True),
        sa.Column("account_mask", sa.String(length=19), nullable=False),
        sa.Column("account_index", sa.String(length=64), nullable=False),
        sa.Column("bank", sa.String(length=60), nullable=False),
        sa.Column("draft_step", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("doubt_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "money = 'none' OR state = 'approved'", name=op.f("ck_subsidy_claim_under_way")
        ),
        sa.CheckConstraint(
            "money IN ('none', 'planned', 'sent')", name=op.f("ck_subsidy_claim_money")
        ),
        sa.CheckConstraint(
            "state <> 'paid' OR paid_fen = amount_fen", name=op.f("ck_subsidy_claim_whole")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL OR state = 'withdrawn'",
            name=op.f("ck_subsidy_claim_handed_in"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'in_review', 'returned', 'publicised', 'objected', 'approved', 'paid', 'bank_returned', 'rejected', 'withdrawn', 'clawed_back')",
            name=op.f("ck_subsidy_claim_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('publicised', 'objected', 'approved', 'paid', 'bank_returned', 'clawed_back') OR second_by_id IS NOT NULL",
            name=op.f("ck_subsidy_claim_passed"),
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (number IS NULL)", name=op.f("ck_subsidy_claim_numbered")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_claim_amount")),
        sa.CheckConstraint("first_by_id <> person_id", name=op.f("ck_subsidy_claim_first_look")),
        sa.CheckConstraint(
            "instalments BETWEEN 1 AND 24", name=op.f("ck_subsidy_claim_instalments")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_subsidy_claim_level")),
        sa.CheckConstraint("paid_fen BETWEEN 0 AND amount_fen", name=op.f("ck_subsidy_claim_paid")),
        sa.CheckConstraint(
            "recovered_fen BETWEEN 0 AND paid_fen", name=op.f("ck_subsidy_claim_recovered")
        ),
        sa.CheckConstraint("second_by_id <> first_by_id", name=op.f("ck_subsidy_claim_two")),
        sa.CheckConstraint("second_by_id <> person_id", name=op.f("ck_subsidy_claim_second_look")),
        sa.CheckConstraint(
            "second_by_id IS NULL OR first_by_id IS NOT NULL",
            name=op.f("ck_subsidy_claim_second_is_second"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_subsidy_claim_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["eligibility_decision.id"],
            name=op.f("fk_subsidy_claim_decision_id_eligibility_decision"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["first_by_id"], ["person.id"], name=op.f("fk_subsidy_claim_first_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_subsidy_claim_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_subsidy_claim_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promise.id"],
            name=op.f("fk_subsidy_claim_promise_id_promise"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["second_by_id"], ["person.id"], name=op.f("fk_subsidy_claim_second_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_claim")),
        sa.UniqueConstraint("number", name=op.f("uq_subsidy_claim_number")),
    )
    op.create_index(
        op.f("ix_subsidy_claim_decision_id"), "subsidy_claim", ["decision_id"], unique=False
    )
    op.create_index(
        "ix_subsidy_claim_doubt",
        "subsidy_claim",
        ["county_code"],
        unique=False,
        sqlite_where=sa.text("doubt_at IS NOT NULL"),
        postgresql_where=sa.text("doubt_at IS NOT NULL"),
    )
    op.create_index("ix_subsidy_claim_person", "subsidy_claim", ["person_id", "id"], unique=False)
    op.create_index(
        op.f("ix_subsidy_claim_promise_id"), "subsidy_claim", ["promise_id"], unique=False
    )
    op.create_index(
        "ix_subsidy_claim_queue",
        "subsidy_claim",
        ["county_code", "state", "state_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_subsidy_claim_thing",
        "subsidy_claim",
        ["person_id", "occupation", "work_type", "level"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('clawed_back', 'rejected', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('clawed_back', 'rejected', 'withdrawn')"),
    )
    op.create_table(
        "notice_row",
        sa.Column("id", ID, nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("place", ID, nullable=False),
        sa.Column("shown", JSON, nullable=False),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "state IN ('standing', 'objected', 'pulled', 'done')", name=op.f("ck_notice_row_state")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["subsidy_claim.id"], name=op.f("fk_notice_row_claim_id_subsidy_claim")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_notice_row_notice_id_public_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_row")),
        sa.UniqueConstraint("notice_id", "claim_id", name=op.f("uq_notice_row_notice_id_claim_id")),
        sa.UniqueConstraint("notice_id", "place", name=op.f("uq_notice_row_notice_id_place")),
    )
    op.create_index("ix_notice_row_claim", "notice_row", ["claim_id", "id"], unique=False)
    op.create_index(
        "uq_notice_row_standing",
        "notice_row",
        ["claim_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('standing', 'objected')"),
        postgresql_where=sa.text("state IN ('standing', 'objected')"),
    )
    op.create_table(
        "subsidy_claim_cause",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "cause IN ('decided_anew', 'badge_revoked', 'refunded')",
            name=op.f("ck_subsidy_claim_cause_cause"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claim.id"],
            name=op.f("fk_subsidy_claim_cause_claim_id_subsidy_claim"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_claim_cause")),
        sa.UniqueConstraint(
            "claim_id",
            "cause",
            "subject",
            name=op.f("uq_subsidy_claim_cause_claim_id_cause_subject"),
        ),
    )
    op.create_index(
        "ix_subsidy_claim_cause_open",
        "subsidy_claim_cause",
        ["claim_id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "subsidy_claim_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("decision_id", ID, nullable=True),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("about", JSON, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "act IN ('submit', 'withdraw', 'first_look', 'second_look', 'step_back', 'return', 'reject', 'publicise', 'take_down', 'object', 'dismiss', 'approve', 'plan', 'unplan', 'send', 'pay', 'bounce', 'pay_again', 'reopen', 'doubt', 'clear', 'claw_back', 'recover')",
            name=op.f("ck_subsidy_claim_step_act"),
        ),
        sa.CheckConstraint(
            "act NOT IN ('return', 'reject', 'claw_back') OR (reason IS NOT NULL AND reason <> '')",
            name=op.f("ck_subsidy_claim_step_reasoned"),
        ),
        sa.CheckConstraint(
            "from_state IN ('draft', 'submitted', 'in_review', 'returned', 'publicised', 'objected', 'approved', 'paid', 'bank_returned', 'rejected', 'withdrawn', 'clawed_back')",
            name=op.f("ck_subsidy_claim_step_from_state"),
        ),
        sa.CheckConstraint(
            "to_state IN ('draft', 'submitted', 'in_review', 'returned', 'publicised', 'objected', 'approved', 'paid', 'bank_returned', 'rejected', 'withdrawn', 'clawed_back')",
            name=op.f("ck_subsidy_claim_step_to_state"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_subsidy_claim_step_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claim.id"],
            name=op.f("fk_subsidy_claim_step_claim_id_subsidy_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["eligibility_decision.id"],
            name=op.f("fk_subsidy_claim_step_decision_id_eligibility_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_claim_step")),
        sa.UniqueConstraint(
            "claim_id", "number", name=op.f("uq_subsidy_claim_step_claim_id_number")
        ),
    )
    op.create_index(
        op.f("ix_subsidy_claim_step_decision_id"),
        "subsidy_claim_step",
        ["decision_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_payment",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("instalment", ID, nullable=False),
        sa.Column("try_number", ID, nullable=False),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("account_mask", sa.String(length=19), nullable=False),
        sa.Column("account_index", sa.String(length=64), nullable=False),
        sa.Column("bank", sa.String(length=60), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.String(length=200), nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_on IS NOT NULL)",
            name=op.f("ck_subsidy_payment_returned"),
        ),
        sa.CheckConstraint(
            "state <> 'paid' OR paid_on IS NOT NULL", name=op.f("ck_subsidy_payment_paid")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'sent', 'paid', 'returned', 'cancelled')",
            name=op.f("ck_subsidy_payment_state"),
        ),
        sa.CheckConstraint(
            "(returned_on IS NULL) = (return_reason IS NULL)",
            name=op.f("ck_subsidy_payment_returned_why"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_payment_amount")),
        sa.CheckConstraint(
            "instalment BETWEEN 1 AND 24", name=op.f("ck_subsidy_payment_instalment")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["payment_batch.id"],
            name=op.f("fk_subsidy_payment_batch_id_payment_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claim.id"],
            name=op.f("fk_subsidy_payment_claim_id_subsidy_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_subsidy_payment_settled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_payment")),
        sa.UniqueConstraint(
            "batch_id",
            "claim_id",
            "instalment",
            name=op.f("uq_subsidy_payment_batch_id_claim_id_instalment"),
        ),
        sa.UniqueConstraint(
            "claim_id",
            "instalment",
            "try_number",
            name=op.f("uq_subsidy_payment_claim_id_instalment_try_number"),
        ),
    )
    op.create_index("ix_subsidy_payment_batch", "subsidy_payment", ["batch_id", "id"], unique=False)
    op.create_index(
        "uq_subsidy_payment_live",
        "subsidy_payment",
        ["claim_id", "instalment"],
        unique=True,
        sqlite_where=sa.text("state IN ('planned', 'sent', 'paid')"),
        postgresql_where=sa.text("state IN ('planned', 'sent', 'paid')"),
    )
    op.create_table(
        "notice_objection",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("notice_row_id", ID, nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("contact", sa.String(length=400), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ruling", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ruled_by_id", ID, nullable=True),
        sa.Column("ruled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "ruling IN ('upheld', 'dismissed')", name=op.f("ck_notice_objection_ruling")
        ),
        sa.CheckConstraint(
            "ruling IS NULL OR reason <> ''", name=op.f("ck_notice_objection_reasoned")
        ),
        sa.CheckConstraint(
            "(ruling IS NULL) = (ruled_at IS NULL)", name=op.f("ck_notice_objection_ruled")
        ),
        sa.CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL)", name=op.f("ck_notice_objection_ruled_by")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["public_notice.id"],
            name=op.f("fk_notice_objection_notice_id_public_notice"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_row_id"],
            ["notice_row.id"],
            name=op.f("fk_notice_objection_notice_row_id_notice_row"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by_id"], ["person.id"], name=op.f("fk_notice_objection_ruled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_objection")),
        sa.UniqueConstraint("number", name=op.f("uq_notice_objection_number")),
    )
    op.create_index(
        "ix_notice_objection_notice", "notice_objection", ["notice_id", "id"], unique=False
    )
    op.create_index(
        "ix_notice_objection_open",
        "notice_objection",
        ["notice_row_id"],
        unique=False,
        sqlite_where=sa.text("ruling IS NULL"),
        postgresql_where=sa.text("ruling IS NULL"),
    )
    for table, verb, condition in _REFUSED:
        _refuse(table, verb, condition)
    for table, owner in _OWNERS.items():
        _refuse_erased(table, owner)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("notice_objection")
    op.drop_table("subsidy_payment")
    op.drop_table("subsidy_claim_step")
    op.drop_table("subsidy_claim_cause")
    op.drop_table("notice_row")
    op.drop_table("subsidy_claim")
    op.drop_table("subsidy_account")
    op.drop_table("public_notice")
    op.drop_table("payment_batch")
    op.drop_table("running_number")
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, verb, _ in _REFUSED:
        op.execute(f"DROP FUNCTION {table}_no_{verb.lower()}()")
    for table in _OWNERS:
        op.execute(f"DROP FUNCTION {table}_not_of_erased()")


def _refuse(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN {condition} " if condition else ""
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


def _refuse_erased(table: str, owner: str) -> None:
    trigger, text = f"{table}_not_of_erased", f"{table}: this person was erased"
    if op.get_bind().dialect.name == "sqlite":
        erased = f"SELECT 1 FROM person WHERE id = {owner} AND erased_at IS NOT NULL"  # noqa: S608 (ours)
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW "
            f"WHEN true AND EXISTS ({erased}) BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"DECLARE gone timestamptz; BEGIN IF true THEN "
        f"SELECT erased_at INTO gone FROM person WHERE id = {owner} FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; "
        f"END IF; END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )
