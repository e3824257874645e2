"""Takes down what the bank says of payments: paid, sent back, also days after it was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, Message
from lms.db.session import connection_of
from lms.subsidy import queries
from lms.subsidy.domain.answers import Answer, Result, Sent, Sorted, sorted_answers
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.payments import BatchState, PaymentState
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import PaymentBatch, SubsidyPayment
from lms.subsidy.service.claim_moves import Move, advance

_PAYMENT = cast(Table, SubsidyPayment.__table__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of answers: taken down, known before, or not taken down and why."""

    done: Sequence[Answer]
    known: Sequence[Answer]
    faults: Sequence[tuple[Answer, Message]]


def answered_before(
    session: Session, batch: PaymentBatch, answers: Sequence[Answer], *, now: datetime
) -> Sorted:
    """Return what taking these answers down would do; writes nothing.

    Raises ``Conflict`` before the batch went out.
    """
    sent = queries.sent_payments(session, batch.id)
    return _sorted(batch, answers, sent, now)


def take_answers(
    session: Session,
    actor: Actor,
    *,
    batch_id: int,
    answers: Sequence[Answer],
    shelf: Shelf,
    now: datetime,
) -> Taken:
    """Take down what the bank says; what is known already changes nothing, so twice does no harm.

    Raises ``NotFound`` out of reach and ``Conflict`` before the batch went out.
    """
    batch = queries.batch_locked(session, actor, batch_id)
    sent = queries.sent_payments(session, batch_id)
    named = {each.payment_id for each in answers}
    queries.lock_accounts(session, {sent[each].person_id for each in named & sent.keys()})
    # Read again: a claim may have been moved on before its account was ours.
    sent = queries.sent_payments(session, batch_id)
    found = _sorted(batch, answers, sent, now)
    # A batch holds one payment of a claim, so each claim is moved once.
    by_claim = {sent[each.payment_id].claim_id: each for each in found.new}
    moves = [_move(actor, batch, each, sent[each.payment_id]) for each in found.new]
    done = advance(session, moves, shelf=shelf, now=now)
    answered = [by_claim[each.move.claim_id] for each in done.moved]
    refused = [(by_claim[each.move.claim_id], each.why) for each in done.refused]
    if answered:
        _write(session, actor, answered, sent, now)
    _settle(session, actor, batch, now)
    return Taken(answered, found.known, [*found.faults, *refused])


def paid_all(sent: Mapping[int, Sent], answer: Answer) -> list[Answer]:
    """Return the answer for every payment the bank has not spoken of yet."""
    return [
        Answer(each.payment_id, answer.result, answer.day, answer.reason)
        for each in sent.values()
        if each.state is PaymentState.SENT
    ]


def _sorted(
    batch: PaymentBatch, answers: Sequence[Answer], sent: Mapping[int, Sent], now: datetime
) -> Sorted:
    if batch.released_at is None:
        raise Conflict("batch_not_sent", "This batch did not go out yet.")
    return sorted_answers(
        answers, sent, released=local_day(batch.released_at), today=local_day(now)
    )


def _move(actor: Actor, batch: PaymentBatch, answer: Answer, payment: Sent) -> Move:
    is_paid = answer.result is Result.PAID
    was_paid = payment.state is PaymentState.PAID
    return Move(
        payment.claim_id,
        ClaimAct.PAY if is_paid else ClaimAct.BOUNCE,
        actor.person_id,
        reason=answer.reason or None,
        about={
            "batch": batch.number,
            "payment": payment.payment_id,
            "instalment": payment.instalment,
            "day": answer.day.isoformat(),
            "fen": payment.amount_fen,
        },
        fen=payment.amount_fen if is_paid or was_paid else 0,
    )


def _write(
    session: Session,
    actor: Actor,
    answers: Sequence[Answer],
    sent: Mapping[int, Sent],
    now: datetime,
) -> None:
    own = _PAYMENT.c
    names = ("state", "paid_on", "returned_on", "return_reason")
    rows: list[dict[str, Any]] = [
        {
            "own_id": each.payment_id,
            "own_state": sent[each.payment_id].state,
            "state": each.result.value,
            "paid_on": each.day if each.result is Result.PAID else sent[each.payment_id].paid_on,
            "returned_on": each.day if each.result is Result.RETURNED else None,
            "return_reason": each.reason if each.result is Result.RETURNED else None,
        }
        for each in answers
    ]
    connection_of(session).execute(
        update(_PAYMENT)
        .where(own.id == bindparam("own_id"), own.state == bindparam("own_state"))
        .values(
            {
                **{name: bindparam(name) for name in names},
                "settled_by_id": actor.person_id,
                "settled_at": now,
            }
        ),
        rows,
    )


def _settle(session: Session, actor: Actor, batch: PaymentBatch, now: datetime) -> None:
    """Settle the batch once every answer is in; what comes back later changes that no more."""
    sums = queries.sums_of(session, [batch.id])[batch.id]
    if batch.state != BatchState.RELEASED or sums.open_rows:
        return
    batch.state, batch.settled_at = BatchState.SETTLED, now
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action="payment_batch.settled",
        subject=f"payment_batch:{batch.id}",
        details={"paid_fen": sums.paid_fen, "returned_fen": sums.returned_fen},
        at=now,
    )
