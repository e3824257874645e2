"""Takes one report of what was played: counts by the pure rules, writes the evidence."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from lms.catalog.tree import kept_tree
from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.db.prepared import Ask
from lms.db.session import Database, run_in
from lms.enrollment.domain import LIVE
from lms.progress import queries
from lms.progress.domain.answers import Verdict
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.prompts import is_overdue
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.slices import Slice
from lms.progress.domain.spans import NOTHING
from lms.progress.domain.state import Beat, Reason
from lms.progress.domain.units import ms_to_datetime
from lms.progress.queries import State
from lms.progress.service.checks import open_prompt, settled, show_check
from lms.progress.service.clocks import seal, write_clock
from lms.progress.service.completion import complete_item
from lms.progress.service.entries import Ledger, Written, slice_values, write_sets
from lms.progress.service.known import Known, known_of, read_known


@dataclass(frozen=True, slots=True)
class BeatReply:
    """The answer of a beat as it is stored; ``code`` is set where the player must stop.

    ``now_ms`` is the learner's now, from which what is left of a prompt's time is told, and
    ``settings`` are what the programme lays down, which refusals are told with.
    """

    code: str | None
    answer: dict[str, Any]
    now_ms: int
    settings: CountingSettings


@dataclass(frozen=True, slots=True)
class SentBeat:
    """A player's report with who sent it, on which lease and from what device."""

    actor: Actor
    lease_id: str
    report: PlayerReport
    device_hash: str


@dataclass(frozen=True, slots=True)
class CountedBeat:
    """The answer of a beat and what must be written before it is given; ``None`` for nothing."""

    reply: BeatReply
    written: Written | None


def count_beat(database: Database, sent: SentBeat) -> CountedBeat | None:
    """Count a beat without locking anything; ``None`` where only ``take_beat`` can.

    Nearly every beat is of this kind: it adds one entry and moves the sets. That the learner's
    clock is still as it was read is looked at when the entry is written.
    """
    seq, person_id = sent.report.beat.seq, sent.actor.person_id
    row = queries.beat_state(database.look_up, person_id=person_id, lease_id=sent.lease_id)
    kept = kept_tree(database.engine.url, row.revision_id) if row else None
    if row is None or row.entries is None or kept is None:
        return None
    known = known_of(database.look_up, row, kept)
    if row.last_seq is not None and seq <= row.last_seq:
        given = _given(database.look_up, known, seq)
        return CountedBeat(given, None) if given else None
    if known.ahead_ms != row.ahead_ms or is_overdue(known.clock, known.settings, known.moment.now):
        return None
    counting = _Counting(known, sent)
    if counting.needs_more:
        return None
    return CountedBeat(*counting.at_once(database.engine.name))


def take_beat(session: Session, sent: SentBeat) -> BeatReply:
    """Count one beat of the actor's lease under the lock of their clock; return its answer.

    The same beat again gets the same answer and changes nothing. Raises ``NotFound`` for
    anyone else's lease and ``Conflict`` for a ``seq`` that is not above all before.
    """
    read = partial(read_known, session, person_id=sent.actor.person_id, lease_id=sent.lease_id)
    known = read()
    given = _given(partial(run_in, session), known, sent.report.beat.seq)
    if given is not None:
        return given
    if known.row.entries is None:
        seal(session, sent.actor.person_id)
        known = read()
    counting = _Counting(settled(session, known), sent)
    if counting.outcome.verdict is Verdict.OUT_OF_ORDER:
        raise Conflict("seq_out_of_order", "A later report of this lease was taken already.")
    return counting.write(session)


def _given(ask: Ask, known: Known, seq: int) -> BeatReply | None:
    """Return the answer this very beat got before."""
    row = known.row
    if row.last_seq is None or seq > row.last_seq:
        return None
    given = queries.given_answer(ask, lease_id=row.id, seq=seq)
    return given and BeatReply(given.code, given.answer, known.moment.now, known.settings)


def _barred(beat: Beat, row: State, now_ms: int) -> Beat:
    """Let nothing count once the enrollment has ended, or while the learner sits in a room."""
    if row.status not in LIVE:
        return Beat(beat.seq, beat.played, beat.state, bar=Reason.NOT_ENROLLED)
    if row.attended_until_ms > now_ms:
        return Beat(beat.seq, beat.played, beat.state, bar=Reason.IN_PERSON)
    return beat


class _Counting:
    """What a beat does, and how that is written."""

    def __init__(self, known: Known, sent: SentBeat) -> None:
        self.known, self.sent = known, sent
        beat = _barred(sent.report.beat, known.row, known.moment.now)
        self.outcome = apply_beat(known.state(), beat, known.moment, known.settings)
        # A beat without claims writes an entry too: it keeps its answer and takes its seq.
        self.slices: tuple[Slice, ...] = self.outcome.slices or (
            Slice(known.moment.parts[-1].day, None, None, (), NOTHING, NOTHING, NOTHING, ()),
        )
        self.ledger = Ledger(known.row)

    @property
    def needs_more(self) -> bool:
        """Tell whether more is to be written than one entry and the sets."""
        outcome = self.outcome
        return (
            outcome.verdict is not Verdict.COUNTED
            or outcome.is_prompt_due
            or outcome.is_newly_complete
            or len(self.slices) > 1
        )

    def at_once(self, engine: str) -> tuple[BeatReply, Written]:
        """Return the answer, and the one entry with the sets it leads to."""
        answer = self._answer(open_prompt(self.known))
        (entry,) = self._entries(answer)
        return self._reply(answer), self.ledger.at_once(engine, entry, self._sets())

    def write(self, session: Session) -> BeatReply:
        """Write entries and sets, complete what became complete, and return the answer."""
        known = self.known
        answer = self._answer(self._prompt(session))
        self.ledger.write(session, self._entries(answer))
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
        return self._reply(answer)

    def _reply(self, answer: dict[str, Any]) -> BeatReply:
        known = self.known
        return BeatReply(self.outcome.code, answer, known.moment.now, known.settings)

    def _prompt(self, session: Session) -> dict[str, Any] | None:
        """Return the check that waits, or the one that is shown with this answer."""
        if not self.outcome.is_prompt_due:
            return open_prompt(self.known)
        return show_check(
            session,
            self.known,
            self.sent.report.position_ms,
            locale=self.sent.actor.locale,
            after_number=self.ledger.entries + len(self.slices),
        )

    def _answer(self, prompt: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the player is told, and told again should it ask again."""
        outcome, sets = self.outcome, self.outcome.progress
        counted = outcome.answer.as_json() if outcome.answer else {}
        spans = {"credited": sets.credited.as_seconds(), "held": sets.held.as_seconds()}
        return counted | spans | {"prompt": prompt}

    def _entries(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the ledger entries; the answer stands in the first alone."""
        known, report = self.known, self.sent.report
        for entry in self.slices:
            self.ledger.use(entry.day, entry.credited.size + entry.held.size)
        self.ledger.stand(self.outcome.clock)
        own = {
            "material_id": known.row.material_id,
            "media_version": known.item.media_version,
            "lease_id": known.row.id,
            "seq": report.beat.seq,
            "device_hash": self.sent.device_hash,
            "received_at_ms": known.row.read_ms,
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
            "position_ms": min(self.sent.report.position_ms, progress.duration_ms),
            "updated_at_ms": self.known.moment.now,
        }
