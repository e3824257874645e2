"""Decides what is due: writes a decision down only where what it rests on changed."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, column, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from lms.core.clock import local_day
from lms.core.errors import Conflict
from lms.db.bus import emit
from lms.db.session import connection_of
from lms.db.upsert import insert_once
from lms.subsidy import queries
from lms.subsidy.domain.judgement import Judged, judged, results_json
from lms.subsidy.domain.policy import Policy
from lms.subsidy.domain.recheck import recheck_on
from lms.subsidy.events import Decided
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import EligibilityDecision, EligibilityDue, PolicyVersion
from lms.subsidy.queries import Fresh, Stored, Versions
from lms.subsidy.service.marks import Mark, mark, start_of

# So many in one transaction: a fraction of a second, then others may write.
BATCH = 200

Pair = tuple[int, int]  # person, programme
_DECISION = cast(Table, EligibilityDecision.__table__)
_KEY = (_DECISION.c.person_id, _DECISION.c.programme_id)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: what was judged, and how much of it is a new decision."""

    judged: int = 0
    written: int = 0

    def __add__(self, other: "Round") -> "Round":
        """Return both rounds together."""
        return Round(self.judged + other.judged, self.written + other.written)


@dataclass(frozen=True, slots=True)
class Found:
    """What judging people came to, before anything is written.

    ``rows`` lack the version's id alone; ``later`` is the day by person and programme on which
    each changes by itself.
    """

    pairs: Sequence[Pair]
    rows: Sequence[tuple[Policy | None, dict[str, Any]]]
    later: Mapping[Pair, date]


def decide_due(session: Session, *, shelf: Shelf, now: datetime, limit: int) -> Round:
    """Decide what is due the longest, and take its marks away.

    Raises ``Conflict`` for a policy version whose content differs from the one used before.
    """
    pairs = queries.due(session, now=now, limit=limit)
    if not pairs:
        return Round()
    marks = tuple_(EligibilityDue.person_id, EligibilityDue.programme_id)
    session.execute(delete(EligibilityDue).where(marks.in_(pairs)))
    people = {person for person, _ in pairs}
    found = judge_people(session, people=people, shelf=shelf, now=now, wanted=set(pairs))
    # A mark whose programme was left meanwhile is done with too.
    return Round(len(pairs), keep(session, found, now=now))


def decide_people(session: Session, *, people: Iterable[int], shelf: Shelf, now: datetime) -> Round:
    """Decide everything for these people. Raises ``Conflict`` as ``decide_due``."""
    found = judge_people(session, people=people, shelf=shelf, now=now)
    return Round(len(found.pairs), keep(session, found, now=now))


def decide_again(
    session: Session, pairs: Collection[Pair], *, shelf: Shelf, now: datetime
) -> dict[Pair, Fresh]:
    """Decide these by what is known in this very moment; what nobody studies for is left out.

    The marks are taken first and stay locked: whoever decides what is due goes round them.
    Raises ``Conflict`` as ``decide_due``.
    """
    mark(session, [Mark(*pair, now) for pair in pairs])
    marks = tuple_(EligibilityDue.person_id, EligibilityDue.programme_id)
    session.execute(delete(EligibilityDue).where(marks.in_(list(pairs))))
    people = {person for person, _ in pairs}
    found = judge_people(session, people=people, shelf=shelf, now=now, wanted=set(pairs))
    keep(session, found, now=now)
    return queries.fresh_decisions(session, found.pairs) if found.pairs else {}


def judge_people(
    session: Session,
    *,
    people: Iterable[int],
    shelf: Shelf,
    now: datetime,
    wanted: set[Pair] | None = None,
) -> Found:
    """Judge these people, of them what is wanted alone; reads, and writes nothing.

    Raises ``Conflict`` as ``decide_due``.
    """
    people = list(people)
    # First: a decision made meanwhile then takes the number, and the person is due once more.
    last = queries.last_decisions(session, people)
    read = queries.dossiers(session, people)
    policies, today = queries.combined(session, shelf, read.versions), local_day(now)
    pairs: list[Pair] = []
    later: dict[Pair, date] = {}
    rows: list[tuple[Policy | None, dict[str, Any]]] = []
    for person_id, dossier in read.people.items():
        for own in judged(dossier, read.programmes, policies, today=today):
            pair = (person_id, own.programme.id)
            if wanted is not None and pair not in wanted:
                continue
            pairs.append(pair)
            day = recheck_on(dossier, own, today=today)
            if day:
                later[pair] = day
            row = _row(pair, own, last.get(pair), read.versions)
            if row:
                rows.append((own.decision.policy, {**row, "decided_at": now}))
    return Found(pairs, rows, later)


