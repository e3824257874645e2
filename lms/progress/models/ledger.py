"""Who may earn now, the learner's clock, and the ledger that only ever grows."""

from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, OptionalJson, one_of, unique_where
from lms.db.ddl import after_create, append_only
from lms.enrollment.models import AttendanceEntry
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.state import LeaseEnd, PlayerState

# Moments of the arithmetic are whole milliseconds since 1970 on the database's clock.


class StudyClock(Base):
    """Up to where a learner's wall time is spent, and the head of their ledger.

    Whoever locks this row raises ``turn``: a statement that waited for the lock sees by it that
    what it read beside is old. Everything down to ``head`` is set by the ledger's own trigger,
    from what each entry says. ``day_used`` maps a local day's ordinal to what was credited and
    held on it, milliseconds; ``entries`` and ``head`` are null until the person's entries, if
    any, were chained; ``ahead_ms`` is how far the learner's time runs before a clock that was
    set back (``read_at_ms`` is what that clock said last).
    """

    __tablename__ = "study_clock"
    __table_args__ = (
        CheckConstraint("(entries IS NULL) = (head IS NULL)", name="chained"),
        CheckConstraint("ahead_ms >= 0", name="ahead"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    credit_mark_ms: Mapped[int] = mapped_column(default=0)
    seen_mark_ms: Mapped[int] = mapped_column(default=0)
    day_used: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prompt_in_ms: Mapped[int | None]
    read_at_ms: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int | None]
    head: Mapped[str | None] = mapped_column(String(64))
    ahead_ms: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    # Up to where time is spent in a room: nothing is earned on line before it.
    attended_until_ms: Mapped[int] = mapped_column(default=0, server_default="0")


class PlaybackLease(Base):
    """The right to earn time now; a person has one live lease."""

    __tablename__ = "playback_lease"
    __table_args__ = (
        one_of("ended_by", LeaseEnd),
        CheckConstraint("(ended_at_ms IS NULL) = (ended_by IS NULL)", name="ended"),
        unique_where("uq_playback_lease_live", "person_id", where="ended_at_ms IS NULL"),
        Index("ix_playback_lease_sign_in", "sign_in_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_in.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    started_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    ended_by: Mapped[str | None] = mapped_column(String(20))
    # Whether its learner may have time in another version of the item: known when it is taken.
    has_versions: Mapped[bool] = mapped_column(default=False, server_default=false())


class WatchSlice(Base):
    """One entry of the ledger. A beat writes one a local day; settlements and decisions one each.

    ``[wall_from_ms, wall_to_ms)`` is the wall time it spends; a person's periods never overlap.
    Amounts are signed: an entry that takes held or credited time away carries it below zero, so
    that sums over the ledger are what holds. The marks, ``day_used`` and ``prompt_in_ms`` say
    where the learner's clock stood afterwards. ``number`` and ``chain_hash`` are null for what
    was written before entries were chained; the first chained entry stands for those as well.
    """

    __tablename__ = "watch_slice"
    __table_args__ = (
        one_of("kind", EntryKind),
        one_of("state", PlayerState),
        CheckConstraint("wall_from_ms <= wall_to_ms", name="period"),
        CheckConstraint("(wall_from_ms IS NULL) = (wall_to_ms IS NULL)", name="whole_period"),
        CheckConstraint("(number IS NULL) = (chain_hash IS NULL)", name="chained"),
        CheckConstraint(
            f"kind <> '{EntryKind.BEAT}' OR (credited_ms >= 0 AND held_ms >= 0 AND seen_ms >= 0)",
            name="amounts",
        ),
        CheckConstraint(
            f"kind <> '{EntryKind.BEAT}' "
            "OR credited_ms + held_ms <= coalesce(wall_to_ms - wall_from_ms, 0)",
            name="paid",
        ),
        CheckConstraint(
            f"(kind IN ('{EntryKind.APPEAL}', '{EntryKind.COMPENSATION}')) "
            "= (request_id IS NOT NULL)",
            name="ruled",
        ),
        CheckConstraint("request_id IS NULL OR wall_from_ms IS NULL", name="granted"),
        CheckConstraint(
            f"kind <> '{EntryKind.BEAT}' OR (lease_id IS NOT NULL AND seq IS NOT NULL)",
            name="of_lease",
        ),
        UniqueConstraint("lease_id", "seq", "part"),
        # One decision gives one person one entry a material, however often its job is run.
        unique_where(
            "uq_watch_slice_granted",
            *("request_id", "person_id", "material_id"),
            where="request_id IS NOT NULL",
        ),
        Index("ix_watch_slice_person_wall", "person_id", "wall_to_ms"),
        Index("ix_watch_slice_person_day", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    media_version: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(20), default=EntryKind.BEAT)
    lease_id: Mapped[str | None] = mapped_column(ForeignKey("playback_lease.id"))
    seq: Mapped[int | None]
    part: Mapped[int] = mapped_column(default=0)
    day: Mapped[int]
    wall_from_ms: Mapped[int | None]
    wall_to_ms: Mapped[int | None]
    claimed: Mapped[list[Any]]
    seen: Mapped[list[Any]]
    credited: Mapped[list[Any]]
    held: Mapped[list[Any]] = mapped_column(default=list)
    refused: Mapped[dict[str, Any]]
    claimed_ms: Mapped[int]
    seen_ms: Mapped[int]
    credited_ms: Mapped[int]
    held_ms: Mapped[int] = mapped_column(default=0)
    device_hash: Mapped[str | None] = mapped_column(String(64))
    received_at_ms: Mapped[int | None]
    state: Mapped[str | None] = mapped_column(String(10))
    rate_percent: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[dict[str, Any] | None] = mapped_column(OptionalJson)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("time_request.id"))
    credit_mark_ms: Mapped[int | None]
    seen_mark_ms: Mapped[int | None]
    day_used: Mapped[dict[str, Any] | None] = mapped_column(OptionalJson)
    prompt_in_ms: Mapped[int | None]
    number: Mapped[int | None]
    chain_hash: Mapped[str | None] = mapped_column(String(64))


_SLICES = cast(Table, WatchSlice.__table__)
append_only(_SLICES)
# Nobody earns two hours in one hour: the database refuses overlapping wall time of one person,
# whatever tab, device, race or new piece of code made it.
after_create(
    _SLICES,
    sqlite=(
        "CREATE TRIGGER watch_slice_no_overlap BEFORE INSERT ON watch_slice FOR EACH ROW WHEN "
        "EXISTS (SELECT 1 FROM watch_slice WHERE person_id = NEW.person_id "
        "AND wall_to_ms > NEW.wall_from_ms AND wall_from_ms < NEW.wall_to_ms "
        "AND wall_from_ms < wall_to_ms AND NEW.wall_from_ms < NEW.wall_to_ms) "
        "BEGIN SELECT RAISE(ABORT, 'watch_slice periods of one person overlap'); END"
    ),
    postgresql=(
        "CREATE EXTENSION IF NOT EXISTS btree_gist; "
        "ALTER TABLE watch_slice ADD CONSTRAINT watch_slice_no_overlap EXCLUDE USING gist "
        "(person_id WITH =, int8range(wall_from_ms, wall_to_ms) WITH &&) "
        # A range without ends would meet every other one.
        "WHERE (wall_from_ms IS NOT NULL)"
    ),
)

# The learner's clock and the ledger never drift apart: an entry is taken only where it follows
# the last one, and the database itself moves the clock to where the entry says it stands.
# What earns wall time begins where the person is no longer in a room: asked of the same row.
_FOLLOWS = (
    "person_id = NEW.person_id AND coalesce(entries, 0) = NEW.number - 1 "
    "AND (NEW.wall_from_ms IS NULL OR NEW.credited_ms + NEW.held_ms = 0 "
    "OR NEW.wall_from_ms >= attended_until_ms)"
)
_MOVED = " ".join(
    (
        "UPDATE study_clock SET credit_mark_ms = NEW.credit_mark_ms,",
        "seen_mark_ms = NEW.seen_mark_ms, day_used = NEW.day_used,",
        "prompt_in_ms = NEW.prompt_in_ms,",
        "read_at_ms = coalesce(NEW.received_at_ms, read_at_ms),",
        "entries = NEW.number, head = NEW.chain_hash, turn = turn + 1",
        f"WHERE {_FOLLOWS}",
    )
)
_FORKED = "a ledger entry must follow the last one of its learner"
after_create(
    _SLICES,
    sqlite=(
        "CREATE TRIGGER watch_slice_moves_clock BEFORE INSERT ON watch_slice FOR EACH ROW "
        "WHEN NEW.number IS NOT NULL BEGIN "
        f"{_MOVED}; SELECT RAISE(ABORT, '{_FORKED}') WHERE changes() = 0; END"
    ),
    postgresql=(
        "CREATE FUNCTION watch_slice_moves_clock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.number IS NOT NULL THEN {_MOVED}; "
        f"IF NOT FOUND THEN RAISE EXCEPTION '{_FORKED}' USING ERRCODE = '23514'; END IF; "
        "END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER watch_slice_moves_clock BEFORE INSERT ON watch_slice FOR EACH ROW "
        "EXECUTE FUNCTION watch_slice_moves_clock()"
    ),
)

# The other way round: what was studied on line while somebody sat in a room counts there alone.
# Both engines get at the moments as whole milliseconds.
_ATTENDED = cast(Table, AttendanceEntry.__table__)
_LEFT = (
    "NEW.attended_ms > {until_ms} - {from_ms} - (SELECT coalesce(sum("
    "{least}(wall_to_ms, {until_ms}) - {most}(wall_from_ms, {from_ms})), 0) FROM watch_slice "
    "WHERE person_id = NEW.person_id AND credited_ms + held_ms > 0 "
    "AND wall_to_ms > {from_ms} AND wall_from_ms < {until_ms})"
)


def _left(moment: str, least: str, most: str) -> str:
    from_ms, until_ms = (moment.format(f"NEW.{each}") for each in ("from_at", "until_at"))
    return _LEFT.format(from_ms=from_ms, until_ms=until_ms, least=least, most=most)


_TWICE = "the same time counts on line already"
_IN_SQLITE = _left("CAST(round((julianday({}) - 2440587.5) * 86400000) AS INTEGER)", "min", "max")
_IN_POSTGRESQL = _left("CAST(round(EXTRACT(epoch FROM {}) * 1000) AS BIGINT)", "least", "greatest")
after_create(
    _ATTENDED,
    sqlite=(
        "CREATE TRIGGER attendance_entry_counts_once BEFORE INSERT ON attendance_entry "
        f"FOR EACH ROW WHEN NEW.from_at IS NOT NULL AND {_IN_SQLITE} "
        f"BEGIN SELECT RAISE(ABORT, '{_TWICE}'); END"
    ),
    postgresql=(
        "CREATE FUNCTION attendance_entry_counts_once() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF NEW.from_at IS NOT NULL AND {_IN_POSTGRESQL} THEN "
        f"RAISE EXCEPTION '{_TWICE}' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER attendance_entry_counts_once BEFORE INSERT ON attendance_entry "
        "FOR EACH ROW EXECUTE FUNCTION attendance_entry_counts_once()"
    ),
)
