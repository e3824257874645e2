"""A second person lets a payment batch go to the bank, or somebody gives it up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, Message
from lms.db.among import among
from lms.subsidy import queries
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.payments import BatchState, PaymentState, account_fault
from lms.subsidy.domain.sentences import written_sentence
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import PaymentBatch, SubsidyPayment
from lms.subsidy.service.claim_moves import Move, advance


@dataclass(frozen=True, slots=True)
class Released:
    """A batch that went out, and what was taken out of it and why, by claim."""

    batch: PaymentBatch
    taken_out: Sequence[tuple[int, Message]]


def release(
    session: Session, actor: Actor, *, batch_id: int, shelf: Shelf, now: datetime
) -> Released:
    """Let a batch go that somebody else put together; rows and sum are fixed from then on.

    Each claim is decided again inside; one that no longer stands is taken out, and its payment
    given up. Raises ``NotFound`` out of reach, ``ConfirmationNeeded`` without a fresh proof,
    ``Conflict`` for who put it together, where it is gone or nothing is left of it.
    """
    require_confirmed(session, actor, now=now)
    batch = _prepared(session, actor, batch_id)
    if batch.prepared_by_id == actor.person_id:
        raise Conflict(
            "batch_two_people", "You put this batch together; somebody else has to let it go."
        )
    planned = _lock_planned(session, batch_id)
    taken_out = _accounts_at_fault(session, planned)
    gone = {claim_id for claim_id, _ in taken_out}
    about = {"batch": batch.number}
    moves = [
        Move(claim_id, ClaimAct.SEND, actor.person_id, about=about, fen=fen)
        for claim_id, fen in planned.items()
        if claim_id not in gone
    ]
    done = advance(session, moves, shelf=shelf, now=now)
    if not done.moved:
        why = [*(each.why for each in done.refused), *(each[1] for each in taken_out)]
        raise _nothing_left(why)
    taken_out += [(each.move.claim_id, each.why) for each in done.refused]
    _take_out(session, batch, taken_out, shelf, now)
    _set_sent(session, batch_id, [each.move.claim_id for each in done.moved])
    sums = queries.sums_of(session, [batch_id])[batch_id]
    batch.state, batch.released_by_id, batch.released_at = (
        *(BatchState.RELEASED, actor.person_id),
        now,
    )
    batch.rows, batch.total_fen = sums.rows, sums.total_fen
    session.flush()
    _write_down(session, actor, batch, "payment_batch.released", now)
    return Released(batch, taken_out)


def give_up(
    session: Session, actor: Actor, *, batch_id: int, reason: str, shelf: Shelf, now: datetime
) -> PaymentBatch:
    """Give a batch up that was not let go; its claims can be put into another. Raises as above."""
    batch = _prepared(session, actor, batch_id)
    planned = _lock_planned(session, batch_id)
    about = {"batch": batch.number}
    # By the site: nobody decides about a claim here, their own or another's.
    moves = [
        Move(claim_id, ClaimAct.UNPLAN, None, reason=reason, about=about, fen=fen)
        for claim_id, fen in planned.items()
    ]
    advance(session, moves, shelf=shelf, now=now)
    batch.state, batch.cancelled_at = BatchState.CANCELLED, now
    session.flush()
    _write_down(session, actor, batch, "payment_batch.cancelled", now, reason=reason)
    return batch


def _prepared(session: Session, actor: Actor, batch_id: int) -> PaymentBatch:
    batch = queries.batch_locked(session, actor, batch_id)
    if batch.state == BatchState.CANCELLED:
        raise Conflict("batch_given_up", "This batch was given up.")
    if batch.state != BatchState.PREPARED:
        raise Conflict("batch_released", "This batch was let go already.")
    return batch


def _lock_planned(session: Session, batch_id: int) -> dict[int, int]:
    """Return by claim what is still planned in the batch, fen, with the people's accounts locked.

    Whoever moves one meanwhile holds the account; so what is read after the lock stays so.
    """
    people = {each.person_id for each in queries.sent_payments(session, batch_id).values()}
    queries.lock_accounts(session, people)
    found = queries.sent_payments(session, batch_id).values()
    planned = [each for each in found if each.state is PaymentState.PLANNED]
    return {each.claim_id: each.amount_fen for each in planned}


def _accounts_at_fault(session: Session, claim_ids: Collection[int]) -> list[tuple[int, Message]]:
    payees = queries.payees(session, claim_ids)
    found = [
        (claim_id, account_fault(reviewed, payee)) for claim_id, (reviewed, payee) in payees.items()
    ]
    return [(claim_id, why) for claim_id, why in found if why]


def _take_out(
    session: Session,
    batch: PaymentBatch,
    gone: Sequence[tuple[int, Message]],
    shelf: Shelf,
    now: datetime,
) -> None:
    moves = [
        Move(
            claim_id,
            ClaimAct.UNPLAN,
            None,
            about={"batch": batch.number, "why": written_sentence(why)},
        )
        for claim_id, why in gone
    ]
    advance(session, moves, shelf=shelf, now=now)


def _set_sent(session: Session, batch_id: int, claim_ids: Collection[int]) -> None:
    own = SubsidyPayment
    session.execute(
        update(own)
        .where(
            own.batch_id == batch_id,
            among(own.claim_id, "claims"),
            own.state == PaymentState.PLANNED,
        )
        .values(state=PaymentState.SENT)
        .execution_options(synchronize_session=False),
        {"claims": list(claim_ids)},
    )


def _nothing_left(whys: Sequence[Message]) -> Conflict:
    if not whys:
        return Conflict("batch_empty", "There is nothing to be paid.")
    return Conflict(
        "batch_none_left", "None of them can be paid now. The first: %(why)s", why=whys[0]
    )


def _write_down(
    session: Session,
    actor: Actor,
    batch: PaymentBatch,
    action: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    details: dict[str, str | int] = {
        "number": batch.number,
        "rows": batch.rows,
        "total_fen": batch.total_fen,
    }
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"payment_batch:{batch.id}",
        details={**details, "reason": reason} if reason else details,
        at=now,
    )
