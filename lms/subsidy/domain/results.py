"""What judging a clause and a policy can come to; words for the codes stand in ``reasons``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Param = str | int


class Verdict(StrEnum):
    """What a clause says of the facts; what nobody knows is never a no."""

    PASS = "pass"  # noqa: S105 (a verdict)
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Outcome(StrEnum):
    """What all clauses come to."""

    ELIGIBLE = "eligible"
    NEEDS_REVIEW = "needs_review"
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its stable reason and the values its sentence puts in."""

    verdict: Verdict
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """What one clause of a policy says of the facts."""

    id: str
    verdict: Verdict
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


def passed(code: str, **params: Param) -> Finding:
    """Return that the clause is met."""
    return Finding(Verdict.PASS, code, params)


def failed(code: str, **params: Param) -> Finding:
    """Return that the clause is not met."""
    return Finding(Verdict.FAIL, code, params)


def unknown(code: str, **params: Param) -> Finding:
    """Return that a fact is missing, so a person has to look."""
    return Finding(Verdict.UNKNOWN, code, params)


def not_applicable(code: str) -> Finding:
    """Return that the clause asks nothing here."""
    return Finding(Verdict.NOT_APPLICABLE, code)


def outcome_of(verdicts: Iterable[Verdict]) -> Outcome:
    """Return ``not_eligible`` for any fail, else ``needs_review`` for any unknown."""
    given = set(verdicts)
    if Verdict.FAIL in given:
        return Outcome.NOT_ELIGIBLE
    return Outcome.NEEDS_REVIEW if Verdict.UNKNOWN in given else Outcome.ELIGIBLE
