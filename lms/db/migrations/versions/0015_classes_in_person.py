"""Adds what a class is filed with, its sessions in person, attendance and confirmations.

On the way back sessions, attendance, waiting and what was signed are lost, and the catalogue of
the bureau; classes and enrollments stay.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_PERIOD = "(from_at IS NULL) = (until_at IS NULL) AND (from_at IS NULL OR from_at < until_at)"
_TABLES = (
    "class_objection",
    "class_confirmation",
    "session_attendance",
    "attendance_entry",
    "class_session",
    "class_wait",
    "catalogue_listing",
)
# What no column type can hold; the text stands beside the models too and a test compares both.
_FULL = (
    "(SELECT count(*) FROM enrollment WHERE training_class_id = NEW.training_class_id "
    "AND status IN ('active', 'completed')) >= "
    "(SELECT capacity FROM training_class WHERE id = NEW.training_class_id)"
)
_SITS_DOWN = "NEW.training_class_id IS NOT NULL AND NEW.status IN ('active', 'completed')"
_STOOD = (
    "coalesce(OLD.training_class_id, 0) <> NEW.training_class_id "
    "OR OLD.status NOT IN ('active', 'completed')"
)
_NO_SEAT = "the class has no free seat"
_SEATS = (("INSERT", _SITS_DOWN), ("UPDATE", f"{_SITS_DOWN} AND ({_STOOD})"))
_REWRITTEN = (
    "NEW.county_code <> OLD.county_code OR NEW.list_name <> OLD.list_name "
    "OR NEW.programme_id <> OLD.programme_id OR NEW.institution_id <> OLD.institution_id "
    "OR NEW.starts_on <> OLD.starts_on OR NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on"
)
_ELSEWHERE = (
    "EXISTS (SELECT 1 FROM session_attendance WHERE person_id = NEW.person_id "
    "AND class_session_id <> NEW.class_session_id "
    "AND until_at > NEW.from_at AND from_at < NEW.until_at)"
)
_KEPT = (
    ("catalogue_listing", "UPDATE", _REWRITTEN),
    ("catalogue_listing", "DELETE", ""),
    ("attendance_entry", "UPDATE", ""),
    ("attendance_entry", "DELETE", ""),
    ("class_confirmation", "UPDATE", ""),
    ("class_confirmation", "DELETE", ""),
    ("class_objection", "UPDATE", ""),
    ("class_objection", "DELETE", ""),
)
_LEFT = (
    "NEW.attended_ms > {until_ms} - {from_ms} - (SELECT coalesce(sum("
    "{least}(wall_to_ms, {until_ms}) - {most}(wall_from_ms, {from_ms})), 0) FROM watch_slice "
    "WHERE person_id = NEW.person_id AND credited_ms + held_ms > 0 "
    "AND wall_to_ms > {from_ms} AND wall_from_ms < {until_ms})"
)
_TWICE = "the same time counts on line already"
_FOLLOWS = "person_id = NEW.person_id AND coalesce(entries, 0) = NEW.number - 1"
_FREE = (
    " AND (NEW.wall_from_ms IS NULL OR NEW.credited_ms + NEW.held_ms = 0 "
    "OR NEW.wall_from_ms >= attended_until_ms)"
)
_MOVED = (
    "UPDATE study_clock SET credit_mark_ms = NEW.credit_mark_ms, "
    "seen_mark_ms = NEW.seen_mark_ms, day_used = NEW.day_used, "
    "prompt_in_ms = NEW.prompt_in_ms, "
    "read_at_ms = coalesce(NEW.received_at_ms, read_at_ms), "
    "entries = NEW.number, head = NEW.chain_hash, turn = turn + 1 WHERE "
)
_FORKED = "a ledger entry must follow the last one of its learner"


def upgrade() -> None:
    """Add columns one by one (a copy of a table would lose its triggers), then the tables."""
    op.add_column("institution", sa.Column("uscc", sa.String(length=18), nullable=True))
    op.add_column("institution", sa.Column("contact", sa.String(length=120), nullable=True))
    for column in _class_columns():
        op.add_column("training_class", column)
    filed = sa.text("filing_no IS NOT NULL")
    op.create_index(
        "uq_training_class_filing",
        "training_class",
        ["county_code", "filing_no"],
        unique=True,
        sqlite_where=filed,
        postgresql_where=filed,
    )
    op.create_index("ix_training_class_days", "training_class", ["state", "starts_on"])
    op.add_column(
        "study_clock", sa.Column("attended_until_ms", ID, server_default="0", nullable=False)
    )
    _create_catalogue()
    _create_wait()
    _create_session()
    _create_entry()
    _create_attendance()
    _create_signed("class_confirmation")
    _create_signed("class_objection")
    for table, verb, condition in _KEPT:
        _refuse(table, verb, condition)
    _keep_apart()
    for verb, condition in _SEATS:
        _keep_seats(verb, condition)
    _count_once()
    _replace_moves_clock(_FOLLOWS + _FREE)


def downgrade() -> None:
    """Take them away."""
    _replace_moves_clock(_FOLLOWS)
    for verb, _ in _SEATS:
        _drop(f"enrollment_seats_{verb.lower()}")
    _drop("attendance_entry_counts_once")
    for table, verb, _ in _KEPT:
        _drop(f"{table}_no_{verb.lower()}")
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("study_clock", "attended_until_ms")
    op.drop_index("ix_training_class_days", table_name="training_class")
    op.drop_index("uq_training_class_filing", table_name="training_class")
    for column in reversed(_class_columns()):
        op.drop_column("training_class", column.name)
    op.drop_column("institution", "contact")
    op.drop_column("institution", "uscc")


def _class_columns() -> tuple[sa.Column, ...]:
    """Return them anew: a column belongs to one table."""
    return (
        sa.Column("filing_no", sa.String(length=40), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column(
            "capacity",
            ID,
            sa.CheckConstraint("capacity > 0", name=op.f("ck_training_class_capacity")),
            nullable=True,
        ),
        sa.Column(
            "host_kind",
            sa.String(length=12),
            sa.CheckConstraint(
                "host_kind IN ('institution', 'enterprise', 'village')",
                name=op.f("ck_training_class_host_kind"),
            ),
            server_default="institution",
            nullable=False,
        ),
        sa.Column("host_name", sa.String(length=80), nullable=True),
        sa.Column("host_uscc", sa.String(length=18), nullable=True),
        sa.Column(
            "theory_minutes",
            ID,
            sa.CheckConstraint("theory_minutes >= 0", name=op.f("ck_training_class_theory")),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "practice_minutes",
            ID,
            sa.CheckConstraint("practice_minutes >= 0", name=op.f("ck_training_class_practice")),
            server_default="0",
            nullable=False,
        ),
    )


def _key(table: str, column: str, of: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{of}.{key}"], name=op.f(f"fk_{table}_{column}_{of}")
    )


def _create_catalogue() -> None:
    name = "catalogue_listing"
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("list_name", sa.String(length=120), nullable=False),
        sa.Column("programme_id", ID, nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_catalogue_listing_dates")
        ),
        _key(name, "county_code", "county", "code"),
        _key(name, "programme_id", "programme"),
        _key(name, "institution_id", "institution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_listing")),
    )
    columns = ["county_code", "programme_id", "institution_id"]
    op.create_index("ix_catalogue_listing_of", name, columns)


def _create_wait() -> None:
    name = "class_wait"
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("training_class_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'seated', 'left')", name=op.f("ck_class_wait_state")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_class_wait_settled")
        ),
        _key(name, "training_class_id", "training_class"),
        _key(name, "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_wait")),
    )
    waits = sa.text("state = 'waiting'")
    op.create_index(
        "uq_class_wait_live",
        name,
        ["training_class_id", "person_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_class_wait_line", name, ["training_class_id", "state", "id"])
    op.create_index("ix_class_wait_person", name, ["person_id", "state"])


def _create_session() -> None:
    name = "class_session"
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("training_class_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('theory', 'practice')", name=op.f("ck_class_session_kind")),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'cancelled')", name=op.f("ck_class_session_state")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_class_session_period")),
        _key(name, "training_class_id", "training_class"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_session")),
        sa.UniqueConstraint(
            "training_class_id", "number", name=op.f("uq_class_session_training_class_id_number")
        ),
    )
    op.create_index("ix_class_session_day", name, ["training_class_id", "starts_at"])


def _create_entry() -> None:
    name = "attendance_entry"
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("class_session_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("from_at", MOMENT, nullable=True),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.Column("attended_ms", ID, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("recorded_by_id", ID, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "status IN ('present', 'absent')", name=op.f("ck_attendance_entry_status")
        ),
        sa.CheckConstraint(
            "source IN ('qr', 'staff', 'correction')", name=op.f("ck_attendance_entry_source")
        ),
        sa.CheckConstraint(_PERIOD, name=op.f("ck_attendance_entry_period")),
        sa.CheckConstraint(
            "(status = 'present') = (from_at IS NOT NULL)",
            name=op.f("ck_attendance_entry_present"),
        ),
        sa.CheckConstraint("attended_ms >= 0", name=op.f("ck_attendance_entry_attended")),
        sa.CheckConstraint(
            "status = 'present' OR attended_ms = 0", name=op.f("ck_attendance_entry_absent")
        ),
        sa.CheckConstraint(
            "source <> 'correction' OR reason IS NOT NULL",
            name=op.f("ck_attendance_entry_reason"),
        ),
        _key(name, "class_session_id", "class_session"),
        _key(name, "person_id", "person"),
        _key(name, "recorded_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_entry")),
        sa.UniqueConstraint(
            "class_session_id",
            "person_id",
            "number",
            name=op.f("uq_attendance_entry_class_session_id_person_id_number"),
        ),
    )
    op.create_index("ix_attendance_entry_person", name, ["person_id", "class_session_id"])


def _create_attendance() -> None:
    name = "session_attendance"
    op.create_table(
        name,
        sa.Column("class_session_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("attended_ms", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("from_at", MOMENT, nullable=True),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.CheckConstraint(_PERIOD, name=op.f("ck_session_attendance_period")),
        _key(name, "class_session_id", "class_session"),
        _key(name, "person_id", "person"),
        _key(name, "entry_id", "attendance_entry"),
        sa.PrimaryKeyConstraint(
            "class_session_id", "person_id", name=op.f("pk_session_attendance")
        ),
    )
    op.create_index("ix_session_attendance_person", name, ["person_id", "until_at"])


def _create_signed(name: str) -> None:
    signed = name == "class_confirmation"
    own = (
        (
            sa.Column("text_version", sa.String(length=10), nullable=False),
            sa.Column("address_prefix", sa.String(length=50), nullable=False),
            sa.Column("signed_at", MOMENT, nullable=False),
            sa.UniqueConstraint("enrollment_id", name=op.f(f"uq_{name}_enrollment_id")),
        )
        if signed
        else (
            sa.Column("words", sa.String(length=500), nullable=False),
            sa.Column("said_at", MOMENT, nullable=False),
        )
    )
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("shown", JSON, nullable=False),
        *own,
        _key(name, "enrollment_id", "enrollment"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    if not signed:
        op.create_index(op.f(f"ix_{name}_enrollment_id"), name, ["enrollment_id"])


def _keep_apart() -> None:
    """Nobody sits in two rooms at once, and nothing is listed twice on one day."""
    if not _is_sqlite():
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE session_attendance ADD CONSTRAINT session_attendance_one_room "
            "EXCLUDE USING gist (person_id WITH =, tstzrange(from_at, until_at) WITH &&) "
            "WHERE (from_at IS NOT NULL)"
        )
        op.execute(
            "ALTER TABLE catalogue_listing ADD CONSTRAINT catalogue_listing_once "
            "EXCLUDE USING gist (county_code WITH =, programme_id WITH =, institution_id WITH =, "
            "daterange(starts_on, ends_on, '[]') WITH &&)"
        )
        return
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER session_attendance_one_room_{verb.lower()} BEFORE {verb} "
            f"ON session_attendance FOR EACH ROW WHEN {_ELSEWHERE} "
            "BEGIN SELECT RAISE(ABORT, 'session_attendance_one_room'); END"
        )
    op.execute(
        "CREATE TRIGGER catalogue_listing_once BEFORE INSERT ON catalogue_listing "
        "FOR EACH ROW WHEN EXISTS (SELECT 1 FROM catalogue_listing "
        "WHERE county_code = NEW.county_code AND programme_id = NEW.programme_id "
        "AND institution_id = NEW.institution_id "
        "AND starts_on <= coalesce(NEW.ends_on, '9999-12-31') "
        "AND coalesce(ends_on, '9999-12-31') >= NEW.starts_on) "
        "BEGIN SELECT RAISE(ABORT, 'catalogue_listing_once'); END"
    )


def _keep_seats(verb: str, condition: str) -> None:
    name = f"enrollment_seats_{verb.lower()}"
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON enrollment FOR EACH ROW "
            f"WHEN {condition} AND {_FULL} BEGIN SELECT RAISE(ABORT, '{_NO_SEAT}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN "
        "PERFORM 1 FROM training_class WHERE id = NEW.training_class_id "
        "AND capacity IS NOT NULL FOR UPDATE; "
        f"IF {_FULL} THEN RAISE EXCEPTION '{_NO_SEAT}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {name} BEFORE {verb} ON enrollment FOR EACH ROW "
        f"EXECUTE FUNCTION {name}()"
    )


def _count_once() -> None:
    sqlite = "CAST(round((julianday({}) - 2440587.5) * 86400000) AS INTEGER)"
    postgres = "CAST(round(EXTRACT(epoch FROM {}) * 1000) AS BIGINT)"
    moment, least, most = (
        (sqlite, "min", "max") if _is_sqlite() else (postgres, "least", "greatest")
    )
    from_ms, until_ms = (moment.format(f"NEW.{each}") for each in ("from_at", "until_at"))
    left = _LEFT.format(from_ms=from_ms, until_ms=until_ms, least=least, most=most)
    if _is_sqlite():
        op.execute(
            "CREATE TRIGGER attendance_entry_counts_once BEFORE INSERT ON attendance_entry "
            f"FOR EACH ROW WHEN NEW.from_at IS NOT NULL AND {left} "
            f"BEGIN SELECT RAISE(ABORT, '{_TWICE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION attendance_entry_counts_once() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF NEW.from_at IS NOT NULL AND {left} THEN "
        f"RAISE EXCEPTION '{_TWICE}' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER attendance_entry_counts_once BEFORE INSERT ON attendance_entry "
        "FOR EACH ROW EXECUTE FUNCTION attendance_entry_counts_once()"
    )


def _replace_moves_clock(follows: str) -> None:
    """Let an entry move the clock of its learner only where it follows the last one."""
    name, moved = "watch_slice_moves_clock", _MOVED + follows
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON watch_slice FOR EACH ROW "
            f"WHEN NEW.number IS NOT NULL BEGIN {moved}; "
            f"SELECT RAISE(ABORT, '{_FORKED}') WHERE changes() = 0; END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.number IS NOT NULL THEN {moved}; "
        f"IF NOT FOUND THEN RAISE EXCEPTION '{_FORKED}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$"
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


def _drop(trigger: str) -> None:
    op.execute(f"DROP TRIGGER {trigger}" if _is_sqlite() else f"DROP FUNCTION {trigger} CASCADE")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
