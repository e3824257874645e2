"""Adds vouchers, coupons, what a county pays of a course by itself, and orders that were undone.

On the way back all of that is lost; an order keeps what was taken off its price.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REFUSED = (
    (
        "voucher_batch",
        "UPDATE",
        "NEW.key <> OLD.key OR NEW.kind <> OLD.kind OR NEW.county_code <> OLD.county_code OR "
        "NEW.title <> OLD.title OR NEW.worth_fen <> OLD.worth_fen OR NEW.code_count <> "
        "OLD.code_count OR NEW.per_person <> OLD.per_person OR NEW.first_day <> OLD.first_day "
        "OR NEW.last_day <> OLD.last_day OR NEW.issued_by_id <> OLD.issued_by_id OR "
        "NEW.issued_at <> OLD.issued_at OR coalesce(NEW.course_id, 0) <> "
        "coalesce(OLD.course_id, 0) OR coalesce(NEW.programme_id, 0) <> "
        "coalesce(OLD.programme_id, 0) OR OLD.stopped_at IS NOT NULL",
    ),
    (
        "voucher_batch",
        "DELETE",
        "",
    ),
    (
        "voucher",
        "INSERT",
        "NEW.place > (SELECT code_count FROM voucher_batch WHERE id = NEW.batch_id)",
    ),
    (
        "voucher",
        "UPDATE",
        "",
    ),
    (
        "voucher",
        "DELETE",
        "",
    ),
    (
        "redemption",
        "INSERT",
        "NEW.voucher_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM voucher "
        "JOIN voucher_batch ON voucher_batch.id = batch_id "
        "WHERE voucher.id = NEW.voucher_id AND batch_id = NEW.batch_id AND kind = NEW.kind AND "
        "NEW.turn <= per_person AND stopped_at IS NULL AND NEW.amount_fen <= worth_fen) OR NOT "
        "EXISTS (SELECT 1 FROM course_order JOIN course ON course.id = course_id WHERE "
        "course_order.id = NEW.order_id AND person_id = NEW.person_id AND paid_at IS NULL AND "
        "coalesce(programme_id, 0) = coalesce(NEW.programme_id, 0) AND NEW.amount_fen = CASE "
        "NEW.kind WHEN 'coupon' THEN coupon_fen ELSE voucher_fen END))",
    ),
    (
        "redemption",
        "UPDATE",
        "NEW.voucher_id <> OLD.voucher_id OR NEW.batch_id <> OLD.batch_id OR NEW.kind <> "
        "OLD.kind OR NEW.order_id <> OLD.order_id OR NEW.person_id <> OLD.person_id OR NEW.turn "
        "<> OLD.turn OR NEW.amount_fen <> OLD.amount_fen OR NEW.kept_at <> OLD.kept_at OR "
        "(OLD.used_at IS NOT NULL AND (NEW.used_at IS NULL OR NEW.used_at <> OLD.used_at))",
    ),
    (
        "redemption",
        "DELETE",
        "",
    ),
    (
        "county_share",
        "UPDATE",
        "NEW.county_code <> OLD.county_code OR NEW.course_id <> OLD.course_id OR NEW.share_fen "
        "<> OLD.share_fen OR NEW.basis <> OLD.basis OR NEW.first_day <> OLD.first_day OR "
        "NEW.last_day <> OLD.last_day OR NEW.begun_by_id <> OLD.begun_by_id OR NEW.begun_at <> "
        "OLD.begun_at OR OLD.ended_at IS NOT NULL",
    ),
    (
        "county_share",
        "DELETE",
        "",
    ),
    (
        "undone_order",
        "INSERT",
        "NEW.reason IS NOT NULL AND "
        "NOT EXISTS (SELECT 1 FROM course_order WHERE id = NEW.order_id AND due_fen = 0 AND "
        "paid_at IS NOT NULL)",
    ),
    (
        "undone_order",
        "UPDATE",
        "",
    ),
    (
        "undone_order",
        "DELETE",
        "",
    ),
)
# Table, verb, what was refused before and what is from now on.
CHANGED = (
    (
        "course_order",
        "INSERT",
        "NEW.paid_at IS NOT NULL AND NEW.due_fen > 0",
        "NEW.paid_at IS NOT NULL OR (NEW.subsidy_fen > 0 AND NOT EXISTS (SELECT 1 FROM "
        "county_share WHERE county_code = NEW.county_code AND course_id = NEW.course_id AND "
        "ended_at IS NULL AND share_fen >= NEW.subsidy_fen))",
    ),
    (
        "course_order",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.person_id <> OLD.person_id OR NEW.course_id <> "
        "OLD.course_id OR NEW.county_code <> OLD.county_code OR NEW.currency <> OLD.currency OR "
        "NEW.payer <> OLD.payer OR NEW.created_at <> OLD.created_at OR NEW.list_fen <> "
        "OLD.list_fen OR NEW.coupon_fen <> OLD.coupon_fen OR NEW.voucher_fen <> OLD.voucher_fen "
        "OR NEW.subsidy_fen <> OLD.subsidy_fen OR NEW.due_fen <> OLD.due_fen OR NEW.expires_at "
        "<> OLD.expires_at OR (OLD.page_ref IS NOT NULL AND (NEW.page_ref IS NULL OR "
        "NEW.page_ref <> OLD.page_ref)) OR (OLD.ending IS NOT NULL AND (NEW.ending IS NULL OR "
        "NEW.ending <> OLD.ending)) OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR "
        "NEW.ended_at <> OLD.ended_at)) OR (OLD.paid_at IS NOT NULL AND (NEW.paid_at IS NULL OR "
        "NEW.paid_at <> OLD.paid_at)) OR (OLD.enrollment_id IS NOT NULL AND (NEW.enrollment_id "
        "IS NULL OR (NEW.enrollment_id <> OLD.enrollment_id AND NOT EXISTS (SELECT 1 FROM "
        "enrollment WHERE id = OLD.enrollment_id AND status IN ('withdrawn', 'cancelled'))))) "
        "OR (NEW.paid_at IS NOT NULL AND NEW.due_fen > 0 AND NEW.due_fen > (SELECT "
        "coalesce(max(amount_fen), 0) FROM order_payment WHERE order_id = NEW.id))",
        "NEW.number <> OLD.number OR NEW.person_id <> OLD.person_id OR NEW.course_id <> "
        "OLD.course_id OR NEW.county_code <> OLD.county_code OR NEW.currency <> OLD.currency OR "
        "NEW.payer <> OLD.payer OR NEW.created_at <> OLD.created_at OR NEW.list_fen <> "
        "OLD.list_fen OR NEW.coupon_fen <> OLD.coupon_fen OR NEW.voucher_fen <> OLD.voucher_fen "
        "OR NEW.subsidy_fen <> OLD.subsidy_fen OR NEW.due_fen <> OLD.due_fen OR NEW.expires_at "
        "<> OLD.expires_at OR (OLD.page_ref IS NOT NULL AND (NEW.page_ref IS NULL OR "
        "NEW.page_ref <> OLD.page_ref)) OR (OLD.ending IS NOT NULL AND (NEW.ending IS NULL OR "
        "NEW.ending <> OLD.ending)) OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR "
        "NEW.ended_at <> OLD.ended_at)) OR (OLD.paid_at IS NOT NULL AND (NEW.paid_at IS NULL OR "
        "NEW.paid_at <> OLD.paid_at)) OR (OLD.enrollment_id IS NOT NULL AND (NEW.enrollment_id "
        "IS NULL OR (NEW.enrollment_id <> OLD.enrollment_id AND NOT EXISTS (SELECT 1 FROM "
        "enrollment WHERE id = OLD.enrollment_id AND status IN ('withdrawn', 'cancelled'))))) "
        "OR (NEW.paid_at IS NOT NULL AND NEW.due_fen > 0 AND NEW.due_fen > (SELECT "
        "coalesce(max(amount_fen), 0) FROM order_payment WHERE order_id = NEW.id)) OR "
        "(NEW.paid_at IS NOT NULL AND OLD.paid_at IS NULL AND ((NEW.voucher_fen > 0 AND NOT "
        "EXISTS (SELECT 1 FROM redemption WHERE order_id = NEW.id AND kind = 'voucher' AND "
        "amount_fen = NEW.voucher_fen)) OR (NEW.coupon_fen > 0 AND NOT EXISTS (SELECT 1 FROM "
        "redemption WHERE order_id = NEW.id AND kind = 'coupon' AND amount_fen = "
        "NEW.coupon_fen))))",
    ),
    (
        "counter_payment",
        "UPDATE",
        "NEW.order_id <> OLD.order_id OR NEW.kind <> OLD.kind OR NEW.amount_fen <> "
        "OLD.amount_fen OR NEW.paper <> OLD.paper OR NEW.taken_by_id <> OLD.taken_by_id OR "
        "NEW.taken_at <> OLD.taken_at OR OLD.confirmed_at IS NOT NULL OR OLD.dropped_at IS NOT "
        "NULL",
        "NEW.order_id <> OLD.order_id OR NEW.kind <> OLD.kind OR NEW.amount_fen <> "
        "OLD.amount_fen OR NEW.paper <> OLD.paper OR coalesce(NEW.paid_by, '') <> "
        "coalesce(OLD.paid_by, '') OR NEW.taken_by_id <> OLD.taken_by_id OR NEW.taken_at <> "
        "OLD.taken_at OR OLD.confirmed_at IS NOT NULL OR OLD.dropped_at IS NOT NULL",
    ),
)
OF_ORDER = "(SELECT course_order.person_id FROM course_order WHERE id = NEW.order_id)"
ERASED = {"redemption": "NEW.person_id", "undone_order": OF_ORDER}


def upgrade() -> None:
    """Add the tables; nothing was taken off a price so far."""
    _add_shares()
    _add_vouchers()
    op.add_column("counter_payment", sa.Column("paid_by", sa.String(length=80), nullable=True))
    for table, verb, condition in REFUSED:
        _refuse(table, verb, condition)
    for table, verb, _, condition in CHANGED:
        _drop(f"{table}_no_{verb.lower()}", table)
        _refuse(table, verb, condition)
    for table, owner in ERASED.items():
        _refuse_of_erased(table, owner)


def downgrade() -> None:
    """Take them away."""
    for table in ERASED:
        _drop(f"{table}_not_of_erased", table)
    for table, verb, condition, _ in CHANGED:
        _drop(f"{table}_no_{verb.lower()}", table)
        _refuse(table, verb, condition)
    for table, verb, _ in REFUSED:
        _drop(f"{table}_no_{verb.lower()}", table)
    op.drop_column("counter_payment", "paid_by")
    for table in ("redemption", "voucher", "voucher_batch", "undone_order", "county_share"):
        op.drop_table(table)


def _add_shares() -> None:
    op.create_table(
        "county_share",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("share_fen", ID, nullable=False),
        sa.Column("basis", sa.String(length=80), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("begun_by_id", ID, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_county_share_ended")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_county_share_days")),
        sa.CheckConstraint("share_fen > 0", name=op.f("ck_county_share_share")),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["person.id"], name=op.f("fk_county_share_begun_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_county_share_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_county_share_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_county_share_ended_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_share")),
    )
    op.create_index(
        "uq_county_share_live",
        "county_share",
        ["county_code", "course_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "undone_order",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("undone_by_id", ID, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["course_order.id"], name=op.f("fk_undone_order_order_id_course_order")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name=op.f("fk_undone_order_undone_by_id_person")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_undone_order")),
    )


def _add_vouchers() -> None:
    op.create_table(
        "voucher_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("worth_fen", ID, nullable=False),
        sa.Column("code_count", ID, nullable=False),
        sa.Column("per_person", ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("course_id", ID, nullable=True),
        sa.Column("programme_id", ID, nullable=True),
        sa.Column("issued_by_id", ID, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("stopped_by_id", ID, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('voucher', 'coupon')", name=op.f("ck_voucher_batch_kind")),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_by_id IS NULL)", name=op.f("ck_voucher_batch_stopped")
        ),
        sa.CheckConstraint("code_count BETWEEN 1 AND 5000", name=op.f("ck_voucher_batch_count")),
        sa.CheckConstraint(
            "course_id IS NULL OR programme_id IS NULL", name=op.f("ck_voucher_batch_for_what")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_voucher_batch_days")),
        sa.CheckConstraint("per_person BETWEEN 1 AND 9", name=op.f("ck_voucher_batch_per_person")),
        sa.CheckConstraint("worth_fen BETWEEN 1 AND 1000000", name=op.f("ck_voucher_batch_worth")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_voucher_batch_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_voucher_batch_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_voucher_batch_issued_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_voucher_batch_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by_id"], ["person.id"], name=op.f("fk_voucher_batch_stopped_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_voucher_batch_key")),
    )
    op.create_index("ix_voucher_batch_desk", "voucher_batch", ["county_code", "id"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("place", ID, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_voucher_place")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["voucher_batch.id"], name=op.f("fk_voucher_batch_id_voucher_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("batch_id", "place", name=op.f("uq_voucher_batch_id_place")),
        sa.UniqueConstraint("code", name=op.f("uq_voucher_code")),
    )
    op.create_table(
        "redemption",
        sa.Column("id", ID, nullable=False),
        sa.Column("voucher_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("programme_id", ID, nullable=True),
        sa.Column("turn", ID, nullable=False),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("freed_at", MOMENT, nullable=True),
        sa.Column("given_back_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('voucher', 'coupon')", name=op.f("ck_redemption_kind")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_redemption_amount")),
        sa.CheckConstraint(
            "given_back_at IS NULL OR used_at IS NOT NULL", name=op.f("ck_redemption_given_back")
        ),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_redemption_turn")),
        sa.CheckConstraint(
            "used_at IS NULL OR freed_at IS NULL", name=op.f("ck_redemption_either")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["voucher_batch.id"], name=op.f("fk_redemption_batch_id_voucher_batch")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["course_order.id"], name=op.f("fk_redemption_order_id_course_order")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_redemption_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_redemption_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_redemption_voucher_id_voucher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("order_id", "kind", name=op.f("uq_redemption_order_id_kind")),
    )
    op.create_index("ix_redemption_list", "redemption", ["batch_id", "id"], unique=False)
    op.create_index(
        "uq_redemption_programme",
        "redemption",
        ["person_id", "programme_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'voucher' AND freed_at IS NULL AND given_back_at IS NULL"),
        postgresql_where=sa.text("kind = 'voucher' AND freed_at IS NULL AND given_back_at IS NULL"),
    )
    op.create_index(
        "uq_redemption_turn",
        "redemption",
        ["batch_id", "person_id", "turn"],
        unique=True,
        sqlite_where=sa.text("freed_at IS NULL AND given_back_at IS NULL"),
        postgresql_where=sa.text("freed_at IS NULL AND given_back_at IS NULL"),
    )
    op.create_index(
        "uq_redemption_voucher",
        "redemption",
        ["voucher_id"],
        unique=True,
        sqlite_where=sa.text("freed_at IS NULL"),
        postgresql_where=sa.text("freed_at IS NULL"),
    )


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


def _refuse_of_erased(table: str, owner: str) -> None:
    trigger, text = f"{table}_not_of_erased", f"{table}: this person was erased"
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW WHEN true AND "
            f"EXISTS (SELECT 1 FROM person WHERE id = {owner} AND erased_at IS NOT NULL) "
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        f"SELECT erased_at INTO gone FROM person WHERE id = {owner} FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _drop(trigger: str, table: str) -> None:
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {trigger}")
        return
    op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute(f"DROP FUNCTION {trigger}")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
