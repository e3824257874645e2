"""Reads claims to move them: locked, in one order, with all the rules ask about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from lms.core.errors import Message
from lms.db.among import among
from lms.subsidy import findings
from lms.subsidy.domain.claim_record import GENESIS
from lms.subsidy.domain.claim_rules import Again
from lms.subsidy.domain.claim_states import Cause, ClaimState, Money, Standing
from lms.subsidy.domain.policy import Kind
from lms.subsidy.domain.results import ClauseResult, Outcome, Verdict
from lms.subsidy.models import (
    EligibilityDecision,
    SubsidyAccount,
    SubsidyClaim,
    SubsidyClaimCause,
    SubsidyClaimStep,
)

Pair = tuple[int, int]  # person, programme


@dataclass(frozen=True, slots=True)
class Fresh:
    """The decision that stands now: its row, and what the rules ask of it."""

    decision_id: int
    again: Again
    open_ids: frozenset[str] = frozenset()


def lock_accounts(session: Session, people: Iterable[int]) -> None:
    """Lock the people's accounts until the end of the transaction, in one order for everybody."""
    session.execute(
        select(SubsidyAccount.person_id)
        .where(among(SubsidyAccount.person_id, "people"))
        .order_by(SubsidyAccount.person_id)
        .with_for_update(),
        {"people": sorted(set(people))},
    ).all()


def people_of(session: Session, claim_ids: Collection[int]) -> list[int]:
    """Return whose claims these are."""
    own = select(SubsidyClaim.person_id).where(among(SubsidyClaim.id, "claims")).distinct()
    return list(session.scalars(own, {"claims": list(claim_ids)}))


def claims_locked(session: Session, claim_ids: Collection[int]) -> dict[int, SubsidyClaim]:
    """Return the claims as they are now, locked; those that do not exist are left out."""
    rows = session.scalars(
        select(SubsidyClaim)
        .where(among(SubsidyClaim.id, "claims"))
        .order_by(SubsidyClaim.id)
        .with_for_update()
        .execution_options(populate_existing=True),
        {"claims": list(claim_ids)},
    )
    return {each.id: each for each in rows}


def standing_of(claim: SubsidyClaim) -> Standing:
    """Return the claim as the rules see it."""
    return Standing(
        state=ClaimState(claim.state),
        person_id=claim.person_id,
        first_by=claim.first_by_id,
        second_by=claim.second_by_id,
        amount_fen=claim.amount_fen,
        paid_fen=claim.paid_fen,
        money=Money(claim.money),
        is_doubted=claim.doubt_at is not None,
    )


def open_causes(session: Session, claim_ids: Collection[int]) -> Mapping[int, Sequence[Cause]]:
    """Return what happened to claims that nobody acted on yet."""
    rows = session.execute(
        select(SubsidyClaimCause.claim_id, SubsidyClaimCause.cause)
        .where(among(SubsidyClaimCause.claim_id, "claims"), SubsidyClaimCause.handled_at.is_(None))
        .order_by(SubsidyClaimCause.id),
        {"claims": list(claim_ids)},
    )
    found: defaultdict[int, list[Cause]] = defaultdict(list)
    for claim_id, cause in rows:
        found[claim_id].append(Cause(cause))
    return found


def claims_with_causes(session: Session, *, after: int, limit: int) -> list[int]:
    """Return the next claims, by id, to which something happened that nobody acted on yet."""
    waiting = (
        select(SubsidyClaimCause.claim_id)
        .where(SubsidyClaimCause.handled_at.is_(None), SubsidyClaimCause.claim_id > after)
        .distinct()
        .order_by(SubsidyClaimCause.claim_id)
        .limit(limit)
    )
    return list(session.scalars(waiting))


