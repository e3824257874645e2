"""What a version changes against the one before: clause by clause, and line by line."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from lms.subsidy.domain.policy import CatalogueClause, CatalogueEntry, Clause, Policy
from lms.subsidy.domain.study import tenths

# A parameter's value: a text, several, or that there is none.
Value = str | tuple[str, ...] | None
Params = Mapping[str, Value]
PERIOD, STATUS, AMOUNT, ENTRY = "PERIOD", "STATUS", "AMOUNT", "ENTRY"
_FEN = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; without ``before`` it is new, without ``after`` it is gone.

    ``subject`` is a clause, or what else a version says.
    """

    subject: str
    before: Params | None
    after: Params | None

    @property
    def rows(self) -> list[tuple[str, Value, Value]]:
        """Return each parameter that differs, with its old and its new value."""
        before, after = self.before or {}, self.after or {}
        names = [*before, *(name for name in after if name not in before)]
        found = [(name, before.get(name), after.get(name)) for name in names]
        return [row for row in found if row[1] != row[2]]


def changes(old: Policy | None, new: Policy) -> list[Change]:
    """Return all that differs; against nothing, all of it is new."""
    before, after = _parts(old) if old else {}, _parts(new)
    found = [Change(subject, before.get(subject), after[subject]) for subject in after]
    found += [Change(subject, before[subject], None) for subject in before if subject not in after]
    return [each for each in found if each.before != each.after] + list(_entries(old, new))


def _parts(policy: Policy) -> dict[str, Params]:
    ends = policy.ends_on.isoformat() if policy.ends_on else None
    return {
        PERIOD: {"from": policy.starts_on.isoformat(), "to": ends},
        STATUS: {"status": policy.status.value},
        **{clause.kind.value: _params(clause) for clause in policy.clauses},
        AMOUNT: {
            f"level {level}": tenths(Fraction(fen, _FEN))
            for level, fen in sorted(policy.amount_fen.items(), reverse=True)
        },
    }


def _params(clause: Clause) -> Params:
    if isinstance(clause, CatalogueClause):
        return {"lists": "county" if clause.entries is None else "own"}
    return {
        each.name: _value(getattr(clause, each.name))
        for each in fields(clause)
        if each.name != "kind"
    }


def _value(value: Any) -> Value:  # noqa: ANN401 (a parameter)
    if value is None:
        return None
    if isinstance(value, Mapping):
        return tuple(f"{name} {tenths(each)}" for name, each in sorted(value.items()))
    if isinstance(value, frozenset | tuple):
        return tuple(sorted(str(each) for each in value))
    return tenths(value)


def _entries(old: Policy | None, new: Policy) -> Iterator[Change]:
    before, after = (set(each.catalogue) if each else set() for each in (old, new))
    for entry in sorted(before - after, key=_order):
        yield Change(ENTRY, _entry(entry), None)
    for entry in sorted(after - before, key=_order):
        yield Change(ENTRY, None, _entry(entry))


def _order(entry: CatalogueEntry) -> tuple[str, str, str]:
    return entry.programme, entry.institution, entry.starts_on.isoformat()


def _entry(entry: CatalogueEntry) -> Params:
    return {
        "programme": entry.programme,
        "institution": entry.institution,
        "from": entry.starts_on.isoformat(),
        "to": entry.ends_on.isoformat() if entry.ends_on else None,
    }


def text_diff(old: Policy | None, new: Policy) -> list[str]:
    """Return the lines that differ, as programs show it: ``+`` new, ``-`` gone."""
    lines = difflib.unified_diff(_lines(old) if old else [], _lines(new), n=1, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _lines(policy: Policy) -> list[str]:
    """Return the content a line a clause and entry, whatever layout it came in."""
    found: list[str] = []
    for name, value in json.loads(policy.content).items():
        if isinstance(value, list):
            found.append(f"{name}:")
            found += [f"  - {json.dumps(each, ensure_ascii=False)}" for each in value]
        else:
            found.append(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    return found
