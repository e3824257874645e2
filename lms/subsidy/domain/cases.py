"""Read worked cases, decide each and compare with what was expected by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.subsidy.domain import reading
from lms.subsidy.domain.engine import decide
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.policy import GROUPS, Policy
from lms.subsidy.domain.policy_file import read_policy, refuse_overlaps
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.domain.results import Outcome, Verdict

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Case:
    """One learner's facts, and what is expected of them where somebody wrote it down."""

    id: str | int
    facts: Facts
    expect: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Policies and the cases to judge by them."""

    policies: tuple[Policy, ...]
    cases: tuple[Case, ...]


def load_cases(data: object) -> CaseFile:
    """Return policies and cases of a parsed file. Raises ``MalformedError``."""
    top = reading.mapping(data, "the file")
    if top.get("schema", SCHEMA) != SCHEMA:
        raise MalformedError("the file", f"schema {top['schema']!r} is not known, only {SCHEMA}")
    base = reading.mapping(top.get("base_facts") or {}, "base_facts")
    cases = reading.sequence(top.get("cases"), "“cases”")
    return CaseFile(
        _policies(top),
        tuple(_case(each, number, base) for number, each in enumerate(cases, start=1)),
    )


def _policies(top: Mapping[str, Any]) -> tuple[Policy, ...]:
    groups = GROUPS | set(reading.mapping(top.get("groups") or {}, "groups"))
    placed = []
    for number, each in enumerate(reading.sequence(top.get("policies"), "“policies”"), start=1):
        where = f"policy {number}"
        placed.append((where, read_policy(each, where, groups)))
    refuse_overlaps(placed)
    return tuple(policy for _, policy in placed)


def _case(value: object, number: int, base: Mapping[str, Any]) -> Case:
    data = reading.mapping(value, f"case {number}")
    case_id = data.get("id", number)
    if isinstance(case_id, bool) or not isinstance(case_id, int | str):
        raise MalformedError(f"case {number}", "“id” must be a name or a number")
    where = f"case {case_id}"
    own = reading.mapping(data.get("facts") or {}, f"{where}, facts")
    expect = data.get("expect")
    return Case(
        case_id,
        read_facts(merged(base, own), where),
        None if expect is None else _expectation(expect, f"{where}, expect"),
    )


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with the own values put in: mappings merge, lists and scalars replace."""
    result = dict(base)
    for key, value in own.items():
        below = result.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        result[key] = merged(below, value) if both else value  # type: ignore[arg-type]  # as asked
    return result


def _expectation(value: object, where: str) -> Mapping[str, Any]:
    found = reading.mapping(value, where)
    if found.get("outcome") not in list(Outcome):
        raise MalformedError(where, f"{reading.shown(found.get('outcome'))} is no outcome")
    expected: dict[str, Any] = dict(found)
    for name in ("failed", "unknown"):
        listed = reading.listed(found.get(name) or [], f"{where}, “{name}”", reading.text)
        expected[name] = sorted(set(listed))
    return expected


def judged(case: Case, policies: tuple[Policy, ...]) -> dict[str, Any]:
    """Return what the command prints of a case."""
    decision = decide(_policy_for(case, policies), case.facts)
    return {
        "id": case.id,
        "policy": decision.policy.version if decision.policy else None,
        "outcome": decision.outcome.value,
        "failed": decision.ids(Verdict.FAIL),
        "unknown": decision.ids(Verdict.UNKNOWN),
    }


def _policy_for(case: Case, policies: tuple[Policy, ...]) -> Policy | None:
    start: date | None = case.facts.training.start
    found = [policy for policy in policies if start is not None and policy.covers(start)]
    if len(found) > 1:
        names = " and ".join(policy.name for policy in found)
        raise MalformedError(f"case {case.id}", f"{names} both cover {start}")
    return found[0] if found else None


def differences(case: Case, result: Mapping[str, Any]) -> list[str]:
    """Return a line for each value that is not what was expected."""
    if case.expect is None:
        return []
    return [
        f"case {case.id}: {name} is {result.get(name, 'not checked')!r}, expected {wanted!r}"
        for name, wanted in case.expect.items()
        if name not in result or result[name] != wanted
    ]
