"""Takes one report of what was played: locks, counts by the pure rules, writes the evidence."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, update
from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.core.access import Actor
from lms.core.clock import day_bounds, local_day
from lms.core.errors import Conflict, NotFound
from lms.db.upsert import insert_once
from lms.enrollment.domain import LIVE
from lms.progress import queries
from lms.progress.domain.answers import BeatOutcome, BeatState, Verdict
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.slices import Slice
from lms.progress.domain.spans import Spans, total_ms
from lms.progress.domain.state import (
    Beat,
    ItemProgress,
    LearnerClock,
    Lease,
    LeaseEnd,
    Moment,
    Reason,
    split_days,
)
from lms.progress.domain.units import datetime_to_ms, ms_to_datetime
from lms.progress.models import (
    BeatRecord,
    MaterialProgress,
    PlaybackLease,
    StudyClock,
    WatchSlice,
)
from lms.progress.service.completion import complete_item

SETTINGS = CountingSettings()
_DAYS_KEPT = 3


_BEATS, _SLICES, _CLOCKS, _LEASES, _PROGRESS = (
    cast(Table, model.__table__)
    for model in (BeatRecord, WatchSlice, StudyClock, PlaybackLease, MaterialProgress)
)
# Put together once: this is what the site writes all day. The values come with each beat.
_NEW_BEAT = insert(_BEATS)
_NEW_SLICE = insert(_SLICES)
_CLOCK = update(_CLOCKS).where(_CLOCKS.c.person_id == bindparam("its_person"))
_LAST_SEQ = update(_LEASES).where(_LEASES.c.id == bindparam("its_id"))
_SETS = update(_PROGRESS).where(
    _PROGRESS.c.person_id == bindparam("its_person"),
    _PROGRESS.c.material_id == bindparam("its_material"),
)


@dataclass(frozen=True, slots=True)
class BeatReply:
    """The answer of a beat; ``code`` is set where the player must stop."""

    code: str | None
    answer: dict[str, Any]


def take_beat(
    session: Session, *, actor: Actor, lease_id: str, report: PlayerReport, device_hash: str
) -> BeatReply:
    """Count one beat of the actor's lease and return its answer.

    The same beat again gets the same answer and changes nothing. Raises ``NotFound`` for
    anyone else's lease and ``Conflict`` for a ``seq`` that is not above all before.
    """
    clock, now_ms = queries.lock_clock_if_any(session, actor.person_id)
    row = queries.beat_state(
        session, person_id=actor.person_id, lease_id=lease_id, seq=report.beat.seq
    )
    if clock is None or row is None:
        raise NotFound
    if row.answer is not None:
        return BeatReply(row.code, row.answer)
    moment = _moment(clock, now_ms)
    outcome = apply_beat(_state(clock, row), _barred(report.beat, row), moment, SETTINGS)
    if outcome.verdict is Verdict.OUT_OF_ORDER:
        raise Conflict("seq_out_of_order", "A later report of this lease was taken already.")
    _Writing(session, row, outcome, now_ms).write(report, clock, device_hash)
    return BeatReply(outcome.code, _answer(outcome))


def _answer(outcome: BeatOutcome) -> dict[str, Any]:
    """Return what the player is told, and told again should it ask again."""
    counted = outcome.answer.as_json() if outcome.answer else {}
    return counted | {"credited": outcome.progress.credited.as_seconds(), "prompt": None}


def _moment(clock: queries.ClockRow, now_ms: int) -> Moment:
    used = {int(day): int(ms) for day, ms in clock.day_used.items()}
    parts = split_days(now_ms - SETTINGS.gap_cap_ms, now_ms, _day_of, used)
    return Moment(now_ms, parts)


def _day_of(moment_ms: int) -> tuple[int, int]:
    day = local_day(ms_to_datetime(moment_ms))
    return day.toordinal(), datetime_to_ms(day_bounds(day)[1])


def _state(clock: queries.ClockRow, row: Row[*tuple[Any, ...]]) -> BeatState:
    return BeatState(
        clock=LearnerClock(clock.credit_mark_ms, clock.seen_mark_ms),
        lease=Lease(
            lease_id=row.id,
            item_id=row.material_id,
            started_at=row.started_at_ms,
            ended_at=row.ended_at_ms,
            ended_by=LeaseEnd(row.ended_by) if row.ended_by else None,
            last_seq=row.last_seq,
        ),
        progress=ItemProgress(
            item_id=row.material_id,
            duration_ms=row.duration_ms,
            seen=Spans.of(row.seen or ()),
            credited=Spans.of(row.credited or ()),
            # A quiz is complete when it is passed, however long it was open.
            coverage_percent=None if row.kind == ItemKind.QUIZ else SETTINGS.coverage_percent,
            is_complete=row.completed_at is not None,
        ),
    )


def _barred(beat: Beat, row: Row[*tuple[Any, ...]]) -> Beat:
    """Let nothing count once the enrollment has ended."""
    if row.status in LIVE:
        return beat
    return Beat(beat.seq, beat.played, beat.state, bar=Reason.NOT_ENROLLED)


class _Writing:
    """Writes what a beat did; holds what all its parts share.

    Rows are written as they are, without mapped objects: nobody looks at them again here.
    """

    def __init__(
        self, session: Session, row: Row[*tuple[Any, ...]], outcome: BeatOutcome, now_ms: int
    ) -> None:
        self.session = session
        self.row = row
        self.outcome = outcome
        self.now_ms = now_ms

    def write(self, report: PlayerReport, clock: queries.ClockRow, device_hash: str) -> None:
        """Write the beat, its slices, the clock and the sets; complete what became complete."""
        self._beat(report)
        slices = [self._slice(entry, device_hash) for entry in self.outcome.slices]
        if slices:
            self.session.execute(_NEW_SLICE, slices)
        self._clock(clock)
        self._sets(report)
        if self.outcome.is_newly_complete:
            complete_item(
                self.session,
                enrollment_id=self.row.enrollment_id,
                lesson_key=self.row.lesson_key,
                item_key=self.row.item_key,
                now=ms_to_datetime(self.now_ms),
            )

    def _beat(self, report: PlayerReport) -> None:
        last_seq = self.outcome.lease.last_seq
        self.session.execute(_LAST_SEQ, {"its_id": self.row.id, "last_seq": last_seq})
        beat = {
            "lease_id": self.row.id,
            "seq": report.beat.seq,
            "received_at_ms": self.now_ms,
            "state": report.beat.state,
            "rate_percent": report.rate_percent,
            "code": self.outcome.code,
            "answer": _answer(self.outcome),
        }
        self.session.execute(_NEW_BEAT, beat)

    def _slice(self, entry: Slice, device_hash: str) -> dict[str, Any]:
        return {
            "person_id": self.row.person_id,
            "material_id": self.row.material_id,
            "lease_id": self.row.id,
            "seq": self.outcome.lease.last_seq or 0,
            "day": entry.day,
            "wall_from_ms": entry.begins_at,
            "wall_to_ms": entry.ends_at,
            "claimed": [list(pair) for pair in entry.claimed],
            "seen": entry.seen.as_lists(),
            "credited": entry.credited.as_lists(),
            "refused": {part.reason: [list(pair) for pair in part.pairs] for part in entry.refused},
            "claimed_ms": total_ms(entry.claimed),
            "seen_ms": entry.seen.size,
            "credited_ms": entry.credited.size,
            "device_hash": device_hash,
        }

    def _clock(self, clock: queries.ClockRow) -> None:
        used = dict(clock.day_used)
        for entry in self.outcome.slices:
            day = str(entry.day)
            used[day] = used.get(day, 0) + entry.credited.size
        newest = sorted(used, key=int)[-_DAYS_KEPT:]
        values = {
            "its_person": self.row.person_id,
            "credit_mark_ms": self.outcome.clock.credit_mark,
            "seen_mark_ms": self.outcome.clock.seen_mark,
            "day_used": {day: used[day] for day in newest},
        }
        self.session.execute(_CLOCK, values)

    def _sets(self, report: PlayerReport) -> None:
        progress = self.outcome.progress
        refused = dict(self.row.refused or {})
        for entry in self.outcome.slices:
            for part in entry.refused:
                refused[part.reason.value] = refused.get(part.reason.value, 0) + part.ms
        values: dict[str, Any] = {
            "seen": progress.seen.as_lists(),
            "credited": progress.credited.as_lists(),
            "refused": refused,
            "seen_ms": progress.seen.size,
            "credited_ms": progress.credited.size,
            "position_ms": min(report.position_ms, progress.duration_ms),
            "updated_at_ms": self.now_ms,
        }
        key = {"person_id": self.row.person_id, "material_id": self.row.material_id}
        if self.row.seen is None and insert_once(self.session, MaterialProgress, key | values):
            return
        own = {"its_person": self.row.person_id, "its_material": self.row.material_id}
        self.session.execute(_SETS, own | values)
