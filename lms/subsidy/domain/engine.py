"""Judge a policy by the facts: every clause, no short cut, three answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.subsidy.domain import applying, person, study
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.policy import Clause, Kind, Policy
from lms.subsidy.domain.results import ClauseResult, Finding, Outcome, Verdict, outcome_of

# What stands in the results where no version covers the first day of training.
NO_POLICY = "POLICY"

# Every kind has its own function of (its clause, the facts); a test counts that none is missing.
JUDGES: Mapping[Kind, Callable[[Any, Facts], Finding]] = {
    Kind.REALNAME: person.real_name,
    Kind.CONSENT: person.consent,
    Kind.GROUP: person.group,
    Kind.AGE: person.age,
    Kind.RESIDENCE: person.residence,
    Kind.NOT_STAFF: person.not_staff,
    Kind.NOT_PENSION: person.not_pension,
    Kind.NOT_FULLTIME_STUDENT: person.not_full_time_student,
    Kind.CATALOGUE: study.catalogue,
    Kind.HOURS: study.hours,
    Kind.ATTENDANCE: study.attendance,
    Kind.QUIZ: study.quiz,
    Kind.CERT: applying.certificate,
    Kind.ONCE: applying.once,
    Kind.CAP_YEAR: applying.cap_year,
    Kind.CAP_TOTAL: applying.cap_total,
    Kind.WINDOW: applying.window,
    Kind.NO_DOUBLE_FUND: person.no_double_fund,
    Kind.PAYEE: person.payee,
    Kind.INTEGRITY: person.integrity,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the site says: which version was asked, what each clause found, what it comes to."""

    policy: Policy | None
    outcome: Outcome
    results: tuple[ClauseResult, ...]
    amount_fen: int | None = None

    def ids(self, verdict: Verdict) -> list[str]:
        """Return the sorted ids of the clauses with the verdict."""
        return sorted(result.id for result in self.results if result.verdict is verdict)


def decide(policy: Policy | None, facts: Facts) -> Decision:
    """Judge every clause of the version that covers the training; without one nobody knows."""
    if policy is None:
        nothing = ClauseResult(NO_POLICY, Verdict.UNKNOWN, "none_covers")
        return Decision(None, Outcome.NEEDS_REVIEW, (nothing,))
    results = tuple(judge(clause, facts) for clause in policy.clauses)
    return Decision(
        policy,
        outcome_of(result.verdict for result in results),
        results,
        policy.amount_fen.get(facts.programme.level or 0),
    )


def judge(clause: Clause, facts: Facts) -> ClauseResult:
    """Return what one clause says of the facts."""
    found = JUDGES[clause.kind](clause, facts)
    return ClauseResult(clause.kind.value, found.verdict, found.code, found.params)
