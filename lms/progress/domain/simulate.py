"""Run a worked schedule through the very steps the site takes, and compare what comes out."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from lms.progress.domain.answers import BeatOutcome, BeatState, Verdict
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.cases import Case, Event, EventKind, Expectation
from lms.progress.domain.days import Day, split_days
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.prompts import (
    Settlement,
    answer_prompt,
    ask_more_time,
    settle_item,
    settle_prompt,
    show_prompt,
)
from lms.progress.domain.state import (
    EarnedPart,
    ItemProgress,
    Key,
    LearnerClock,
    Lease,
    LeaseEnd,
    Moment,
    Unconfirmed,
)
from lms.progress.domain.units import MS_PER_SECOND, ms_to_seconds

_DAY_MS = 24 * 60 * 60 * MS_PER_SECOND


class Simulation:
    """One learner's rows, kept in memory; each event runs the same pure steps as the site."""

    def __init__(self, case: Case) -> None:
        self.settings = case.settings
        self.clock = LearnerClock()
        self.progress: dict[Key, ItemProgress] = {}
        self.refused: Counter[str] = Counter()
        self.errors: list[tuple[int, str]] = []
        self.outcomes: list[BeatOutcome] = []
        self._durations = case.lessons
        self._leases: dict[Key, Lease] = {}
        self._newest: Key | None = None
        self._codes: dict[tuple[Key, int], str | None] = {}
        self._used_ms: Counter[int] = Counter()
        self._unconfirmed = Unconfirmed()
        self._count = 0
        self._steps: dict[EventKind, Callable[[Event], None]] = {
            EventKind.LEASE: self._take_lease,
            EventKind.BEAT: self._beat,
            EventKind.PROMPT: self._show,
            EventKind.ANSWER: self._answer,
            EventKind.EXTEND: self._extend,
            EventKind.RELEASE: self._release,
        }

    def run(self, events: Iterable[Event]) -> None:
        """Let ``events`` happen in their order."""
        for event in events:
            self._settle(settle_prompt(self.clock, self._unconfirmed, self.settings, event.at))
            self._steps[event.kind](event)

    def _take_lease(self, event: Event) -> None:
        if self._newest is not None:
            older = self._leases[self._newest]
            self._leases[self._newest] = older.end(event.at, LeaseEnd.SUPERSEDED)
        lesson = str(event.lesson)
        self._count += 1
        self._leases[event.device] = Lease(self._count, lesson, event.at)
        self._newest = event.device
        self.progress.setdefault(lesson, ItemProgress(lesson, self._durations[lesson]))

    def _release(self, event: Event) -> None:
        lease = self._leases[event.device]
        self._leases[event.device] = lease.end(event.at, LeaseEnd.RELEASED)

    def _show(self, event: Event) -> None:
        lease = self._leases[event.device]
        self.clock = show_prompt(self.clock, self._count, lease.lease_id, event.at)

    def _extend(self, event: Event) -> None:
        self.clock = ask_more_time(self.clock, self.settings, event.at)

    def _answer(self, event: Event) -> None:
        if self.clock.prompt is None:
            return
        self._settle(answer_prompt(self.clock, self._unconfirmed, self.settings, event.at, None))
        self._unconfirmed = Unconfirmed()

    def _settle(self, settlement: Settlement) -> None:
        self.clock = settlement.clock
        if not settlement.entries:
            return
        for entry in settlement.entries:
            if entry.kind is not EntryKind.HELD_CREDITED:
                self.refused["prompt_missed"] += entry.earned.spans.size
                self._used_ms[entry.earned.day] -= entry.earned.spans.size
        for item_id, progress in self.progress.items():
            self.progress[item_id] = settle_item(progress, settlement.entries)
        self._unconfirmed = Unconfirmed()

    def _beat(self, event: Event) -> None:
        lease = self._leases[event.device]
        assert event.beat is not None
        name = (lease.lease_id, event.beat.seq)
        state = BeatState(
            self.clock, lease, self.progress[lease.item_id], is_repeat=name in self._codes
        )
        outcome = apply_beat(state, event.beat, self._moment(event.at), self.settings)
        code = self._codes[name] if outcome.verdict is Verdict.REPEATED else outcome.code
        if code is not None:
            self.errors.append((event.at, code))
        if outcome.verdict is Verdict.COUNTED:
            self._codes[name] = code
            self._leases[event.device] = outcome.lease
            self._write(outcome, lease)

    def _write(self, outcome: BeatOutcome, lease: Lease) -> None:
        self.clock = outcome.clock
        self.progress[lease.item_id] = outcome.progress
        self.outcomes.append(outcome)
        held, earned = list(self._unconfirmed.held), list(self._unconfirmed.earned)
        for entry in outcome.slices:
            self._used_ms[entry.day] += entry.credited.size + entry.held.size
            for spans, parts in ((entry.held, held), (entry.credited, earned)):
                if spans:
                    parts.append(EarnedPart(lease.item_id, lease.lease_id, entry.day, spans))
            for part in entry.refused:
                self.refused[part.reason.value] += part.ms
        self._unconfirmed = Unconfirmed(tuple(held), tuple(earned))

    def _moment(self, now: int) -> Moment:
        begins_at = now - self.settings.gap_cap_ms
        parts = split_days(begins_at, now, _simulated_day, self._used_ms, self.settings.night)
        return Moment(now, parts)


def simulate_case(case: Case) -> dict[str, Any]:
    """Run ``case`` and return its result as plain values, seconds as numbers."""
    simulation = Simulation(case)
    simulation.run(case.events)
    lessons = simulation.progress
    return {
        "id": case.case_id,
        "lessons": {
            name: {
                "seen": lessons[name].seen.as_seconds(),
                "credited": lessons[name].credited.as_seconds(),
            }
            for name in sorted(lessons, key=str)
        },
        "verified_seconds": ms_to_seconds(sum(each.credited.size for each in lessons.values())),
        "refused": {
            reason: ms_to_seconds(ms) for reason, ms in sorted(simulation.refused.items()) if ms
        },
        "errors": [{"at": ms_to_seconds(at), "code": code} for at, code in simulation.errors],
    }


def differences(case: Case, result: dict[str, Any]) -> list[str]:
    """Return a sentence for each thing in which ``result`` is not what ``case`` expects."""
    if case.expect is None:
        return []
    expected = _as_result(case.expect)
    return [
        f"case {case.case_id}: {name} is {result[name]}, expected {expected[name]}"
        for name in expected
        if result[name] != expected[name]
    ]


def _as_result(expect: Expectation) -> dict[str, Any]:
    return {
        "lessons": {
            name: {"seen": seen.as_seconds(), "credited": credited.as_seconds()}
            for name, (seen, credited) in expect.lessons.items()
        },
        "verified_seconds": ms_to_seconds(expect.verified_ms),
        "refused": {name: ms_to_seconds(ms) for name, ms in expect.refused.items() if ms},
        "errors": [{"at": ms_to_seconds(at), "code": code} for at, code in expect.errors],
    }


def _simulated_day(at: int) -> Day:
    day = at // _DAY_MS
    return Day(day, day * _DAY_MS, (day + 1) * _DAY_MS)
