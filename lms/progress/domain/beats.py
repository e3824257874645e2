"""The step function: what one beat does to a learner's clock and to an item's sets."""

from collections.abc import Sequence
from itertools import chain

from lms.progress.domain.answers import BeatOutcome, BeatState, Verdict, answer_beat
from lms.progress.domain.completion import is_covered
from lms.progress.domain.pieces import (
    OPEN,
    Earned,
    Fate,
    Ladder,
    Piece,
    clip_claims,
    keep_unseen,
    pay_new,
    refuse_ahead,
)
from lms.progress.domain.prompts import count_down, is_overdue, is_prompt_due
from lms.progress.domain.settings import CountingSettings, Offline, Seeking
from lms.progress.domain.slices import Slice, cut_slices
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import Beat, ItemProgress, LearnerClock, Moment, Reason
from lms.progress.domain.versions import keep_within
from lms.progress.domain.windows import PaidPart, Window, cut_to_days, open_window

# What a beat of an ended lease calls `superseded` (counting.md, a beat, 6).
_TOO_LATE = frozenset(
    {Reason.GAP, Reason.OFFLINE_UNVERIFIED, Reason.DAILY_CAP, Reason.FASTER_THAN_CLOCK}
)


def apply_beat(
    state: BeatState, beat: Beat, moment: Moment, settings: CountingSettings
) -> BeatOutcome:
    """Count one beat (counting.md, a beat) and return everything it changes.

    A repeat and a ``seq`` not above all before change nothing. Raises ``ValueError`` where the
    caller handed in another item's progress, a prompt that is overdue and was not settled, or
    days that do not cover the window.
    """
    if state.is_repeat:
        return BeatOutcome(Verdict.REPEATED, None, state.clock, state.lease, state.progress)
    lease, clock = state.lease, state.clock
    if lease.last_seq is not None and beat.seq <= lease.last_seq:
        verdict = Verdict.OUT_OF_ORDER
        return BeatOutcome(verdict, verdict.value, clock, lease, state.progress)
    if lease.item_id != state.progress.item_id or is_overdue(clock, settings, moment.now):
        raise ValueError("a beat needs its own item's progress and a settled prompt")
    seen_window = open_window(clock.seen_mark, lease, moment.now, settings)
    credit_window = open_window(clock.credit_mark, lease, moment.now, settings)
    parts = cut_to_days(credit_window, moment, settings)
    claims = clip_claims(beat.played, state.progress.duration_ms)
    if settings.seeking is Seeking.LOCKED:
        claims = refuse_ahead(claims, state.progress.seen)
    pieces, kept = keep_unseen(claims, state.progress.seen, _seen_ladder(seen_window, settings))
    counted = state.progress.credited.union(state.progress.held)
    pieces = pay_new(pieces, counted, _pay_ladder(clock, beat, credit_window, parts, settings))
    room_ms = state.progress.room_ms
    if room_ms is not None:
        pieces = keep_within(pieces, room_ms)
    if not lease.is_live:
        pieces = [_supersede(piece) for piece in pieces]
    slices = cut_slices(pieces, kept, parts, moment.parts[-1].day)
    seen_mark = _seen_mark(clock, seen_window, kept, settings)
    return _outcome(state, seen_mark, beat, slices, settings)


def _outcome(
    state: BeatState,
    seen_mark: int,
    beat: Beat,
    slices: Sequence[Slice],
    settings: CountingSettings,
) -> BeatOutcome:
    credited = _joined([entry.credited for entry in slices])
    progress = _grown(state.progress, slices, credited)
    ends = [entry.ends_at for entry in slices if entry.ends_at is not None]
    mark = max(ends, default=state.clock.credit_mark)
    before = state.clock
    spent = LearnerClock(mark, seen_mark, before.prompt, before.prompt_in_ms)
    clock = count_down(spent, credited.size)
    due = is_prompt_due(clock, credited, progress.duration_ms, settings)
    return BeatOutcome(
        verdict=Verdict.COUNTED,
        code=None if state.lease.ended_by is None else state.lease.ended_by.value,
        clock=clock,
        lease=state.lease.after(beat.seq),
        progress=progress,
        slices=tuple(slices),
        answer=answer_beat(beat.seq, progress, slices),
        is_prompt_due=due and state.lease.is_live,
        is_newly_complete=progress.is_complete and not state.progress.is_complete,
    )


