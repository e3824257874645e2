"""The watch ledger and what is derived from it: clocks, leases, slices, sets, completions."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import after_create, append_only
from lms.progress.domain.state import LeaseEnd, PlayerState

# Moments of the arithmetic are whole milliseconds since 1970 on the database's clock.


class StudyClock(Base):
    """Up to where a learner's wall time is spent; every beat locks this row.

    ``day_used`` maps a local day's ordinal to what was credited on it, milliseconds: a cache of
    the slices that spares a sum with each beat.
    """

    __tablename__ = "study_clock"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    credit_mark_ms: Mapped[int] = mapped_column(default=0)
    seen_mark_ms: Mapped[int] = mapped_column(default=0)
    day_used: Mapped[dict[str, Any]] = mapped_column(default=dict)


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
    last_seq: Mapped[int | None]


class BeatRecord(Base):
    """One beat that was taken and the answer it got; the same beat gets the same answer again."""

    __tablename__ = "beat"
    __table_args__ = (one_of("state", PlayerState),)

    lease_id: Mapped[str] = mapped_column(ForeignKey("playback_lease.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received_at_ms: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    rate_percent: Mapped[int]
    code: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[dict[str, Any]]


class WatchSlice(Base):
    """One entry of the ledger: what a beat claimed on one day, and what became of each second.

    ``[wall_from_ms, wall_to_ms)`` is the wall time it spends; a person's periods never overlap.
    """

    __tablename__ = "watch_slice"
    __table_args__ = (
        CheckConstraint("wall_from_ms <= wall_to_ms", name="period"),
        CheckConstraint("(wall_from_ms IS NULL) = (wall_to_ms IS NULL)", name="whole_period"),
        CheckConstraint("credited_ms >= 0 AND seen_ms >= 0", name="amounts"),
        CheckConstraint("credited_ms <= coalesce(wall_to_ms - wall_from_ms, 0)", name="paid"),
        Index("ix_watch_slice_person_wall", "person_id", "wall_to_ms"),
        Index("ix_watch_slice_person_day", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    lease_id: Mapped[str] = mapped_column(ForeignKey("playback_lease.id"), index=True)
    seq: Mapped[int]
    day: Mapped[int]
    wall_from_ms: Mapped[int | None]
    wall_to_ms: Mapped[int | None]
    claimed: Mapped[list[Any]]
    seen: Mapped[list[Any]]
    credited: Mapped[list[Any]]
    refused: Mapped[dict[str, Any]]
    claimed_ms: Mapped[int]
    seen_ms: Mapped[int]
    credited_ms: Mapped[int]
    device_hash: Mapped[str] = mapped_column(String(64))


class MaterialProgress(Base):
    """What a person saw and was credited of one material: the sum of the slices, kept ready."""

    __tablename__ = "material_progress"
    __table_args__ = (
        CheckConstraint("0 <= credited_ms AND credited_ms <= seen_ms", name="credited_within_seen"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    material_id: Mapped[int] = mapped_column(
        ForeignKey("material.id"), primary_key=True, autoincrement=False
    )
    seen: Mapped[list[Any]] = mapped_column(default=list)
    credited: Mapped[list[Any]] = mapped_column(default=list)
    refused: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen_ms: Mapped[int] = mapped_column(default=0)
    credited_ms: Mapped[int] = mapped_column(default=0)
    position_ms: Mapped[int] = mapped_column(default=0)
    updated_at_ms: Mapped[int] = mapped_column(default=0)


class ItemCompletion(Base):
    """That an item is complete, and since when; never taken away."""

    __tablename__ = "item_completion"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    lesson_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    item_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    completed_at: Mapped[datetime]


_SLICES = cast(Table, WatchSlice.__table__)
append_only(cast(Table, BeatRecord.__table__))
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
