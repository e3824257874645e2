"""Reads payment batches: the board by month, one batch with its payments, and their sums."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import BankAccount, Person
from lms.core.access import Actor, Permission
from lms.core.errors import Message, NotFound
from lms.db.among import among
from lms.subsidy.domain.answers import Sent
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.payments import PaymentState
from lms.subsidy.domain.sentences import read_sentence
from lms.subsidy.models import PaymentBatch, SubsidyClaim, SubsidyClaimStep, SubsidyPayment
from lms.subsidy.queries.people import reaches

BATCH_PAGE = 50
_MONTHS = 36
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Sums:
    """How many payments of a batch there are and what they come to, fen, by what became of them."""

    rows: int = 0
    total_fen: int = 0
    open_rows: int = 0
    open_fen: int = 0
    paid_rows: int = 0
    paid_fen: int = 0
    returned_rows: int = 0
    returned_fen: int = 0


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch, who put it together, who let it go, and its sums."""

    batch: PaymentBatch
    prepared_by: str
    released_by: str | None
    sums: Sums


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment as a batch shows it; ``why`` is what took it out before it went to the bank."""

    payment: SubsidyPayment
    claim: SubsidyClaim
    name: str
    why: Message | None


@dataclass(frozen=True, slots=True)
class Payments:
    """A page of a batch's payments, and the id after which the next begins."""

    lines: Sequence[PaymentLine]
    older: int | None


def batch_in_reach(
    session: Session, actor: Actor, batch_id: int, permission: Permission
) -> PaymentBatch:
    """Return the batch. Raises ``NotFound`` outside the actor's counties."""
    found = session.get(PaymentBatch, batch_id)
    if found is None or not reaches(actor, found.county_code, permission):
        raise NotFound
    return found


