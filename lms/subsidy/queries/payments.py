"""Reads what may be paid next: approved claims, their instalments, and what keeps one from it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import BankAccount, BankState, Person
from lms.core.access import Actor
from lms.core.errors import Message
from lms.db.among import among
from lms.subsidy.domain.claim_rules import Wish, refusal
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState, Money
from lms.subsidy.domain.payments import (
    MOST,
    Instalment,
    Payee,
    PaymentState,
    next_instalment,
    not_before,
    payee_fault,
)
from lms.subsidy.models import SubsidyClaim, SubsidyPayment
from lms.subsidy.queries.claims import fresh_decisions, open_causes, standing_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A claim that could be paid: its next instalment, to which account, and what keeps it.

    The account is the one the person has now; where it is another than was handed in, somebody
    looked at it since, or there is a fault.
    """

    claim: SubsidyClaim
    name: str
    instalment: Instalment
    payee: Payee | None
    fault: Message | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What putting claims into a batch would do: who is in it, who is not and why."""

    taken: Sequence[Offer]
    left_out: Sequence[Offer]

    @property
    def total_fen(self) -> int:
        """Return what the batch would come to, fen."""
        return sum(each.instalment.amount_fen for each in self.taken)


def offers(session: Session, county_code: str, *, today: date) -> list[Offer]:
    """Return what may be paid in a county, the longest approved first; not more than one batch.

    What money is under way for, what somebody has to settle, and instalments whose month has not
    come are left out.
    """
    claim, paid = SubsidyClaim, SubsidyPayment
    this_month = exists().where(
        paid.claim_id == claim.id,
        paid.state == PaymentState.PAID,
        paid.paid_on >= today.replace(day=1),
    )
    rows = session.execute(
        _with_payees()
        .where(
            claim.county_code == county_code,
            claim.state == ClaimState.APPROVED,
            claim.money == Money.NONE,
            claim.doubt_at.is_(None),
            ~this_month,
        )
        .order_by(claim.state_at, claim.id)
        .limit(MOST)
    ).all()
    return _offers(session, rows, today)


def offers_of(session: Session, claim_ids: Collection[int], *, today: date) -> list[Offer]:
    """Return the claims as they are now, whatever became of them, with what keeps each."""
    claim = SubsidyClaim
    rows = session.execute(
        _with_payees()
        .where(among(claim.id, "claims"))
        .order_by(claim.state_at, claim.id)
        .execution_options(populate_existing=True),
        {"claims": list(claim_ids)},
    ).all()
    return _offers(session, rows, today)


def foreseen(session: Session, actor: Actor, found: Sequence[Offer]) -> Foreseen:
    """Return what would become of these by the decisions that stand; it is decided again inside."""
    claims = [each.claim for each in found]
    causes = open_causes(session, [each.id for each in claims])
    pairs = {(each.person_id, each.programme_id) for each in claims}
    fresh = fresh_decisions(session, pairs) if pairs else {}
    told = []
    for offer in found:
        decided = fresh.get((offer.claim.person_id, offer.claim.programme_id))
        wish = Wish(
            ClaimAct.PLAN,
            actor.person_id,
            again=decided.again if decided else None,
            causes=causes.get(offer.claim.id, ()),
        )
        why = offer.fault or refusal(standing_of(offer.claim), wish)
        told.append(replace(offer, fault=why))
    return Foreseen(
        [each for each in told if each.fault is None], [each for each in told if each.fault]
    )


def _with_payees() -> Select[*tuple[Any, ...]]:
    bank = BankAccount
    return (
        select(SubsidyClaim, Person.name, bank.number_index, bank.mask, bank.bank, bank.state)
        .join(Person, Person.id == SubsidyClaim.person_id)
        .outerjoin(bank, bank.person_id == SubsidyClaim.person_id)
    )


def _offers(session: Session, rows: Sequence[Row[*tuple[Any, ...]]], today: date) -> list[Offer]:
    paid = _paid_days(session, [row[0].id for row in rows if row[0].paid_fen])
    found = []
    for claim, name, *account in rows:
        own = next_instalment(claim.amount_fen, claim.instalments, paid.get(claim.id, {}))
        if own is not None:
            payee = payee_of(account)
            fault = payee_fault(payee) or _early(own, today)
            found.append(Offer(claim, name, own, payee, fault))
    return found


def _early(own: Instalment, today: date) -> Message | None:
    return not_before(own.from_day) if own.from_day and own.from_day > today else None


def payee_of(account: Sequence[Any]) -> Payee | None:
    """Return the account of a joined row; ``None`` where the person has none."""
    index, mask, bank, state = account
    return None if index is None else Payee(index, mask, bank, state == BankState.CONFIRMED)


def _paid_days(session: Session, claim_ids: Collection[int]) -> Mapping[int, Mapping[int, date]]:
    found: defaultdict[int, dict[int, date]] = defaultdict(dict)
    if not claim_ids:
        return found
    own = SubsidyPayment
    rows = session.execute(
        select(own.claim_id, own.instalment, own.paid_on).where(
            among(own.claim_id, "claims"), own.state == PaymentState.PAID
        ),
        {"claims": list(claim_ids)},
    )
    for claim_id, instalment, paid_on in rows:
        if paid_on is not None:
            found[claim_id][instalment] = paid_on
    return found


def tries(session: Session, claim_ids: Collection[int]) -> Mapping[tuple[int, int], int]:
    """Return how often each instalment was tried so far, by claim and instalment."""
    own = SubsidyPayment
    rows = session.execute(
        select(own.claim_id, own.instalment, own.try_number).where(among(own.claim_id, "claims")),
        {"claims": list(claim_ids)},
    )
    found: defaultdict[tuple[int, int], int] = defaultdict(int)
    for claim_id, instalment, number in rows:
        found[claim_id, instalment] = max(found[claim_id, instalment], number)
    return found
