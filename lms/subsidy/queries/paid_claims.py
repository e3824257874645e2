"""Reads the money of one claim, and the claims whose money came back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import BankAccount, Person
from lms.core.access import Actor, Permission
from lms.core.errors import Message, NotFound
from lms.db.among import among
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState
from lms.subsidy.domain.payments import Payee, again_fault
from lms.subsidy.models import PaymentBatch, SubsidyClaim, SubsidyClaimStep, SubsidyPayment
from lms.subsidy.queries.payments import payee_of
from lms.subsidy.queries.people import reaches

_PAGE = 50
_OF_MONEY = (
    *(ClaimAct.PLAN, ClaimAct.UNPLAN, ClaimAct.SEND, ClaimAct.PAY, ClaimAct.BOUNCE),
    *(ClaimAct.PAY_AGAIN, ClaimAct.CLAW_BACK, ClaimAct.RECOVER),
)


@dataclass(frozen=True, slots=True)
class Returned:
    """A claim whose money the bank sent back, why, and what is missing before it is paid again."""

    claim: SubsidyClaim
    name: str
    reason: str
    payee: Payee | None
    missing: Message | None


@dataclass(frozen=True, slots=True)
class MoneyOfClaim:
    """A claim, its payments with their batches, and each step that was about money."""

    claim: SubsidyClaim
    name: str
    payments: Sequence[tuple[SubsidyPayment, PaymentBatch]]
    steps: Sequence[tuple[SubsidyClaimStep, str | None]]
    payee: Payee | None
    missing: Message | None


def claim_in_reach(
    session: Session, actor: Actor, claim_id: int, permission: Permission
) -> SubsidyClaim:
    """Return the claim. Raises ``NotFound`` outside the actor's counties."""
    found = session.get(SubsidyClaim, claim_id)
    if found is None or not reaches(actor, found.county_code, permission):
        raise NotFound
    return found


def payees(session: Session, claim_ids: Collection[int]) -> Mapping[int, tuple[str, Payee | None]]:
    """Return by claim the account that was reviewed, and the one the person has now."""
    claim, bank = SubsidyClaim, BankAccount
    rows = session.execute(
        select(
            *(claim.id, claim.account_index),
            *(bank.number_index, bank.mask, bank.bank, bank.state),
        )
        .outerjoin(bank, bank.person_id == claim.person_id)
        .where(among(claim.id, "claims")),
        {"claims": list(claim_ids)},
    )
    return {row[0]: (row[1], payee_of(row[2:])) for row in rows}


def returned_claims(
    session: Session, county_codes: Collection[str], *, after: int | None
) -> list[Returned]:
    """Return claims the bank sent back; one more than a page where there is one."""
    claim, own = SubsidyClaim, SubsidyPayment
    last = aliased(SubsidyPayment)
    newest = (
        select(func.max(last.id))
        .where(last.claim_id == claim.id, last.returned_on.is_not(None))
        .scalar_subquery()
    )
    bank = BankAccount
    rows = session.execute(
        select(
            *(claim, Person.name, own.return_reason),
            *(bank.number_index, bank.mask, bank.bank, bank.state, bank.checked_at),
        )
        .join(Person, Person.id == claim.person_id)
        .outerjoin(own, own.id == newest)
        .outerjoin(bank, bank.person_id == claim.person_id)
        .where(
            claim.county_code.in_(county_codes),
            claim.state == ClaimState.BANK_RETURNED,
            claim.id > (after or 0),
        )
        .order_by(claim.id)
        .limit(_PAGE + 1)
    )
    return [
        Returned(row[0], row[1], row[2] or "", payee, _missing(row[0], payee, row.checked_at))
        for row in rows
        for payee in [payee_of(row[3:7])]
    ]


def _missing(
    claim: SubsidyClaim, payee: Payee | None, checked_at: datetime | None
) -> Message | None:
    looked_later = checked_at is not None and checked_at > claim.state_at
    return again_fault(payee, looked_later=looked_later)


def money_of_claim(session: Session, claim: SubsidyClaim) -> MoneyOfClaim:
    """Return all there is about a claim's money."""
    own, step, bank = SubsidyPayment, SubsidyClaimStep, session.get(BankAccount, claim.person_id)
    name = session.scalar(select(Person.name).where(Person.id == claim.person_id)) or ""
    paid = session.execute(
        select(own, PaymentBatch)
        .join(PaymentBatch, PaymentBatch.id == own.batch_id)
        .where(own.claim_id == claim.id)
        .order_by(own.id)
    ).all()
    steps = session.execute(
        select(step, Person.name)
        .outerjoin(Person, Person.id == step.by_id)
        .where(step.claim_id == claim.id, step.act.in_(_OF_MONEY))
        .order_by(step.number)
    ).all()
    payee = payee_of((bank.number_index, bank.mask, bank.bank, bank.state)) if bank else None
    missing = None
    if claim.state == ClaimState.BANK_RETURNED:
        missing = _missing(claim, payee, bank.checked_at if bank else None)
    return MoneyOfClaim(
        *(claim, name, [(row[0], row[1]) for row in paid]),
        *([(row[0], row[1]) for row in steps], payee, missing),
    )
