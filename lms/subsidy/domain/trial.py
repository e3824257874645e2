"""Counts what other policies would change, without changing anything; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.subsidy.domain.engine import Decision
from lms.subsidy.domain.results import Outcome, Verdict

MOST_EXAMPLES = 50
# Where nothing was decided and no policy covers the training.
NOTHING = "none"
# What explains an outcome; who is eligible needs no clause named.
_EXPLAINED = {Outcome.NOT_ELIGIBLE: Verdict.FAIL, Outcome.NEEDS_REVIEW: Verdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Before:
    """What holds now: the outcome and, where somebody is eligible, the amount."""

    outcome: str = NOTHING
    amount_fen: int | None = None

    @property
    def paid_fen(self) -> int:
        """Return what this leads to."""
        return (self.amount_fen or 0) if self.outcome == Outcome.ELIGIBLE else 0


@dataclass(slots=True)
class Tally:
    """What was counted so far, as plain values, so that it can be put away and taken up again."""

    people: int = 0
    decisions: int = 0
    changed: int = 0
    fen: int = 0
    moves: dict[str, int] = field(default_factory=dict)
    clauses: dict[str, dict[str, int]] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, person_id: int, programme: str, before: Before, after: Decision) -> None:
        """Count one decision that falls under another version than now."""
        self.decisions += 1
        now = Before(after.outcome.value, after.amount_fen)
        if (before.outcome, before.paid_fen) == (now.outcome, now.paid_fen):
            return
        self.changed += 1
        self.fen += now.paid_fen - before.paid_fen
        move = f"{before.outcome} {now.outcome}"
        self.moves[move] = self.moves.get(move, 0) + 1
        verdict = _EXPLAINED.get(after.outcome)
        named = after.ids(verdict) if verdict else []
        counts = self.clauses.setdefault(move, {})
        for clause in named:
            counts[clause] = counts.get(clause, 0) + 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(
                {"person": person_id, "programme": programme, "move": move, "clauses": named}
            )

    def as_json(self) -> dict[str, Any]:
        """Return it as it is put away."""
        return {name: getattr(self, name) for name in Tally.__slots__}


def tally_of(kept: Mapping[str, Any]) -> Tally:
    """Return what was put away."""
    return Tally(**kept)
