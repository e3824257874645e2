"""Chains every ledger entry, holds what waits for a presence check, and knows what people decided.

The answer to a beat stands in its ledger entry from here on. Taken back, entries that are no beats
and what people asked and decided are lost; the sets keep what they brought.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

_SLICE = (
    "id, person_id, material_id, lease_id, seq, day, wall_from_ms, wall_to_ms, claimed, seen, "
    "credited, refused, claimed_ms, seen_ms, credited_ms, device_hash"
)
_CLOCK = "person_id, credit_mark_ms, seen_mark_ms, day_used"
_SETS = (
    "person_id, material_id, seen, credited, refused, seen_ms, credited_ms, position_ms, "
    "updated_at_ms"
)
_BEAT = "received_at_ms, state, rate_percent, code, answer"

# What no column type can hold; the text stands beside the models too and a test compares both.
_OVERLAP = (
    "EXISTS (SELECT 1 FROM watch_slice WHERE person_id = NEW.person_id "
    "AND wall_to_ms > NEW.wall_from_ms AND wall_from_ms < NEW.wall_to_ms "
    "AND wall_from_ms < wall_to_ms AND NEW.wall_from_ms < NEW.wall_to_ms)"
)
_MOVED = (
    "UPDATE study_clock SET credit_mark_ms = NEW.credit_mark_ms, seen_mark_ms = NEW.seen_mark_ms, "
    "day_used = NEW.day_used, prompt_in_ms = NEW.prompt_in_ms, "
    "read_at_ms = coalesce(NEW.received_at_ms, read_at_ms), "
    "entries = NEW.number, head = NEW.chain_hash, turn = turn + 1 "
    "WHERE person_id = NEW.person_id AND coalesce(entries, 0) = NEW.number - 1"
)
_FORKED = "a ledger entry must follow the last one of its learner"
_ASKED = ("person_id", "lease_id", "material_id", "kind", "shown_at_ms", "after_number")
_FIXED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _ASKED)
_CARRIED_OUT = (
    "NEW.granted_at IS NOT NULL AND OLD.granted_at IS NULL "
    "AND coalesce(NEW.ruling, '') = OLD.ruling AND coalesce(NEW.reason, '') = OLD.reason "
    "AND coalesce(NEW.ruled_by_id, 0) = OLD.ruled_by_id AND NEW.words = OLD.words"
)
_KEPT = (
    ("presence_check", f"OLD.answered_at_ms IS NOT NULL OR {_FIXED}"),
    ("time_request", f"OLD.ruling IS NOT NULL AND NOT ({_CARRIED_OUT})"),
    ("study_flag", "OLD.ruling IS NOT NULL"),
)


def upgrade() -> None:
    """Write the three tables of counted time anew and bring over what they held."""
    _drop_ledger_rules()
    _create_presence_check()
    _create_time_request()
    _create_study_flag()
    for name in ("study_clock", "material_progress"):
        _set_aside(name)
    _create_study_clock()
    op.execute(
        f"INSERT INTO study_clock ({_CLOCK}, read_at_ms, ahead_ms, turn) "
        f"SELECT {_CLOCK}, 0, 0, 0 FROM study_clock_old"
    )
    _create_material_progress()
    op.execute(
        f"INSERT INTO material_progress ({_SETS}, held, granted_ms) "
        f"SELECT {_SETS}, '[]', 0 FROM material_progress_old"
    )
    _set_aside("watch_slice", "person_day", "person_wall", "lease_id")
    _create_watch_slice()
    op.execute(
        f"INSERT INTO watch_slice ({_SLICE}, kind, part, held, held_ms, {_BEAT}) "
        f"SELECT {_SLICE.replace(', seq', ', old.seq').replace('lease_id', 'old.lease_id')}, "
        f"'beat', part, '[]', 0, received_at_ms, state, rate_percent, code, "
        "CASE WHEN part = 0 THEN answer END "
        "FROM (SELECT *, row_number() OVER (PARTITION BY lease_id, seq ORDER BY id) - 1 AS part "
        "FROM watch_slice_old) AS old "
        "LEFT JOIN beat ON beat.lease_id = old.lease_id AND beat.seq = old.seq ORDER BY id"
    )
    _forget("watch_slice", "material_progress", "study_clock")
    for verb in ("UPDATE", "DELETE"):
        _drop("beat", verb)
    op.drop_table("beat")
    op.drop_column("playback_lease", "last_seq")
    _ledger_rules()
    _moves_clock()
    for table, condition in _KEPT:
        _refuse(table, "UPDATE", condition)
        _refuse(table, "DELETE", "")


def downgrade() -> None:
    """Go back to entries that are beats alone, with their answers in a table of their own."""
    _drop_ledger_rules()
    _drop_moves_clock()
    _create_old_beat()
    op.execute(
        f"INSERT INTO beat (lease_id, seq, {_BEAT}) SELECT lease_id, seq, {_BEAT} "
        "FROM watch_slice WHERE answer IS NOT NULL"
    )
    for verb in ("UPDATE", "DELETE"):
        _refuse("beat", verb, "")
    op.add_column("playback_lease", sa.Column("last_seq", ID, nullable=True))
    op.execute(
        "UPDATE playback_lease SET last_seq = "
        "(SELECT max(seq) FROM watch_slice WHERE watch_slice.lease_id = playback_lease.id)"
    )
    for name, columns in (("study_clock", _CLOCK), ("material_progress", _SETS)):
        _set_aside(name)
        globals()[f"_create_old_{name}"]()
        op.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name}_old")
    _set_aside("watch_slice", "person_day", "person_wall")
    _create_old_watch_slice()
    op.execute(
        f"INSERT INTO watch_slice ({_SLICE}) SELECT {_SLICE} FROM watch_slice_old "
        "WHERE kind = 'beat' ORDER BY id"
    )
    _forget("watch_slice", "material_progress", "study_clock")
    _ledger_rules()
    for table, _condition in _KEPT:
        for verb in ("UPDATE", "DELETE"):
            _drop(table, verb)
    for table in ("presence_check", "study_flag", "time_request"):
        op.drop_table(table)


def _set_aside(name: str, *indexes: str) -> None:
    """Rename a table, and let its names go: those of the new one are the same."""
    for index in indexes:
        op.drop_index(f"ix_{name}_{index}", table_name=name)
    if not _is_sqlite():
        op.drop_constraint(f"pk_{name}", name)
        if name == "watch_slice":
            op.execute(
                "ALTER TABLE watch_slice DROP CONSTRAINT IF EXISTS uq_watch_slice_lease_id_seq_part"
            )
            op.execute("ALTER SEQUENCE watch_slice_id_seq RENAME TO watch_slice_old_id_seq")
    op.rename_table(name, f"{name}_old")


def _forget(*names: str) -> None:
    for name in names:
        op.drop_table(f"{name}_old")
    if not _is_sqlite():
        op.execute(
            "SELECT setval(pg_get_serial_sequence('watch_slice', 'id'), "
            "(SELECT COALESCE(max(id), 0) + 1 FROM watch_slice), false)"
        )


def _ledger_rules() -> None:
    """Nothing is rewritten, and nobody earns two hours in one hour."""
    for verb in ("UPDATE", "DELETE"):
        _refuse("watch_slice", verb, "")
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER watch_slice_no_overlap BEFORE INSERT ON watch_slice FOR EACH ROW "
            f"WHEN {_OVERLAP} "
            "BEGIN SELECT RAISE(ABORT, 'watch_slice periods of one person overlap'); END"
        )
        return
    op.execute(
        "ALTER TABLE watch_slice ADD CONSTRAINT watch_slice_no_overlap EXCLUDE USING gist "
        "(person_id WITH =, int8range(wall_from_ms, wall_to_ms) WITH &&) "
        "WHERE (wall_from_ms IS NOT NULL)"
    )


def _drop_ledger_rules() -> None:
    for verb in ("UPDATE", "DELETE"):
        _drop("watch_slice", verb)
    op.execute(
        "DROP TRIGGER watch_slice_no_overlap"
        if _is_sqlite()
        else "ALTER TABLE watch_slice DROP CONSTRAINT watch_slice_no_overlap"
    )


def _moves_clock() -> None:
    if _is_sqlite():
        op.execute(
            "CREATE TRIGGER watch_slice_moves_clock BEFORE INSERT ON watch_slice FOR EACH ROW "
            "WHEN NEW.number IS NOT NULL BEGIN "
            f"{_MOVED}; SELECT RAISE(ABORT, '{_FORKED}') WHERE changes() = 0; END"
        )
        return
    op.execute(
        "CREATE FUNCTION watch_slice_moves_clock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.number IS NOT NULL THEN {_MOVED}; "
        f"IF NOT FOUND THEN RAISE EXCEPTION '{_FORKED}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER watch_slice_moves_clock BEFORE INSERT ON watch_slice FOR EACH ROW "
        "EXECUTE FUNCTION watch_slice_moves_clock()"
    )


def _drop_moves_clock() -> None:
    op.execute(
        "DROP TRIGGER watch_slice_moves_clock"
        if _is_sqlite()
        else "DROP FUNCTION watch_slice_moves_clock CASCADE"
    )


def _create_study_clock() -> None:
    op.create_table(
        "study_clock",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("credit_mark_ms", ID, nullable=False),
        sa.Column("seen_mark_ms", ID, nullable=False),
        sa.Column("day_used", JSON, nullable=False),
        sa.Column("prompt_in_ms", ID, nullable=True),
        sa.Column("read_at_ms", ID, nullable=False),
        sa.Column("entries", ID, nullable=True),
        sa.Column("head", sa.String(length=64), nullable=True),
        sa.Column("ahead_ms", ID, nullable=False),
        sa.Column("turn", ID, nullable=False),
        sa.CheckConstraint(
            "(entries IS NULL) = (head IS NULL)", name=op.f("ck_study_clock_chained")
        ),
        sa.CheckConstraint("ahead_ms >= 0", name=op.f("ck_study_clock_ahead")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_study_clock_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_study_clock")),
    )


def _create_material_progress() -> None:
    op.create_table(
        "material_progress",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("material_id", ID, autoincrement=False, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("credited", JSON, nullable=False),
        sa.Column("held", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("seen_ms", ID, nullable=False),
        sa.Column("credited_ms", ID, nullable=False),
        sa.Column("granted_ms", ID, nullable=False),
        sa.Column("position_ms", ID, nullable=False),
        sa.Column("updated_at_ms", ID, nullable=False),
        sa.CheckConstraint(
            "0 <= credited_ms AND credited_ms <= seen_ms",
            name=op.f("ck_material_progress_credited_within_seen"),
        ),
        sa.CheckConstraint(
            "0 <= granted_ms AND granted_ms <= credited_ms",
            name=op.f("ck_material_progress_granted"),
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_progress_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_material_progress_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "material_id", name=op.f("pk_material_progress")),
    )


def _create_watch_slice() -> None:
    op.create_table(
        "watch_slice",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("media_version", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("lease_id", sa.String(length=40), nullable=True),
        sa.Column("seq", ID, nullable=True),
        sa.Column("part", ID, nullable=False),
        sa.Column("day", ID, nullable=False),
        sa.Column("wall_from_ms", ID, nullable=True),
        sa.Column("wall_to_ms", ID, nullable=True),
        sa.Column("claimed", JSON, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("credited", JSON, nullable=False),
        sa.Column("held", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("claimed_ms", ID, nullable=False),
        sa.Column("seen_ms", ID, nullable=False),
        sa.Column("credited_ms", ID, nullable=False),
        sa.Column("held_ms", ID, nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=True),
        sa.Column("received_at_ms", ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=True),
        sa.Column("rate_percent", ID, nullable=True),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("request_id", ID, nullable=True),
        sa.Column("credit_mark_ms", ID, nullable=True),
        sa.Column("seen_mark_ms", ID, nullable=True),
        sa.Column("day_used", JSON, nullable=True),
        sa.Column("prompt_in_ms", ID, nullable=True),
        sa.Column("number", ID, nullable=True),
        sa.Column("chain_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('appeal', 'compensation')) = (request_id IS NOT NULL)",
            name=op.f("ck_watch_slice_ruled"),
        ),
        sa.CheckConstraint(
            "kind <> 'beat' OR (credited_ms >= 0 AND held_ms >= 0 AND seen_ms >= 0)",
            name=op.f("ck_watch_slice_amounts"),
        ),
        sa.CheckConstraint(
            "kind <> 'beat' OR (lease_id IS NOT NULL AND seq IS NOT NULL)",
            name=op.f("ck_watch_slice_of_lease"),
        ),
        sa.CheckConstraint(
            "kind <> 'beat' OR credited_ms + held_ms <= coalesce(wall_to_ms - wall_from_ms, 0)",
            name=op.f("ck_watch_slice_paid"),
        ),
        sa.CheckConstraint(
            "kind IN ('beat', 'held_credited', 'held_refused', 'credit_taken_back', 'check_answered', 'appeal', 'compensation')",
            name=op.f("ck_watch_slice_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('playing', 'paused', 'hidden', 'ended')", name=op.f("ck_watch_slice_state")
        ),
        sa.CheckConstraint(
            "(number IS NULL) = (chain_hash IS NULL)", name=op.f("ck_watch_slice_chained")
        ),
        sa.CheckConstraint(
            "(wall_from_ms IS NULL) = (wall_to_ms IS NULL)",
            name=op.f("ck_watch_slice_whole_period"),
        ),
        sa.CheckConstraint(
            "request_id IS NULL OR wall_from_ms IS NULL", name=op.f("ck_watch_slice_granted")
        ),
        sa.CheckConstraint("wall_from_ms <= wall_to_ms", name=op.f("ck_watch_slice_period")),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["playback_lease.id"], name=op.f("fk_watch_slice_lease_id_playback_lease")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_watch_slice_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_watch_slice_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["time_request.id"], name=op.f("fk_watch_slice_request_id_time_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_slice")),
        sa.UniqueConstraint(
            "lease_id", "seq", "part", name=op.f("uq_watch_slice_lease_id_seq_part")
        ),
    )
    op.create_index("ix_watch_slice_person_day", "watch_slice", ["person_id", "day"], unique=False)
    op.create_index(
        "ix_watch_slice_person_wall", "watch_slice", ["person_id", "wall_to_ms"], unique=False
    )
    op.create_index(
        "uq_watch_slice_granted",
        "watch_slice",
        ["request_id", "person_id", "material_id"],
        unique=True,
        sqlite_where=sa.text("request_id IS NOT NULL"),
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )


def _create_presence_check() -> None:
    op.create_table(
        "presence_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("lease_id", sa.String(length=40), nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("shown_at_ms", ID, nullable=False),
        sa.Column("after_number", ID, nullable=False),
        sa.Column("more_time_at_ms", ID, nullable=True),
        sa.Column("missed_at_ms", ID, nullable=True),
        sa.Column("answered_at_ms", ID, nullable=True),
        sa.Column("answered_number", ID, nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.CheckConstraint("kind IN ('tap', 'question')", name=op.f("ck_presence_check_kind")),
        sa.CheckConstraint(
            "(answered_at_ms IS NULL) = (answered_number IS NULL)",
            name=op.f("ck_presence_check_whole_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["lease_id"],
            ["playback_lease.id"],
            name=op.f("fk_presence_check_lease_id_playback_lease"),
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_presence_check_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_presence_check_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_check")),
    )
    op.create_index("ix_presence_check_person", "presence_check", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_presence_check_open",
        "presence_check",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("answered_at_ms IS NULL"),
        postgresql_where=sa.text("answered_at_ms IS NULL"),
    )


def _create_time_request() -> None:
    op.create_table(
        "time_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("aim", sa.String(length=15), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("material_id", ID, nullable=True),
        sa.Column("spans", JSON, nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=True),
        sa.Column("wall_from_ms", ID, nullable=True),
        sa.Column("wall_to_ms", ID, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ruling", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ruled_by_id", ID, nullable=True),
        sa.Column("ruled_at", MOMENT, nullable=True),
        sa.Column("granted_ms", ID, nullable=False),
        sa.Column("granted_people", ID, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(aim = 'appeal') = (person_id IS NOT NULL)", name=op.f("ck_time_request_of_a_person")
        ),
        sa.CheckConstraint(
            "(aim = 'compensation') = (county_code IS NOT NULL AND wall_from_ms IS NOT NULL AND wall_to_ms IS NOT NULL)",
            name=op.f("ck_time_request_outage"),
        ),
        sa.CheckConstraint(
            "(ruling = 'withdrawn') = (ruled_by_id = asked_by_id)",
            name=op.f("ck_time_request_two_people"),
        ),
        sa.CheckConstraint("aim IN ('appeal', 'compensation')", name=op.f("ck_time_request_aim")),
        sa.CheckConstraint(
            "granted_ms >= 0 AND (ruling = 'granted' OR granted_ms = 0)",
            name=op.f("ck_time_request_granted"),
        ),
        sa.CheckConstraint(
            "granted_at IS NULL OR ruling = 'granted'", name=op.f("ck_time_request_granted_when")
        ),
        sa.CheckConstraint(
            "(reason IS NOT NULL) = (ruling IN ('granted', 'declined'))",
            name=op.f("ck_time_request_reasoned"),
        ),
        sa.CheckConstraint(
            "ruling IN ('granted', 'declined', 'withdrawn')", name=op.f("ck_time_request_ruling")
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) = (material_id IS NULL)",
            name=op.f("ck_time_request_of_a_material"),
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) = (spans IS NULL)", name=op.f("ck_time_request_of_stretches")
        ),
        sa.CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name=op.f("ck_time_request_whole_ruling"),
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR asked_by_id = person_id", name=op.f("ck_time_request_own_time")
        ),
        sa.CheckConstraint("wall_from_ms < wall_to_ms", name=op.f("ck_time_request_period")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_time_request_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_time_request_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_time_request_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_time_request_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by_id"], ["person.id"], name=op.f("fk_time_request_ruled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_request")),
    )
    op.create_index("ix_time_request_open", "time_request", ["aim", "ruling", "id"], unique=False)
    op.create_index("ix_time_request_person", "time_request", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_time_request_open_appeal",
        "time_request",
        ["person_id", "material_id"],
        unique=True,
        sqlite_where=sa.text("ruling IS NULL AND person_id IS NOT NULL"),
        postgresql_where=sa.text("ruling IS NULL AND person_id IS NOT NULL"),
    )


def _create_study_flag() -> None:
    op.create_table(
        "study_flag",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", ID, nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.Column("ruling", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ruled_by_id", ID, nullable=True),
        sa.Column("ruled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('parallel_devices', 'steady_cadence', 'long_nights', 'shared_device')",
            name=op.f("ck_study_flag_kind"),
        ),
        sa.CheckConstraint(
            "ruling IN ('explained', 'not_study')", name=op.f("ck_study_flag_ruling")
        ),
        sa.CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name=op.f("ck_study_flag_whole_ruling"),
        ),
        sa.CheckConstraint(
            "(ruling IS NULL) = (reason IS NULL)", name=op.f("ck_study_flag_reasoned")
        ),
        sa.CheckConstraint("ruled_by_id <> person_id", name=op.f("ck_study_flag_two_people")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_study_flag_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by_id"], ["person.id"], name=op.f("fk_study_flag_ruled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_flag")),
    )
    op.create_index("ix_study_flag_open", "study_flag", ["ruling", "id"], unique=False)
    op.create_index("uq_study_flag_day", "study_flag", ["person_id", "kind", "day"], unique=True)


def _create_old_beat() -> None:
    op.create_table(
        "beat",
        sa.Column("lease_id", sa.String(length=40), nullable=False),
        sa.Column("seq", ID, autoincrement=False, nullable=False),
        sa.Column("received_at_ms", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rate_percent", ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("answer", JSON, nullable=False),
        sa.CheckConstraint(
            "state IN ('playing', 'paused', 'hidden', 'ended')", name=op.f("ck_beat_state")
        ),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["playback_lease.id"], name=op.f("fk_beat_lease_id_playback_lease")
        ),
        sa.PrimaryKeyConstraint("lease_id", "seq", name=op.f("pk_beat")),
    )


def _create_old_study_clock() -> None:
    op.create_table(
        "study_clock",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("credit_mark_ms", ID, nullable=False),
        sa.Column("seen_mark_ms", ID, nullable=False),
        sa.Column("day_used", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_study_clock_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_study_clock")),
    )


def _create_old_material_progress() -> None:
    op.create_table(
        "material_progress",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("material_id", ID, autoincrement=False, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("credited", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("seen_ms", ID, nullable=False),
        sa.Column("credited_ms", ID, nullable=False),
        sa.Column("position_ms", ID, nullable=False),
        sa.Column("updated_at_ms", ID, nullable=False),
        sa.CheckConstraint(
            "0 <= credited_ms AND credited_ms <= seen_ms",
            name=op.f("ck_material_progress_credited_within_seen"),
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_progress_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_material_progress_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "material_id", name=op.f("pk_material_progress")),
    )


def _create_old_watch_slice() -> None:
    op.create_table(
        "watch_slice",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("lease_id", sa.String(length=40), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("day", ID, nullable=False),
        sa.Column("wall_from_ms", ID, nullable=True),
        sa.Column("wall_to_ms", ID, nullable=True),
        sa.Column("claimed", JSON, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("credited", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("claimed_ms", ID, nullable=False),
        sa.Column("seen_ms", ID, nullable=False),
        sa.Column("credited_ms", ID, nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(wall_from_ms IS NULL) = (wall_to_ms IS NULL)",
            name=op.f("ck_watch_slice_whole_period"),
        ),
        sa.CheckConstraint(
            "credited_ms <= coalesce(wall_to_ms - wall_from_ms, 0)",
            name=op.f("ck_watch_slice_paid"),
        ),
        sa.CheckConstraint(
            "credited_ms >= 0 AND seen_ms >= 0", name=op.f("ck_watch_slice_amounts")
        ),
        sa.CheckConstraint("wall_from_ms <= wall_to_ms", name=op.f("ck_watch_slice_period")),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["playback_lease.id"], name=op.f("fk_watch_slice_lease_id_playback_lease")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_watch_slice_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_watch_slice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_slice")),
    )
    op.create_index(op.f("ix_watch_slice_lease_id"), "watch_slice", ["lease_id"], unique=False)
    op.create_index("ix_watch_slice_person_day", "watch_slice", ["person_id", "day"], unique=False)
    op.create_index(
        "ix_watch_slice_person_wall", "watch_slice", ["person_id", "wall_to_ms"], unique=False
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
