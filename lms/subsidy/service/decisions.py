"""Decides what is due: writes a decision down only where what it rests on changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.core.errors import Conflict
from lms.db.upsert import insert_once
from lms.subsidy import queries
from lms.subsidy.domain.judgement import Judged, judged, results_json
from lms.subsidy.domain.policy import Policy
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import EligibilityDecision, EligibilityDue, PolicyVersion

# So many in one transaction: a fraction of a second, then others may write.
BATCH = 200

Pair = tuple[int, int]  # person, programme


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: what was judged, and how much of it is a new decision."""

    judged: int = 0
    written: int = 0

    def __add__(self, other: "Round") -> "Round":
        """Return both rounds together."""
        return Round(self.judged + other.judged, self.written + other.written)


def decide_due(session: Session, *, shelf: Shelf, now: datetime, limit: int) -> Round:
    """Decide what is due the longest, and take its marks away.

    Raises ``Conflict`` for a policy version whose content differs from the one used before.
    """
    pairs = queries.due(session, limit=limit)
    if not pairs:
        return Round()
    marks = tuple_(EligibilityDue.person_id, EligibilityDue.programme_id)
    session.execute(delete(EligibilityDue).where(marks.in_(pairs)))
    wanted = set(pairs)
    own = [
        (person, each)
        for person, each in _judged(session, {person for person, _ in pairs}, shelf, now)
        if (person, each.programme.id) in wanted
    ]
    written = _write(session, own, now)
    # A mark whose programme was left meanwhile is done with too.
    return Round(len(pairs), written)


def decide_people(session: Session, *, people: Iterable[int], shelf: Shelf, now: datetime) -> Round:
    """Decide everything for these people. Raises ``Conflict`` as ``decide_due``."""
    own = _judged(session, people, shelf, now)
    return Round(len(own), _write(session, own, now))


def _judged(
    session: Session, people: Iterable[int], shelf: Shelf, now: datetime
) -> list[tuple[int, Judged]]:
    read = queries.dossiers(session, people)
    today = local_day(now)
    return [
        (person_id, each)
        for person_id, dossier in read.people.items()
        for each in judged(dossier, read.programmes, shelf, today=today)
    ]


def _write(session: Session, own: list[tuple[int, Judged]], now: datetime) -> int:
    versions = _versions(session, (each.decision.policy for _, each in own), now)
    last = queries.last_decisions(session, {person for person, _ in own})
    rows = []
    for person_id, each in own:
        policy = each.decision.policy
        version_id = versions[policy.name] if policy else None
        before = last.get((person_id, each.programme.id))
        facts, sha256 = each.written()
        if before and (before.basis_sha256, before.policy_version_id) == (sha256, version_id):
            continue
        rows.append(
            {
                "person_id": person_id,
                "programme_id": each.programme.id,
                "number": before.number + 1 if before else 1,
                "policy_version_id": version_id,
                "outcome": each.decision.outcome.value,
                "amount_fen": each.decision.amount_fen,
                "facts": facts,
                "results": results_json(each.decision),
                "basis_sha256": sha256,
                "decided_at": now,
            }
        )
    return _insert(session, rows) if rows else 0


def _insert(session: Session, rows: list[dict[str, Any]]) -> int:
    """Insert the decisions; one that somebody else made at the same moment is due once more."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(EligibilityDecision).values(rows).on_conflict_do_nothing()
    key = (EligibilityDecision.person_id, EligibilityDecision.programme_id)
    made = {(row[0], row[1]) for row in session.execute(statement.returning(*key))}
    for row in rows:
        if (row["person_id"], row["programme_id"]) not in made:
            mark = {name: row[name] for name in ("person_id", "programme_id")}
            insert_once(session, EligibilityDue, {**mark, "since": row["decided_at"]})
    return len(made)


def _versions(
    session: Session, policies: Iterable[Policy | None], now: datetime
) -> Mapping[str, int]:
    """Return the row of each version, written down at its first use."""
    stored = queries.stored_versions(session)
    found: dict[str, int] = {}
    for policy in {each.name: each for each in policies if each is not None}.values():
        row = stored.get((policy.id, policy.version)) or _keep(session, policy, now)
        if row[1] != policy.sha256:
            raise Conflict(
                "policy_altered",
                "Policy %(policy)s was used before with other content. A version never changes: "
                "give the new content a new version.",
                policy=policy.name,
            )
        found[policy.name] = row[0]
    return found


def _keep(session: Session, policy: Policy, now: datetime) -> tuple[int, str]:
    values = {
        "policy_id": policy.id,
        "version": policy.version,
        "sha256": policy.sha256,
        "content": json.loads(policy.content),
        "first_used_at": now,
    }
    insert_once(session, PolicyVersion, values)
    return queries.stored_versions(session)[policy.id, policy.version]
