"""Derives everything that is kept ready from the ledger anew, to prove it or to put it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.progress.domain.ledger import GRANTED, Head
from lms.progress.domain.spans import NOTHING, Spans


@dataclass(slots=True)
class Sets:
    """What the ledger says of one material; milliseconds."""

    seen: Spans = NOTHING
    credited: Spans = NOTHING
    held: Spans = NOTHING
    refused: dict[str, int] = field(default_factory=dict)
    granted_ms: int = 0

    def add(self, entry: Mapping[str, Any]) -> None:
        """Let one entry have its effect, in the order of the ledger."""
        credited, held = Spans.of(entry["credited"]), Spans.of(entry["held"])
        self.seen = self.seen.union(Spans.of(entry["seen"]))
        taken = entry["credited_ms"] < 0
        self.credited = self.credited.minus(credited) if taken else self.credited.union(credited)
        settled = entry["held_ms"] < 0
        self.held = self.held.minus(held) if settled else self.held.union(held)
        for reason, pairs in entry["refused"].items():
            ms = sum(end - begin for begin, end in pairs)
            self.refused[reason] = self.refused.get(reason, 0) + ms
        if entry["kind"] in GRANTED:
            self.granted_ms += entry["credited_ms"]

    def values(self) -> dict[str, Any]:
        """Return the columns of the sets that are kept ready."""
        return {
            "seen": self.seen.as_lists(),
            "credited": self.credited.as_lists(),
            "held": self.held.as_lists(),
            "refused": {reason: ms for reason, ms in self.refused.items() if ms},
            "seen_ms": self.seen.size,
            "credited_ms": self.credited.size,
            "granted_ms": self.granted_ms,
        }


@dataclass(slots=True)
class Recount:
    """One person's ledger read from its beginning.

    ``amounts_differ_at`` is the place (from 1) of the first entry whose sums are not those of its
    intervals, or that credits or sees a second a second time.
    """

    head: Head = field(default_factory=Head)
    sets: dict[int, Sets] = field(default_factory=dict)
    credit_mark_ms: int | None = None
    amounts_differ_at: int | None = None

    def add(self, entry: Mapping[str, Any]) -> None:
        """Read one more entry."""
        self.head = self.head.then(entry)
        sets = self.sets.setdefault(entry["material_id"], Sets())
        before = (sets.seen.size, sets.credited.size, sets.held.size)
        sets.add(entry)
        after = (sets.seen.size, sets.credited.size, sets.held.size)
        moved = tuple(new - old for new, old in zip(after, before, strict=True))
        said = (entry["seen_ms"], entry["credited_ms"], entry["held_ms"])
        if moved != said and self.amounts_differ_at is None:
            self.amounts_differ_at = self.head.entries
        if entry["credit_mark_ms"] is not None:
            self.credit_mark_ms = entry["credit_mark_ms"]


def recount(entries: Iterable[Mapping[str, Any]]) -> Recount:
    """Return what a person's entries, in the order of their ids, add up to."""
    counted = Recount()
    for entry in entries:
        counted.add(entry)
    return counted


def differences(
    counted: Recount, stored: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Return, by material, the columns in which what is kept ready is not what the ledger says."""
    found: dict[int, dict[str, Any]] = {}
    for material_id in counted.sets.keys() | stored.keys():
        right = counted.sets.get(material_id, Sets()).values()
        kept = stored.get(material_id, Sets().values())
        wrong = {name: value for name, value in right.items() if kept[name] != value}
        if wrong:
            found[material_id] = wrong
    return found
