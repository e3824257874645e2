"""Adds orders of courses, the money for them and what providers tell of it.

On the way back all of that is lost; a course that costs money can then be joined by nobody.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPTIONAL_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
TABLES = ("provider_message", "order_refund", "order_dispute", "order_payment", "course_order")
REFUSED = (
    (
        "provider_message",
        "UPDATE",
        "NEW.id <> OLD.id OR NEW.provider <> OLD.provider OR NEW.kind <> OLD.kind OR "
        "NEW.told_at <> OLD.told_at OR NEW.received_at <> OLD.received_at OR (NEW.outcome "
        "<> OLD.outcome AND OLD.outcome <> 'waiting') OR OLD.handled_at IS NOT NULL",
    ),
    ("provider_message", "DELETE", ""),
    (
        "order_payment",
        "UPDATE",
        "NEW.provider <> OLD.provider OR NEW.ref <> OLD.ref OR NEW.heard_at <> "
        "OLD.heard_at OR OLD.order_id IS NOT NULL",
    ),
    (
        "order_refund",
        "UPDATE",
        "NEW.payment_id <> OLD.payment_id OR NEW.amount_fen <> OLD.amount_fen OR "
        "coalesce(NEW.key, '') <> coalesce(OLD.key, '') OR (OLD.ref IS NOT NULL AND "
        "NEW.ref <> OLD.ref) OR (OLD.counted_at IS NOT NULL AND NEW.counted_at IS NULL) "
        "OR (OLD.state = 'failed' AND NEW.state <> 'failed') OR (OLD.state = 'succeeded' "
        "AND NEW.state NOT IN ('succeeded', 'failed'))",
    ),
    (
        "order_refund",
        "INSERT",
        "NEW.key IS NOT NULL AND NEW.amount_fen + (SELECT coalesce(sum(amount_fen), 0) "
        "FROM order_refund WHERE payment_id = NEW.payment_id AND state <> 'failed') > "
        "(SELECT coalesce(amount_fen, 0) FROM order_payment WHERE id = NEW.payment_id)",
    ),
    (
        "order_dispute",
        "UPDATE",
        "NEW.payment_id <> OLD.payment_id OR NEW.ref <> OLD.ref OR NEW.amount_fen <> "
        "OLD.amount_fen OR (OLD.state <> 'open' AND (NEW.state <> OLD.state OR "
        "OLD.counted_at IS NOT NULL))",
    ),
    ("order_payment", "DELETE", ""),
    ("order_refund", "DELETE", ""),
    ("order_dispute", "DELETE", ""),
    (
        "course_order",
        "INSERT",
        "NEW.paid_at IS NOT NULL AND NEW.due_fen > 0",
    ),
    (
        "course_order",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.person_id <> OLD.person_id OR NEW.course_id <> "
        "OLD.course_id OR NEW.county_code <> OLD.county_code OR NEW.currency <> "
        "OLD.currency OR NEW.payer <> OLD.payer OR NEW.created_at <> OLD.created_at OR "
        "NEW.list_fen <> OLD.list_fen OR NEW.coupon_fen <> OLD.coupon_fen OR "
        "NEW.voucher_fen <> OLD.voucher_fen OR NEW.subsidy_fen <> OLD.subsidy_fen OR "
        "NEW.due_fen <> OLD.due_fen OR NEW.expires_at <> OLD.expires_at OR (OLD.page_ref "
        "IS NOT NULL AND (NEW.page_ref IS NULL OR NEW.page_ref <> OLD.page_ref)) OR "
        "(OLD.ending IS NOT NULL AND (NEW.ending IS NULL OR NEW.ending <> OLD.ending)) OR "
        "(OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> "
        "OLD.ended_at)) OR (OLD.paid_at IS NOT NULL AND (NEW.paid_at IS NULL OR "
        "NEW.paid_at <> OLD.paid_at)) OR (OLD.enrollment_id IS NOT NULL AND "
        "(NEW.enrollment_id IS NULL OR (NEW.enrollment_id <> OLD.enrollment_id AND NOT "
        "EXISTS (SELECT 1 FROM enrollment WHERE id = OLD.enrollment_id AND status IN "
        "('withdrawn', 'cancelled'))))) OR (NEW.paid_at IS NOT NULL AND NEW.due_fen > 0 "
        "AND NEW.due_fen > (SELECT coalesce(max(amount_fen), 0) FROM order_payment WHERE "
        "order_id = NEW.id))",
    ),
    ("course_order", "DELETE", ""),
)
UNPAID = (
    "EXISTS (SELECT 1 FROM course WHERE id = NEW.course_id AND price_fen > 0) AND NOT "
    "EXISTS (SELECT 1 FROM course_order WHERE person_id = NEW.person_id AND course_id "
    "= NEW.course_id AND paid_at IS NOT NULL AND seat_ended_at IS NULL AND "
    "(enrollment_id IS NULL OR EXISTS (SELECT 1 FROM enrollment WHERE id = "
    "course_order.enrollment_id AND status IN ('withdrawn', 'cancelled'))))"
)
NOT_PAID = "this course has to be paid for"


def upgrade() -> None:
    """Add the tables; nobody who takes a course already has to pay for it."""
    op.create_table(
        "provider_message",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("provider", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=True),
        sa.Column("payment_ref", sa.String(length=100), nullable=True),
        sa.Column("seen", OPTIONAL_JSON, nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("handled_by_id", ID, nullable=True),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(outcome = 'parked') = (why IS NOT NULL)", name=op.f("ck_provider_message_why")
        ),
        sa.CheckConstraint(
            "handled_at IS NULL OR outcome = 'parked'", name=op.f("ck_provider_message_parked")
        ),
        sa.CheckConstraint(
            "outcome IN ('applied', 'ignored', 'waiting', 'parked')",
            name=op.f("ck_provider_message_outcome"),
        ),
        sa.CheckConstraint(
            "provider IN ('stripe', 'office', 'none')", name=op.f("ck_provider_message_provider")
        ),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (handled_by_id IS NULL)",
            name=op.f("ck_provider_message_handled"),
        ),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["person.id"], name=op.f("fk_provider_message_handled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_message")),
    )
    op.create_index(
        "ix_provider_message_parked",
        "provider_message",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("outcome = 'parked' AND handled_at IS NULL"),
        postgresql_where=sa.text("outcome = 'parked' AND handled_at IS NULL"),
    )
    op.create_index("ix_provider_message_order", "provider_message", ["order_number"])
    op.create_index(
        "ix_provider_message_payment", "provider_message", ["payment_ref"], unique=False
    )
    op.create_table(
        "course_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("training_class_id", ID, nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=13), nullable=False),
        sa.Column("list_fen", ID, nullable=False),
        sa.Column("coupon_fen", ID, nullable=False),
        sa.Column("voucher_fen", ID, nullable=False),
        sa.Column("subsidy_fen", ID, nullable=False),
        sa.Column("due_fen", ID, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payer", sa.String(length=11), nullable=False),
        sa.Column("provider", sa.String(length=6), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("awaiting_at", MOMENT, nullable=True),
        sa.Column("page_ref", sa.String(length=100), nullable=True),
        sa.Column("page_address", sa.String(length=600), nullable=True),
        sa.Column("ending", sa.String(length=9), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.Column("enrollment_id", ID, nullable=True),
        sa.Column("seat_ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(due_fen = 0) = (provider = 'none')", name=op.f("ck_course_order_nothing_due")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (paid_at IS NULL AND ended_at IS NULL)",
            name=op.f("ck_course_order_open"),
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'part_refunded', 'refunded', 'disputed')) = (paid_at IS NOT NULL)",
            name=op.f("ck_course_order_paid"),
        ),
        sa.CheckConstraint("currency = 'CNY'", name=op.f("ck_course_order_currency")),
        sa.CheckConstraint(
            "ending IN ('expired', 'cancelled', 'failed')", name=op.f("ck_course_order_ending")
        ),
        sa.CheckConstraint(
            "payer IN ('learner', 'institution')", name=op.f("ck_course_order_payer")
        ),
        sa.CheckConstraint(
            "provider IN ('stripe', 'office', 'none')", name=op.f("ck_course_order_provider")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'expired', 'cancelled', 'part_refunded', 'refunded', 'disputed')",
            name=op.f("ck_course_order_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('expired', 'cancelled') OR ending IS NOT NULL",
            name=op.f("ck_course_order_ending_said"),
        ),
        sa.CheckConstraint(
            "(ending IS NULL) = (ended_at IS NULL)", name=op.f("ck_course_order_ended")
        ),
        sa.CheckConstraint(
            "coupon_fen >= 0 AND voucher_fen >= 0 AND subsidy_fen >= 0 AND due_fen >= 0",
            name=op.f("ck_course_order_amounts"),
        ),
        sa.CheckConstraint(
            "enrollment_id IS NULL OR paid_at IS NOT NULL", name=op.f("ck_course_order_seat")
        ),
        sa.CheckConstraint(
            "list_fen = coupon_fen + voucher_fen + subsidy_fen + due_fen",
            name=op.f("ck_course_order_sum"),
        ),
        sa.CheckConstraint(
            "seat_ended_at IS NULL OR paid_at IS NOT NULL", name=op.f("ck_course_order_seat_ended")
        ),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_course_order_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_order_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_course_order_enrollment_id_enrollment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_order_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["training_class_id"],
            ["training_class.id"],
            name=op.f("fk_course_order_training_class_id_training_class"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_order")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_course_order_enrollment_id")),
        sa.UniqueConstraint("number", name=op.f("uq_course_order_number")),
        sa.UniqueConstraint("page_ref", name=op.f("uq_course_order_page_ref")),
    )
    op.create_index(
        "ix_course_order_desk", "course_order", ["county_code", "state", "id"], unique=False
    )
    op.create_index("ix_course_order_own", "course_order", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_course_order_open",
        "course_order",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "order_payment",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider", sa.String(length=6), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("amount_fen", ID, nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "provider IN ('stripe', 'office', 'none')", name=op.f("ck_order_payment_provider")
        ),
        sa.CheckConstraint(
            "(order_id IS NULL) = (amount_fen IS NULL)", name=op.f("ck_order_payment_whose")
        ),
        sa.CheckConstraint(
            "(order_id IS NULL) = (recorded_at IS NULL)", name=op.f("ck_order_payment_recorded")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_order_payment_amount")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["course_order.id"], name=op.f("fk_order_payment_order_id_course_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_payment")),
        sa.UniqueConstraint("provider", "ref", name=op.f("uq_order_payment_provider_ref")),
    )
    op.create_index("ix_order_payment_order", "order_payment", ["order_id"], unique=False)
    op.create_index(
        "ix_order_payment_recorded", "order_payment", ["recorded_at", "id"], unique=False
    )
    op.create_table(
        "order_dispute",
        sa.Column("id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("state", sa.String(length=4), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_order_dispute_closed")
        ),
        sa.CheckConstraint("state IN ('open', 'won', 'lost')", name=op.f("ck_order_dispute_state")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_order_dispute_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["order_payment.id"],
            name=op.f("fk_order_dispute_payment_id_order_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_dispute")),
        sa.UniqueConstraint("payment_id", "ref", name=op.f("uq_order_dispute_payment_id_ref")),
    )
    op.create_table(
        "order_refund",
        sa.Column("id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("key", sa.String(length=36), nullable=True),
        sa.Column("ref", sa.String(length=100), nullable=True),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("fault", sa.String(length=80), nullable=True),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state IN ('succeeded', 'failed')) = (settled_at IS NOT NULL)",
            name=op.f("ck_order_refund_over"),
        ),
        sa.CheckConstraint("fault IS NULL OR state = 'failed'", name=op.f("ck_order_refund_fault")),
        sa.CheckConstraint(
            "state IN ('asked', 'failed') OR ref IS NOT NULL", name=op.f("ck_order_refund_known")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'pending', 'succeeded', 'failed')",
            name=op.f("ck_order_refund_state"),
        ),
        sa.CheckConstraint(
            "(key IS NULL) = (asked_by_id IS NULL)", name=op.f("ck_order_refund_asked")
        ),
        sa.CheckConstraint(
            "(key IS NULL) = (reason IS NULL)", name=op.f("ck_order_refund_reasoned")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_order_refund_amount")),
        sa.CheckConstraint(
            "key IS NOT NULL OR ref IS NOT NULL", name=op.f("ck_order_refund_named")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_order_refund_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["order_payment.id"],
            name=op.f("fk_order_refund_payment_id_order_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_order_refund_key")),
        sa.UniqueConstraint("payment_id", "ref", name=op.f("uq_order_refund_payment_id_ref")),
    )
    for table, verb, condition in REFUSED:
        _refuse(table, verb, condition)
    _refuse_of_erased()
    _refuse_unpaid()


def downgrade() -> None:
    """Take them away."""
    _drop("enrollment_paid", "enrollment")
    _drop("course_order_not_of_erased", "course_order")
    for table, verb, _ in REFUSED:
        _drop(f"{table}_no_{verb.lower()}", table)
    for table in TABLES:
        op.drop_table(table)


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


def _refuse_of_erased() -> None:
    trigger, text = "course_order_not_of_erased", "course_order: this person was erased"
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON course_order FOR EACH ROW WHEN true AND "
            "EXISTS (SELECT 1 FROM person WHERE id = NEW.person_id AND erased_at IS NOT NULL) "
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        "SELECT erased_at INTO gone FROM person WHERE id = NEW.person_id FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON course_order FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _refuse_unpaid() -> None:
    if _is_sqlite():
        op.execute(
            "CREATE TRIGGER enrollment_paid BEFORE INSERT ON enrollment FOR EACH ROW "
            f"WHEN {UNPAID} BEGIN SELECT RAISE(ABORT, '{NOT_PAID}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION enrollment_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {UNPAID} THEN RAISE EXCEPTION '{NOT_PAID}' USING ERRCODE = '23514'; END IF; "
        "RETURN NEW; END $$; "
        "CREATE TRIGGER enrollment_paid BEFORE INSERT ON enrollment FOR EACH ROW "
        "EXECUTE FUNCTION enrollment_paid()"
    )


def _drop(trigger: str, table: str) -> None:
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {trigger}")
        return
    op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute(f"DROP FUNCTION {trigger}")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
