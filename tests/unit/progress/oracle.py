"""Count a schedule unit by unit, straight from the rules, to hold against the real arithmetic.

Everything is a whole number of half seconds, and every unit of media and of wall time is
looked at by itself. Nothing here is shared with the code under test.
"""

from collections import Counter
from fractions import Fraction
from typing import Any

DAY = 2 * 86_400


def half_seconds(value: float) -> int:
    units = value * 2
    assert units == int(units), f"{value} s is off the grid"
    return int(units)


class Oracle:
    def __init__(self, lessons: dict[str, float], settings: dict[str, Any]) -> None:
        self.length = {name: half_seconds(value) for name, value in lessons.items()}
        self.gap_cap = half_seconds(settings["gap_cap"])
        self.slack = half_seconds(settings["slack"])
        self.cap = half_seconds(settings["daily_cap_seconds"])
        self.within = half_seconds(settings["answer_within"])
        self.rate = int(settings["max_rate"])
        self.rewind = settings["on_miss"] == "rewind"
        self.seen: dict[str, set[int]] = {}
        self.credited: dict[str, dict[int, int]] = {}  # media unit: the day it was earned on
        self.held: dict[str, dict[int, int]] = {}
        self.spent: set[int] = set()  # wall units
        self.credit_mark = 0
        self.seen_mark = Fraction(0)
        self.refused: Counter[str] = Counter()
        self.errors: list[tuple[float, str]] = []
        self.leases: list[dict[str, Any]] = []
        self.held_by: dict[int, int] = {}  # device: index of its newest lease
        self.prompt: dict[str, Any] | None = None
        self.since_answer: list[tuple[int, str, int]] = []  # lease, lesson, media unit

    def play(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            now = half_seconds(event["at"])
            self.expire(now)
            getattr(self, "do_" + event["do"])(now, event)

    # ------------------------------------------------------------- leases
    def do_lease(self, now: int, event: dict[str, Any]) -> None:
        if self.leases:
            self.end(self.leases[-1], now, "lease_superseded")
        lesson = event["lesson"]
        self.leases.append({"lesson": lesson, "start": now, "end": None, "code": None, "seqs": {}})
        self.held_by[event["device"]] = len(self.leases) - 1
        for sets in (self.credited, self.held):
            sets.setdefault(lesson, {})
        self.seen.setdefault(lesson, set())

    def do_release(self, now: int, event: dict[str, Any]) -> None:
        self.end(self.leases[self.held_by[event["device"]]], now, "lease_ended")

    @staticmethod
    def end(lease: dict[str, Any], now: int, code: str) -> None:
        if lease["end"] is None:
            lease["end"], lease["code"] = now, code

    # ------------------------------------------------------------ prompts
    def do_prompt(self, now: int, event: dict[str, Any]) -> None:
        if self.prompt is None:
            shown_to = self.held_by[event["device"]]
            self.prompt = {"due": now + self.within, "more": 0, "missed": 0, "lease": shown_to}

    def do_extend(self, _now: int, _event: dict[str, Any]) -> None:
        if self.prompt and not self.prompt["missed"] and not self.prompt["more"]:
            self.prompt["more"] = 1
            self.prompt["due"] += self.within

    def expire(self, now: int) -> None:
        if not self.prompt or self.prompt["missed"] or now <= self.prompt["due"]:
            return
        self.prompt["missed"] = 1
        for units in self.held.values():
            self.refused["prompt_missed"] += len(units)
            units.clear()
        for lease, lesson, unit in self.since_answer:
            if self.rewind and lease == self.prompt["lease"]:
                del self.credited[lesson][unit]
                self.refused["prompt_missed"] += 1
        self.since_answer.clear()

    def do_answer(self, now: int, _event: dict[str, Any]) -> None:
        if not self.prompt:
            return
        if self.prompt["missed"]:
            self.credit_mark = now
        for lesson, units in self.held.items():
            self.credited[lesson].update(units)
            units.clear()
        self.since_answer.clear()
        self.prompt = None

    # -------------------------------------------------------------- beats
    def do_beat(self, now: int, event: dict[str, Any]) -> None:
        index = self.held_by[event["device"]]
        lease = self.leases[index]
        seq = event["seq"]
        if seq in lease["seqs"]:
            code = lease["seqs"][seq]
        elif lease["seqs"] and seq < max(lease["seqs"]):
            code = "seq_out_of_order"
        else:
            code = lease["seqs"][seq] = lease["code"]
            self.count(now, index, event)
        if code:
            self.errors.append((event["at"], code))

    def count(self, now: int, index: int, event: dict[str, Any]) -> None:
        lease = self.leases[index]
        late = {"gap", "daily_cap", "faster_than_clock"} if lease["end"] is not None else set()
        for unit in self.see(now, lease, event["played"], late):
            fate = self.fate(lease["lesson"], unit, event["state"])
            if fate == "earn":
                fate = self.earn(index, unit)
            elif fate == "hidden":
                self.slot(self.slots)
            if fate:
                self.refused["superseded" if fate in late else fate] += 1

    def see(self, now: int, lease: dict[str, Any], played: Any, late: set[str]) -> list[int]:
        """Clip, drop repeats, let the seen clock keep what it has room for; open the window."""
        lesson, stop = lease["lesson"], now if lease["end"] is None else min(now, lease["end"])
        since = max(self.seen_mark, lease["start"])
        start = max(since, now - self.gap_cap)
        room = (stop - start) * self.rate + self.slack if stop > start else 0
        all_room = (stop - since) * self.rate + self.slack if stop > since else 0
        kept = passed = 0
        here: set[int] = set()
        eligible = []
        for begin, end in played:
            for unit in range(half_seconds(begin), half_seconds(end)):
                if not 0 <= unit < self.length[lesson]:
                    self.refused["beyond_duration"] += 1
                elif unit in here:
                    self.refused["already_counted"] += 1
                elif unit in self.seen[lesson] or kept + 1 <= room:
                    kept += unit not in self.seen[lesson]
                    eligible.append(unit)
                else:
                    passed += 1
                    reason = "gap" if room + passed <= all_room else "faster_than_clock"
                    self.refused["superseded" if reason in late else reason] += 1
                here.add(unit)
        if kept:
            self.seen_mark = start + Fraction(kept, self.rate)
        self.seen[lesson].update(eligible)
        self.open_slots(now, lease, stop)
        return eligible

    def open_slots(self, now: int, lease: dict[str, Any], stop: int) -> None:
        """List the wall units not spent: those that pay, those capped, those too long ago."""
        since = max(self.credit_mark, lease["start"])
        self.slots = [unit for unit in range(since, stop) if unit >= now - self.gap_cap]
        self.too_old = [unit for unit in range(since, stop) if unit < now - self.gap_cap]
        used: Counter[int] = Counter()
        for sets in (self.credited, self.held):
            for units in sets.values():
                used.update(units.values())
        self.paying, self.capped = [], []
        for unit in self.slots:
            used[unit // DAY] += 1
            (self.paying if used[unit // DAY] <= self.cap else self.capped).append(unit)

    def fate(self, lesson: str, unit: int, state: str) -> str:
        if unit in self.credited[lesson] or unit in self.held[lesson]:
            return "already_counted"
        if state == "hidden":
            return "hidden"
        if self.prompt and self.prompt["missed"]:
            return "prompt_missed"
        return "earn"

    def earn(self, index: int, unit: int) -> str:
        """Spend the next paying wall unit on ``unit``, or say what stood in the way."""
        lesson = self.leases[index]["lesson"]
        if self.paying:
            at = self.slot(self.paying)
            if self.prompt:
                self.held[lesson][unit] = at // DAY
            else:
                self.credited[lesson][unit] = at // DAY
                self.since_answer.append((index, lesson, unit))
            return ""
        for units, reason in ((self.capped, "daily_cap"), (self.too_old, "gap")):
            if units:
                units.pop(0)
                return reason
        return "faster_than_clock"

    def slot(self, units: list[int]) -> int:
        if not units:
            return -1
        at = units.pop(0)
        assert at not in self.spent, "wall time was spent twice"
        self.spent.add(at)
        self.credit_mark = max(self.credit_mark, at + 1)
        return at

    # ------------------------------------------------------------- result
    def result(self) -> dict[str, Any]:
        verified = sum(len(units) for units in self.credited.values())
        return {
            "lessons": {
                name: {"seen": _spans(self.seen[name]), "credited": _spans(self.credited[name])}
                for name in sorted(self.seen)
            },
            "verified_seconds": verified / 2,
            "refused": {name: units / 2 for name, units in sorted(self.refused.items()) if units},
            "errors": [{"at": at, "code": code} for at, code in self.errors],
        }


def _spans(units: Any) -> list[list[float]]:
    spans: list[list[float]] = []
    for unit in sorted(units):
        if spans and spans[-1][1] == unit / 2:
            spans[-1][1] = (unit + 1) / 2
        else:
            spans.append([unit / 2, (unit + 1) / 2])
    return spans
