"""Presence prompts: when one is due, what waits for its answer and what a miss costs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.settings import CountingSettings, OnMiss
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import (
    EarnedPart,
    ItemProgress,
    Key,
    LearnerClock,
    Prompt,
    Unconfirmed,
)


@dataclass(frozen=True, slots=True)
class SettlementEntry:
    """One entry of the ledger: what becomes of ``earned``.

    ``held_refused`` and ``credit_taken_back`` are refused as ``prompt_missed`` and give the
    day ``earned.day`` its cap back.
    """

    kind: EntryKind
    earned: EarnedPart


@dataclass(frozen=True, slots=True)
class Settlement:
    """The learner's clock after a prompt was answered or missed, and the entries to write."""

    clock: LearnerClock
    entries: tuple[SettlementEntry, ...] = ()


def show_prompt(clock: LearnerClock, prompt_id: Key, lease_id: Key, now: int) -> LearnerClock:
    """Show a prompt with a beat's answer; one that is open already stays the one shown."""
    if clock.prompt is not None:
        return clock
    return replace(clock, prompt=Prompt(prompt_id, lease_id, shown_at=now))


def answer_by(prompt: Prompt, settings: CountingSettings) -> int:
    """Return the last millisecond at which an answer is in time."""
    times = 2 if prompt.has_more_time else 1
    return prompt.shown_at + times * settings.answer_within_ms


def is_overdue(clock: LearnerClock, settings: CountingSettings, now: int) -> bool:
    """Say whether the open prompt's time ran out and the miss was not settled yet."""
    prompt = clock.prompt
    return prompt is not None and not prompt.is_missed and now > answer_by(prompt, settings)


def ask_more_time(clock: LearnerClock, settings: CountingSettings, now: int) -> LearnerClock:
    """Give the open prompt as much time again, once; the same clock where it is too late."""
    prompt = clock.prompt
    if prompt is None or prompt.is_missed or is_overdue(clock, settings, now):
        return clock
    return replace(clock, prompt=replace(prompt, has_more_time=True))


def settle_prompt(
    clock: LearnerClock, unconfirmed: Unconfirmed, settings: CountingSettings, now: int
) -> Settlement:
    """Settle a miss whose time has come; call before every other step.

    What was held is refused; under ``rewind`` also what the lease first shown the prompt
    earned since the learner's last answer is taken back (counting.md, presence prompts).
    """
    prompt = clock.prompt
    if prompt is None or not is_overdue(clock, settings, now):
        return Settlement(clock)
    entries = [SettlementEntry(EntryKind.HELD_REFUSED, part) for part in unconfirmed.held]
    if settings.on_miss is OnMiss.REWIND:
        entries.extend(
            SettlementEntry(EntryKind.CREDIT_TAKEN_BACK, part)
            for part in unconfirmed.earned
            if part.lease_id == prompt.lease_id
        )
    missed = replace(clock, prompt=replace(prompt, is_missed=True))
    return Settlement(missed, tuple(entries))


def answer_prompt(
    clock: LearnerClock,
    unconfirmed: Unconfirmed,
    settings: CountingSettings,
    now: int,
    next_in_ms: int | None,
) -> Settlement:
    """Take the learner's answer: in time it credits what was held, late it starts time anew.

    A wrong answer to a content question is an answer. ``next_in_ms`` is the credited time
    until the next prompt (:func:`draw_interval`). Without an open prompt nothing changes.
    """
    settled = settle_prompt(clock, unconfirmed, settings, now)
    prompt = settled.clock.prompt
    if prompt is None:
        return settled
    answered = replace(settled.clock, prompt=None, prompt_in_ms=next_in_ms)
    if prompt.is_missed:
        mark = max(answered.credit_mark, now)
        return Settlement(replace(answered, credit_mark=mark), settled.entries)
    released = tuple(SettlementEntry(EntryKind.HELD_CREDITED, part) for part in unconfirmed.held)
    return Settlement(answered, released)


def settle_item(progress: ItemProgress, entries: Iterable[SettlementEntry]) -> ItemProgress:
    """Return the item's sets after ``entries``; those of other items are passed over."""
    for entry in entries:
        if entry.earned.item_id != progress.item_id:
            continue
        spans = entry.earned.spans
        if entry.kind is EntryKind.CREDIT_TAKEN_BACK:
            progress = replace(progress, credited=progress.credited.minus(spans))
            continue
        progress = replace(progress, held=progress.held.minus(spans))
        if entry.kind is EntryKind.HELD_CREDITED:
            progress = replace(progress, credited=progress.credited.union(spans))
    return progress


def draw_interval(settings: CountingSettings, roll: float) -> int:
    """Return the credited milliseconds until the next prompt for a random ``0 <= roll < 1``."""
    least, most = settings.prompt_after_least_ms, settings.prompt_after_most_ms
    return least + int((most - least) * roll)


def count_down(clock: LearnerClock, credited_ms: int) -> LearnerClock:
    """Bring the next prompt nearer by what was credited, whatever the lease or lesson."""
    if clock.prompt_in_ms is None:
        return clock
    left_ms = max(0, clock.prompt_in_ms - credited_ms)
    return LearnerClock(clock.credit_mark, clock.seen_mark, clock.prompt, left_ms)


def is_prompt_due(
    clock: LearnerClock, credited: Spans, duration_ms: int, settings: CountingSettings
) -> bool:
    """Say whether a beat that just credited ``credited`` should bring a prompt.

    None comes in an item's last minute. That is told by everything the beat earned, not by
    where it stopped: else ending each beat with a peek at the end would put prompts off.
    """
    if clock.prompt is not None or clock.prompt_in_ms != 0 or not credited:
        return False
    return credited.pairs[0][0] < duration_ms - settings.prompt_free_end_ms
