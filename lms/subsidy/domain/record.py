"""A decision as it was written down, and whether judging it again finds the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.subsidy.domain.engine import decide
from lms.subsidy.domain.facts_record import facts_of_record
from lms.subsidy.domain.judgement import results_json
from lms.subsidy.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a decision keeps: the facts, the version, and what came of them."""

    id: int
    facts: Mapping[str, Any]
    policy: Policy | None
    outcome: str
    amount_fen: int | None
    results: list[Any]


def differs(recorded: Recorded) -> str | None:
    """Return what differs when the same facts are judged by the same version again."""
    try:
        facts = facts_of_record(recorded.facts)
    except (KeyError, TypeError, ValueError) as error:
        return f"its facts cannot be read: {error}"
    found = decide(recorded.policy, facts)
    if results_json(found) != recorded.results:
        before = {each["id"]: each for each in recorded.results}
        other = [each for each in results_json(found) if before.get(each["id"]) != each]
        return f"{other[0]['id']} is found to be {other[0]['verdict']}" if other else "its clauses"
    if (found.outcome.value, found.amount_fen) != (recorded.outcome, recorded.amount_fen):
        return f"it comes to {found.outcome.value}, {found.amount_fen}"
    return None
