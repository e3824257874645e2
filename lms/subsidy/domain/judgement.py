"""Judge what one person studies for: each programme that has a policy, by its version."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from lms.subsidy.domain.assembly import Dossier, Programme, facts_of, programmes_of
from lms.subsidy.domain.engine import NO_POLICY, Decision, decide
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.facts_file import as_json
from lms.subsidy.domain.policy import Policy
from lms.subsidy.domain.results import ClauseResult, Outcome, Verdict

# Facts are written in the order of their fields, so nothing has to be sorted.
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Policies(Protocol):
    """Where policies come from."""

    @property
    def policy_of(self) -> Mapping[str, str]:
        """Return the policy each programme belongs to."""

    def covering(self, programme: str, start: date) -> Policy | None:
        """Return the version for training in the programme that begins on the day."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A programme, the facts that were judged and what they come to."""

    programme: Programme
    facts: Facts
    decision: Decision

    def written(self) -> tuple[dict[str, Any], str]:
        """Return the facts as the record keeps them, and the digest of what the decision rests on.

        Minutes, attempts and the day of applying count by what the clauses find in them: whoever
        studies on without coming to another finding gets no new decision, nor does who lets days
        pass, and the ledger holds the minutes anyway.
        """
        facts: dict[str, Any] = as_json(self.facts)
        unseen = dict.fromkeys(("study", "attempts", "applied_on"))
        basis = {**facts, **unseen, "found": found_in(self.decision)}
        return facts, hashlib.sha256(_canonical(basis).encode()).hexdigest()


def judged(
    dossier: Dossier, programmes: Mapping[str, Programme], policies: Policies, *, today: date
) -> Iterator[Judged]:
    """Yield each programme the person studies for that belongs to a policy."""
    for programme in programmes_of(dossier, programmes):
        if programme.slug not in policies.policy_of:
            continue
        facts = facts_of(dossier, programme, today=today)
        start = facts.training.start
        policy = policies.covering(programme.slug, start) if start else None
        yield Judged(programme, facts, decide(policy, facts))


def found_in(decision: Decision) -> list[tuple[str, Verdict, str]]:
    """Return what each clause found, without the numbers its sentence puts in."""
    return sorted((each.id, each.verdict, each.code) for each in decision.results)


def altered(own: Judged) -> Judged:
    """Return that nothing is said while the version's file differs from the one used before."""
    nothing = ClauseResult(NO_POLICY, Verdict.UNKNOWN, "altered")
    return Judged(own.programme, own.facts, Decision(None, Outcome.NEEDS_REVIEW, (nothing,)))


def results_json(decision: Decision) -> list[dict[str, Any]]:
    """Return the clause results as the record keeps them."""
    return [
        {
            "id": result.id,
            "verdict": result.verdict.value,
            "code": result.code,
            "params": dict(result.params),
        }
        for result in decision.results
    ]