def _row(
    pair: Pair, own: Judged, before: queries.Last | None, versions: Versions
) -> dict[str, Any] | None:
    """Return the decision as a row; ``None`` where the last one rests on the same."""
    policy = own.decision.policy
    stored = _own_version(policy, versions) if policy else None
    facts, sha256 = own.written()
    version_id = stored.id if stored else None
    if before and before.basis_sha256 == sha256 and before.policy_version_id == version_id:
        return None
    return {
        "person_id": pair[0],
        "programme_id": pair[1],
        "number": before.number + 1 if before else 1,
        "policy_version_id": version_id,
        "outcome": own.decision.outcome.value,
        "amount_fen": own.decision.amount_fen,
        "facts": facts,
        "results": results_json(own.decision),
        "basis_sha256": sha256,
    }


def _own_version(policy: Policy, versions: Versions) -> Stored | None:
    stored = versions.get((policy.id, policy.version))
    if stored and stored.sha256 != policy.sha256:
        raise Conflict(
            "policy_altered",
            "Policy %(policy)s was used before with other content. A version never changes: "
            "give the new content a new version.",
            policy=policy.name,
        )
    return stored


def keep(session: Session, found: Found, *, now: datetime) -> int:
    """Write down what was found and when to look again; return how many decisions are new.

    One that somebody else made at the same moment is due once more. Raises ``Conflict``.
    """
    unknown = {
        policy.name: policy for policy, row in found.rows if policy and not row["policy_version_id"]
    }
    ids = {name: _keep_version(session, policy, now) for name, policy in unknown.items()}
    rows = [
        {**row, "policy_version_id": ids[policy.name]} if policy and policy.name in ids else row
        for policy, row in found.rows
    ]
    made = _insert(session, rows) if rows else set()
    beaten = [(row["person_id"], row["programme_id"]) for row in rows]
    marks = [Mark(*pair, now) for pair in beaten if pair not in made]
    marks += [Mark(*pair, start_of(day)) for pair, day in found.later.items()]
    mark(session, marks)
    if made:
        emit(session, Decided(tuple(sorted(made)), now))
    return len(made)


def _insert(session: Session, rows: list[dict[str, Any]]) -> set[Pair]:
    """Insert the decisions and return whose were: another's of the same number stays."""
    connection = connection_of(session)
    if connection.dialect.name == "sqlite":
        once = sqlite.insert(_DECISION).on_conflict_do_nothing()
        made = connection.execute(once.returning(*_KEY), rows)
    else:
        made = connection.execute(_all_at_once(), {"rows": rows})
    return {(row[0], row[1]) for row in made}


@cache
def _all_at_once() -> ReturningInsert[Any]:
    """Return how PostgreSQL takes all rows as one value: short, whatever there is to write."""
    written = [each for each in _DECISION.columns if not each.primary_key]
    given = (
        func.jsonb_to_recordset(bindparam("rows", type_=postgresql.JSONB()))
        .table_valued(*(column(each.name, each.type) for each in written))
        .render_derived(with_types=True)
    )
    rows = select(*(given.c[each.name] for each in written))
    whole = postgresql.insert(_DECISION).from_select([each.name for each in written], rows)
    return whole.on_conflict_do_nothing().returning(*_KEY)


def _keep_version(session: Session, policy: Policy, now: datetime) -> int:
    """Write a version down at its first use."""
    values = {
        "policy_id": policy.id,
        "version": policy.version,
        "sha256": policy.sha256,
        "content": json.loads(policy.content),
        "first_used_at": now,
    }
    insert_once(session, PolicyVersion, values)
    stored = _own_version(policy, queries.stored_versions(session))
    if stored is None:
        raise LookupError(policy.name)
    return stored.id