def _seen_ladder(window: Window, settings: CountingSettings) -> Ladder:
    budget = _seen_budget(window.length_ms, settings)
    uncapped = _seen_budget(window.uncapped_ms, settings)
    return Ladder(
        [(OPEN, budget), (_too_long_ago(settings), uncapped - budget)],
        Fate(Reason.FASTER_THAN_CLOCK),
    )


def _too_long_ago(settings: CountingSettings) -> Fate:
    """Return what becomes of time that only the gap cap cuts off."""
    is_queued = settings.offline is Offline.QUEUED
    return Fate(Reason.OFFLINE_UNVERIFIED if is_queued else Reason.GAP)


def _seen_budget(window_ms: int, settings: CountingSettings) -> int:
    """Return how many media milliseconds a window may see; none if it is empty."""
    if window_ms == 0:
        return 0
    # Whole numbers, not fractions: this runs with every beat.
    rate = settings.max_rate
    return window_ms * rate.numerator // rate.denominator + settings.slack_ms


def _seen_mark(clock: LearnerClock, window: Window, kept: Spans, settings: CountingSettings) -> int:
    """Return up to where seen time is spent: slack is lent, so this may lie ahead of now."""
    if not kept:
        return clock.seen_mark
    rate = settings.max_rate
    return window.begins_at - -kept.size * rate.denominator // rate.numerator


def _pay_ladder(
    clock: LearnerClock,
    beat: Beat,
    window: Window,
    parts: Sequence[PaidPart],
    settings: CountingSettings,
) -> Ladder:
    """Return what becomes of new seconds, in order (counting.md, a beat, 4, and prompts)."""
    if beat.refused_as is not None:
        # Such time is spent all the same: else playing faster afterwards would use it.
        barred = [(Fate(beat.refused_as, i), part.length_ms) for i, part in enumerate(parts)]
        return Ladder(barred, Fate(beat.refused_as))
    if clock.prompt is not None and clock.prompt.is_missed:
        return Ladder([], Fate(Reason.PROMPT_MISSED))
    kind = Earned.CREDITED if clock.prompt is None else Earned.HELD
    paid = [(Fate(kind, index), part.allowed_ms) for index, part in enumerate(parts)]
    capped = sum(part.length_ms - part.allowed_ms for part in parts)
    limits = [
        (Fate(Reason.DAILY_CAP), capped),
        (_too_long_ago(settings), window.uncapped_ms - window.length_ms),
    ]
    return Ladder(chain(paid, limits), Fate(Reason.FASTER_THAN_CLOCK))


def _supersede(piece: Piece) -> Piece:
    if piece.fate.kind in _TOO_LATE:
        return piece._replace(fate=Fate(Reason.SUPERSEDED))
    return piece


def _joined(spans: Sequence[Spans]) -> Spans:
    if len(spans) == 1:
        return spans[0]
    return Spans.of(pair for each in spans for pair in each.pairs)


def _grown(progress: ItemProgress, slices: Sequence[Slice], credited: Spans) -> ItemProgress:
    seen = progress.seen.union(_joined([entry.seen for entry in slices]))
    percent = progress.coverage_percent
    is_complete = progress.is_complete or (
        percent is not None and is_covered(seen, progress.duration_ms, percent)
    )
    return ItemProgress(
        item_id=progress.item_id,
        duration_ms=progress.duration_ms,
        seen=seen,
        credited=progress.credited.union(credited),
        held=progress.held.union(_joined([entry.held for entry in slices])),
        coverage_percent=percent,
        is_complete=is_complete,
        elsewhere_ms=progress.elsewhere_ms,
        limit_ms=progress.limit_ms,
    )
