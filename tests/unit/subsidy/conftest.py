"""The own worked cases: their policy, and facts of somebody who is just eligible."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.subsidy.domain.cases import merged
from lms.subsidy.domain.engine import judge
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.policy_file import read_policy
from lms.subsidy.domain.results import ClauseResult

OWN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)
POLICIES = tuple(read_policy(each, "own", OWN["groups"]) for each in OWN["policies"])
CLAUSES = {clause.kind: clause for policy in reversed(POLICIES) for clause in policy.clauses}


def facts(**own: Any) -> Facts:
    """Return the facts of somebody who is just eligible, with these in place."""
    return read_facts(merged(OWN["base_facts"], own), "facts")


def verdict(kind: str, **own: Any) -> str:
    """Return the verdict of version 1.0's clause (2.0's where 1.0 has none)."""
    return found(kind, **own).verdict.value


def found(kind: str, **own: Any) -> ClauseResult:
    return judge(CLAUSES[kind], facts(**own))


@pytest.fixture
def own() -> dict[str, Any]:
    """The case file as parsed, to be changed at will."""
    return yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
