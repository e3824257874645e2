"""What a roster of applications says of a claim: how far it is, and what was decided about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.subsidy.domain import applying
from lms.subsidy.domain.claim_states import ClaimState, Money
from lms.subsidy.domain.facts_record import facts_of_record
from lms.subsidy.domain.policy import CapClause, Kind
from lms.subsidy.domain.results import Verdict

# More than anybody ever had: the clause is asked for its count alone.
_ANY_NUMBER = 1_000
_DUPLICATE: Mapping[str | None, bool] = {Verdict.PASS: False, Verdict.FAIL: True}


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision found of a person; empty is what nobody knows."""

    group: str | None = None
    duplicate: bool | None = None
    n_year: int | None = None
    n_total: int | None = None


NOTHING = Decided()


def decided(facts: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Decided:
    """Return what a decision says by its own record: group, and subsidies counted before.

    The counts are those its clauses would compare with their caps.
    """
    try:
        known = facts_of_record(facts)
    except (KeyError, TypeError, ValueError):
        return NOTHING
    groups = sorted(each for each in known.learner.groups or () if each)
    verdicts = {each["id"]: each["verdict"] for each in results}
    year = applying.cap_year(CapClause(Kind.CAP_YEAR, _ANY_NUMBER), known)
    total = applying.cap_total(CapClause(Kind.CAP_TOTAL, _ANY_NUMBER), known)
    return Decided(
        group=groups[0] if groups else None,
        duplicate=_DUPLICATE.get(verdicts.get(Kind.ONCE)),
        n_year=_count(year.params),
        n_total=_count(total.params),
    )


def _count(params: Mapping[str, Any]) -> int | None:
    count = params.get("count")
    return count if isinstance(count, int) else None


def pay_state(state: str, money: str, paid_fen: int) -> str:
    """Return how far the money of a claim is."""
    if state in (ClaimState.PAID, ClaimState.BANK_RETURNED, ClaimState.CLAWED_BACK):
        return state
    if money != Money.NONE:
        return "under_way"
    return "part" if paid_fen else "none"


def review(state: str, *, is_first: bool, is_second: bool) -> str:
    """Return how far the looks at a claim are."""
    if state in (ClaimState.IN_REVIEW, ClaimState.SUBMITTED):
        return "second" if is_second else "first" if is_first else "submitted"
    passed = (ClaimState.PAID, ClaimState.BANK_RETURNED, ClaimState.CLAWED_BACK)
    return ClaimState.APPROVED if state in passed else state