def batch_locked(session: Session, actor: Actor, batch_id: int) -> PaymentBatch:
    """Return the batch as it is now, locked for who pays. Raises ``NotFound`` as above."""
    found = session.scalar(
        select(PaymentBatch)
        .where(PaymentBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or not reaches(actor, found.county_code, Permission.SUBSIDY_PAY):
        raise NotFound
    return found


def batch_lines(
    session: Session, county_codes: Collection[str], *, month: str | None, after: int | None
) -> list[BatchLine]:
    """Return batches of the counties, the last first; one more than a page where there is one."""
    wanted = _lines().where(PaymentBatch.county_code.in_(county_codes))
    if month:
        wanted = wanted.where(PaymentBatch.month == month)
    if after:
        wanted = wanted.where(PaymentBatch.id < after)
    rows = session.execute(wanted.order_by(PaymentBatch.id.desc()).limit(BATCH_PAGE + 1)).all()
    sums = sums_of(session, [row[0].id for row in rows])
    return [BatchLine(row[0], row[1], row[2], sums.get(row[0].id, Sums())) for row in rows]


def batch_line(session: Session, batch_id: int) -> BatchLine:
    """Return one batch that exists."""
    row = session.execute(_lines().where(PaymentBatch.id == batch_id)).one()
    return BatchLine(row[0], row[1], row[2], sums_of(session, [batch_id]).get(batch_id, Sums()))


def months(session: Session, county_codes: Collection[str]) -> list[str]:
    """Return the months the counties have batches of, the last first."""
    found = (
        select(PaymentBatch.month)
        .where(PaymentBatch.county_code.in_(county_codes))
        .distinct()
        .order_by(PaymentBatch.month.desc())
        .limit(_MONTHS)
    )
    return list(session.scalars(found))


def _lines() -> Any:  # noqa: ANN401 (a statement of several columns)
    first, second = aliased(Person), aliased(Person)
    return (
        select(PaymentBatch, first.name, second.name)
        .join(first, first.id == PaymentBatch.prepared_by_id)
        .outerjoin(second, second.id == PaymentBatch.released_by_id)
    )


def sums_of(session: Session, batch_ids: Collection[int]) -> Mapping[int, Sums]:
    """Return the sums by batch; what was taken out before it went to the bank counts nowhere."""
    own = SubsidyPayment
    open_ = own.state.in_((PaymentState.PLANNED, PaymentState.SENT))
    parts = [open_, own.state == PaymentState.PAID, own.state == PaymentState.RETURNED]
    columns: list[Any] = [func.count(), func.sum(own.amount_fen)]
    for part in parts:
        columns.append(func.count(case((part, own.id))))
        columns.append(func.coalesce(func.sum(case((part, own.amount_fen))), 0))
    rows = session.execute(
        select(own.batch_id, *columns)
        .where(among(own.batch_id, "batches"), own.state != PaymentState.CANCELLED)
        .group_by(own.batch_id),
        {"batches": list(batch_ids)},
    )
    return {row[0]: Sums(*(int(each) for each in row[1:])) for row in rows}


def payments_page(
    session: Session, batch: PaymentBatch, *, state: PaymentState | None, after: int | None
) -> Payments:
    """Return a page of a batch's payments, in the order of its file."""
    own = SubsidyPayment
    wanted = (
        _of_batch(batch.id, own, SubsidyClaim, Person.name).order_by(own.id).limit(BATCH_PAGE + 1)
    )
    if state:
        wanted = wanted.where(own.state == state)
    rows = session.execute(wanted.where(own.id > (after or 0))).all()
    shown = rows[:BATCH_PAGE]
    gone = [row[1].id for row in shown if row[0].state == PaymentState.CANCELLED]
    whys = _whys(session, batch.number, gone)
    lines = [PaymentLine(row[0], row[1], row[2], whys.get(row[1].id)) for row in shown]
    return Payments(lines, shown[-1][0].id if len(rows) > BATCH_PAGE else None)


def _of_batch(batch_id: int, *columns: Any) -> Any:  # noqa: ANN401 (of any columns)
    own = SubsidyPayment
    return (
        select(*columns)
        .select_from(own)
        .join(SubsidyClaim, SubsidyClaim.id == own.claim_id)
        .join(Person, Person.id == SubsidyClaim.person_id)
        .where(own.batch_id == batch_id)
    )


def _whys(session: Session, number: str, claim_ids: Collection[int]) -> Mapping[int, Message]:
    """Return what took claims out of a batch, as their steps say it."""
    if not claim_ids:
        return {}
    step = SubsidyClaimStep
    rows = session.execute(
        select(step.claim_id, step.about)
        .where(among(step.claim_id, "claims"), step.act == ClaimAct.UNPLAN)
        .order_by(step.id),
        {"claims": list(claim_ids)},
    )
    return {
        claim_id: read_sentence(about["why"])
        for claim_id, about in rows
        if about.get("batch") == number and "why" in about
    }


def sent_payments(session: Session, batch_id: int, *, only: int | None = None) -> dict[int, Sent]:
    """Return the payments of a batch as answers are held against them; all, or one."""
    own = SubsidyPayment
    wanted = select(
        *(own.id, own.claim_id, SubsidyClaim.person_id, own.state, own.amount_fen, own.paid_on),
        own.instalment,
    ).join(SubsidyClaim, SubsidyClaim.id == own.claim_id)
    if only is not None:
        wanted = wanted.where(own.id == only)
    rows = session.execute(wanted.where(own.batch_id == batch_id).order_by(own.id))
    return {row[0]: Sent(row[0], row[1], row[2], PaymentState(row[3]), *row[4:]) for row in rows}


def file_rows(session: Session, batch_id: int) -> Iterator[Row[Any]]:
    """Yield what a batch's file is made of: payment, claim number, name, and the account now.

    The account's number is sealed; a few hundred rows are held at a time.
    """
    own, bank = SubsidyPayment, BankAccount
    wanted = _of_batch(
        batch_id,
        *(own.id, own.amount_fen, own.instalment, own.account_index, own.bank),
        *(SubsidyClaim.number, SubsidyClaim.instalments, SubsidyClaim.person_id),
        *(SubsidyClaim.work_type, Person.name),
        *(bank.number.label("sealed"), bank.number_index, bank.holder),
    ).outerjoin(bank, bank.person_id == SubsidyClaim.person_id)
    rows = session.execute(
        wanted.where(own.state != PaymentState.CANCELLED).order_by(own.id),
        execution_options={"yield_per": _CHUNK},
    )
    yield from rows
