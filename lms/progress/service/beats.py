"""Takes one report of what was played: locks, counts by the pure rules, writes the evidence."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.enrollment.domain import LIVE
from lms.progress.domain.answers import BeatOutcome, Verdict
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.slices import Slice
from lms.progress.domain.spans import NOTHING
from lms.progress.domain.state import Beat, Reason
from lms.progress.domain.units import ms_to_datetime
from lms.progress.queries import State
from lms.progress.service.checks import open_prompt, settled, show_check
from lms.progress.service.clocks import seal, write_clock
from lms.progress.service.completion import complete_item
from lms.progress.service.entries import Ledger, slice_values, write_sets
from lms.progress.service.known import Known, read_known


@dataclass(frozen=True, slots=True)
class BeatReply:
    """The answer of a beat as it is stored; ``code`` is set where the player must stop.

    ``now_ms`` is the learner's now, from which what is left of a prompt's time is told.
    """

    code: str | None
    answer: dict[str, Any]
    now_ms: int


def take_beat(
    session: Session, *, actor: Actor, lease_id: str, report: PlayerReport, device_hash: str
) -> BeatReply:
    """Count one beat of the actor's lease and return its answer.

    The same beat again gets the same answer and changes nothing. Raises ``NotFound`` for
    anyone else's lease and ``Conflict`` for a ``seq`` that is not above all before.
    """
    person_id, seq = actor.person_id, report.beat.seq
    known = read_known(session, person_id=person_id, lease_id=lease_id, seq=seq)
    now_ms = known.moment.now
    if known.row.answer is not None:
        return BeatReply(known.row.code, known.row.answer, now_ms)
    if known.row.entries is None:
        seal(session, person_id)
        known = read_known(session, person_id=person_id, lease_id=lease_id, seq=seq)
    known = settled(session, known)
    beat = _barred(report.beat, known.row)
    outcome = apply_beat(known.state(), beat, known.moment, known.settings)
    if outcome.verdict is Verdict.OUT_OF_ORDER:
        raise Conflict("seq_out_of_order", "A later report of this lease was taken already.")
    answer = _Writing(known, outcome, report, device_hash, actor.locale).write(session)
    return BeatReply(outcome.code, answer, now_ms)


def _barred(beat: Beat, row: State) -> Beat:
    """Let nothing count once the enrollment has ended."""
    if row.status in LIVE:
        return beat
    return Beat(beat.seq, beat.played, beat.state, bar=Reason.NOT_ENROLLED)


@dataclass(slots=True)
class _Writing:
    """Writes what a beat did; holds what all its parts share."""

    known: Known
    outcome: BeatOutcome
    report: PlayerReport
    device_hash: str
    locale: str | None
    slices: tuple[Slice, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Let a beat without claims write an entry too: it keeps its answer and takes its seq."""
        today = self.known.moment.parts[-1].day
        nothing = Slice(today, None, None, (), NOTHING, NOTHING, NOTHING, ())
        self.slices = self.outcome.slices or (nothing,)

    def write(self, session: Session) -> dict[str, Any]:
        """Write entries and sets, complete what became complete, and return the answer."""
        known, clock = self.known, self.outcome.clock
        ledger = Ledger(known.row)
        answer = self._answer(session, ledger.entries + len(self.slices))
        for entry in self.slices:
            ledger.use(entry.day, entry.credited.size + entry.held.size)
        ledger.after = {
            "credit_mark_ms": clock.credit_mark,
            "seen_mark_ms": clock.seen_mark,
            "prompt_in_ms": clock.prompt_in_ms,
        }
        ledger.write(session, self._entries(answer))
        write_sets(session, self._sets())
        if known.ahead_ms != known.row.ahead_ms:
            write_clock(session, known.row.person_id, ahead_ms=known.ahead_ms)
        if self.outcome.is_newly_complete:
            complete_item(
                session,
                enrollment_id=known.row.enrollment_id,
                lesson_key=known.row.lesson_key,
                item_key=known.row.item_key,
                now=ms_to_datetime(known.moment.now),
            )
        return answer

    def _answer(self, session: Session, entries: int) -> dict[str, Any]:
        """Return what the player is told, and told again should it ask again."""
        known, outcome = self.known, self.outcome
        prompt = open_prompt(known)
        if outcome.is_prompt_due:
            prompt = show_check(
                session,
                known,
                self.report.position_ms,
                locale=self.locale,
                after_number=entries,
            )
        counted = outcome.answer.as_json() if outcome.answer else {}
        sets = outcome.progress
        spans = {"credited": sets.credited.as_seconds(), "held": sets.held.as_seconds()}
        return counted | spans | {"prompt": prompt}

    def _entries(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the ledger entries; the answer stands in the first alone."""
        row, report = self.known.row, self.report
        own = {
            "material_id": row.material_id,
            "media_version": self.known.item.media_version,
            "lease_id": row.id,
            "seq": report.beat.seq,
            "device_hash": self.device_hash,
            "received_at_ms": int(row.read_ms),
            "state": report.beat.state.value,
            "rate_percent": report.rate_percent,
            "code": self.outcome.code,
        }
        return [
            {**own, **slice_values(entry), "part": part, "answer": None if part else answer}
            for part, entry in enumerate(self.slices)
        ]

    def _sets(self) -> dict[str, Any]:
        row, progress = self.known.row, self.outcome.progress
        refused = dict(row.refused or {})
        for entry in self.slices:
            for part in entry.refused:
                refused[part.reason.value] = refused.get(part.reason.value, 0) + part.ms
        return {
            "person_id": row.person_id,
            "material_id": row.material_id,
            "seen": progress.seen.pairs,
            "credited": progress.credited.pairs,
            "held": progress.held.pairs,
            "refused": refused,
            "seen_ms": progress.seen.size,
            "credited_ms": progress.credited.size,
            "granted_ms": row.granted_ms or 0,
            "position_ms": min(self.report.position_ms, progress.duration_ms),
            "updated_at_ms": self.known.moment.now,
        }
