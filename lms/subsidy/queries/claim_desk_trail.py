"""Reads what happened to a claim, and the papers and other claims of its person: one statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, cast, union_all
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.subsidy.domain.claim_states import Cause, ClaimAct, ClaimState
from lms.subsidy.models import Evidence, SubsidyClaim, SubsidyClaimCause, SubsidyClaimStep
from lms.subsidy.queries.parts import NOBODY, part


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the claim, by whom (``None``: by the site) and why."""

    number: int
    act: ClaimAct
    at: datetime
    by: str | None
    reason: str | None
    about: Mapping[str, Any]

    @property
    def causes(self) -> Sequence[str]:
        """Return what made the site take it."""
        causes: Sequence[str] = self.about.get("causes", ())
        return causes


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened after somebody looked; ``is_open`` until the site or somebody acted on it."""

    cause: Cause
    at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the person's: a photo or PDF."""

    id: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OtherClaim:
    """Another claim of the person's that was handed in."""

    id: int
    number: str
    state: ClaimState
    amount_fen: int
    work_type: str
    level: int


@dataclass(frozen=True, slots=True)
class Trail:
    """All of it, the first step first and the newest paper first."""

    steps: Sequence[Step]
    happened: Sequence[Happened]
    papers: Sequence[Paper]
    others: Sequence[OtherClaim]


def trail_of(session: Session, claim_id: int, person_id: int) -> Trail:
    """Return what happened to the claim, and what else there is of the person."""
    rows: dict[str, list[Row[Any]]] = {"step": [], "cause": [], "paper": [], "claim": []}
    for row in session.execute(_statement(claim_id, person_id)):
        rows[row.part].append(row)
    rows["step"].sort(key=lambda row: row.n1)
    rows["cause"].sort(key=lambda row: row.n1)
    rows["paper"].sort(key=lambda row: row.at1, reverse=True)
    rows["claim"].sort(key=lambda row: row.n1)
    return Trail(
        [_step(row) for row in rows["step"]],
        [Happened(Cause(row.t1), row.at1, row.at2 is None) for row in rows["cause"]],
        [Paper(row.t1, row.t2, row.at1) for row in rows["paper"]],
        [
            OtherClaim(row.n1, row.t1, ClaimState(row.t2), row.n3, row.t3, row.n2)
            for row in rows["claim"]
        ],
    )


def _statement(claim_id: int, person_id: int) -> Any:  # noqa: ANN401 (a statement)
    step, cause, other = SubsidyClaimStep, SubsidyClaimCause, SubsidyClaim
    return union_all(
        part(
            "step",
            NOBODY,
            n1=step.number,
            t1=step.act,
            t2=cast(step.about, String()),
            t3=step.reason,
            t4=Person.name,
            at1=step.at,
        )
        .outerjoin(Person, Person.id == step.by_id)
        .where(step.claim_id == claim_id),
        part("cause", NOBODY, n1=cause.id, t1=cause.cause, at1=cause.at, at2=cause.handled_at)
        .where(cause.claim_id == claim_id),
        part("paper", NOBODY, t1=Evidence.id, t2=Evidence.kind, at1=Evidence.uploaded_at)
        .where(Evidence.person_id == person_id),
        part(
            "claim",
            NOBODY,
            n1=other.id,
            n2=other.level,
            n3=other.amount_fen,
            t1=other.number,
            t2=other.state,
            t3=other.work_type,
        )
        .where(other.person_id == person_id, other.id != claim_id, other.number.is_not(None)),
    )  # fmt: skip


def _step(row: Row[Any]) -> Step:
    about = json.loads(row.t2) if row.t2 else {}
    return Step(row.n1, ClaimAct(row.t1), row.at1, row.t4, row.t3, about)
