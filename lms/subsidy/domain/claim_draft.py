"""The steps in which a learner fills a claim in, and what changed since the learner last looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.domain.policy import Kind
from lms.subsidy.domain.results import ClauseResult, Verdict

# Where the learner may fill in, and hand in.
OPEN = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})
# What is asked while filling in: that it is open then is nothing that happened meanwhile.
ASKED_HERE = frozenset({Kind.CONSENT, Kind.PAYEE})


class ClaimStep(StrEnum):
    """The steps, in order; each is a page of its own."""

    CONDITIONS = "conditions"
    PAPERS = "papers"
    ACCOUNT = "account"
    PROMISE = "promise"
    HAND_IN = "hand-in"

    @property
    def number(self) -> int:
        """Return the step's place, counted from one."""
        return list(ClaimStep).index(self) + 1

    @property
    def before(self) -> "ClaimStep | None":
        """Return the step to go back to."""
        return step_of(self.number - 1) if self.number > 1 else None

    @property
    def behind(self) -> "ClaimStep | None":
        """Return the step that comes next."""
        return step_of(self.number + 1) if self.number < len(ClaimStep) else None


def step_of(number: int) -> ClaimStep:
    """Return the step at a place, counted from one."""
    return list(ClaimStep)[number - 1]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a decision said: by which version of the rules, how much in fen, clause by clause."""

    rules: tuple[str, str] | None
    amount_fen: int | None
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise than it was: rules, amount, and the clauses that speak against it now."""

    rules: tuple[str, str] | None
    amount_before: int | None
    worse: Sequence[str]

    def __bool__(self) -> bool:
        """Tell whether anything changed that the learner has to know of."""
        return bool(self.rules or self.amount_before or self.worse)


def seen(rules: tuple[str, str] | None, amount_fen: int | None, results: Sequence[Any]) -> Seen:
    """Return what a stored decision said; ``results`` are its clauses as they are kept."""
    verdicts = {each["id"]: Verdict(each["verdict"]) for each in results}
    return Seen(rules, amount_fen, verdicts)


def changes(
    before: Seen,
    rules: tuple[str, str] | None,
    amount_fen: int | None,
    results: Sequence[ClauseResult],
) -> Changes:
    """Return what changed since a decision; what became better is no news that stops anybody."""
    return Changes(
        rules=rules if rules != before.rules else None,
        amount_before=before.amount_fen if before.amount_fen != amount_fen else None,
        worse=[each.id for each in results if _is_worse(before.verdicts.get(each.id), each)],
    )


def _is_worse(before: Verdict | None, now: ClauseResult) -> bool:
    if now.verdict is Verdict.FAIL:
        return before is not Verdict.FAIL
    is_open = now.verdict is Verdict.UNKNOWN and now.id not in ASKED_HERE
    return is_open and before is Verdict.PASS