def last_hashes(session: Session, claim_ids: Collection[int]) -> Mapping[int, str]:
    """Return the hash of each claim's last step; one without steps begins its chain."""
    step, later = SubsidyClaimStep, aliased(SubsidyClaimStep)
    newest = select(func.max(later.number)).where(later.claim_id == step.claim_id).scalar_subquery()
    rows = session.execute(
        select(step.claim_id, step.hash).where(
            among(step.claim_id, "claims"), step.number == newest
        ),
        {"claims": list(claim_ids)},
    )
    found = {row[0]: row[1] for row in rows}
    return {claim_id: found.get(claim_id, GENESIS) for claim_id in claim_ids}


def fresh_decisions(session: Session, pairs: Collection[Pair]) -> dict[Pair, Fresh]:
    """Return the decision that stands for each person and programme."""
    row, later = EligibilityDecision, aliased(EligibilityDecision)
    newest = (
        select(func.max(later.number))
        .where(later.person_id == row.person_id, later.programme_id == row.programme_id)
        .scalar_subquery()
    )
    found = session.execute(
        select(
            *(row.person_id, row.programme_id, row.id, row.outcome, row.amount_fen, row.results)
        ).where(
            and_(among(row.person_id, "people"), row.number == newest),
            tuple_(row.person_id, row.programme_id).in_(list(pairs)),
        ),
        {"people": sorted({person for person, _ in pairs})},
    )
    return {
        (each[0], each[1]): Fresh(each[2], again_of(*each[3:]), _open_ids(each[5]))
        for each in found
    }


def again_of(outcome: str, amount_fen: int | None, results: Sequence[Mapping[str, Any]]) -> Again:
    """Return a decision's columns as the rules ask of them."""
    return Again(
        Outcome(outcome),
        amount_fen,
        not_met=_headings(results, Verdict.FAIL),
        unknown=_headings(results, Verdict.UNKNOWN),
    )


def _open_ids(results: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    unknown = Verdict.UNKNOWN.value
    return frozenset(each["id"] for each in results if each["verdict"] == unknown)


def _headings(results: Sequence[Mapping[str, Any]], verdict: Verdict) -> list[Message]:
    return [
        findings.heading(ClauseResult(each["id"], verdict, each["code"], each["params"]))
        for each in results
        if each["verdict"] == verdict.value
    ]


def claims_against(session: Session, pairs: Collection[Pair]) -> list[tuple[int, int]]:
    """Return claim and decision where the newest decision no longer carries what was looked at.

    A claim that one person has looked at may still have something open; one that two passed not.
    """
    if not pairs:
        return []
    claim = SubsidyClaim
    looked_at = [ClaimState.IN_REVIEW, ClaimState.PUBLICISED, ClaimState.OBJECTED]
    looked_at += [ClaimState.APPROVED, ClaimState.PAID, ClaimState.BANK_RETURNED]
    rows = session.execute(
        select(
            *(claim.id, claim.person_id, claim.programme_id, claim.second_by_id),
            claim.amount_fen,
        )
        .where(among(claim.person_id, "people"), claim.state.in_(looked_at))
        .order_by(claim.id),
        {"people": sorted({person for person, _ in pairs})},
    ).all()
    own = {(row.person_id, row.programme_id): row for row in rows}
    touched = own.keys() & set(pairs)
    if not touched:
        return []
    fresh = fresh_decisions(session, touched)
    return [
        (own[pair].id, found.decision_id)
        for pair, found in fresh.items()
        if _speaks_against(found, own[pair])
    ]


def _speaks_against(found: Fresh, claim: Row[*tuple[Any, ...]]) -> bool:
    """Tell whether a claim has to begin anew.

    Another account does not: somebody looks at it before any money is planned.
    """
    again = found.again
    if again.outcome is Outcome.NOT_ELIGIBLE or again.amount_fen != claim.amount_fen:
        return True
    is_open = again.outcome is Outcome.NEEDS_REVIEW and found.open_ids != {Kind.PAYEE}
    return claim.second_by_id is not None and is_open
