"""Puts approved claims into a payment batch: all of them or those chosen, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, Message, NotFound
from lms.db.session import connection_of
from lms.subsidy import queries
from lms.subsidy.domain.claim_record import series
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.payments import MOST, Chosen, PaymentState, batch_number, month_of
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import PaymentBatch, SubsidyPayment
from lms.subsidy.queries import Offer
from lms.subsidy.service.claim_moves import Move, advance
from lms.subsidy.service.claim_numbers import next_numbers

_SERIES = "BF"
_PAYMENT = cast(Table, SubsidyPayment.__table__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that was put together, and the numbers of claims left out, with what kept each."""

    batch: PaymentBatch
    rows: int
    total_fen: int
    left_out: Sequence[tuple[str, Message]]


def prepare(
    session: Session, actor: Actor, *, chosen: Chosen, shelf: Shelf, now: datetime
) -> Prepared:
    """Plan the next instalment of each claim in a new batch of the county's.

    Each claim is decided again inside; what cannot be planned is left out. Claim and payment change
    in this transaction or not at all. Raises ``NotFound`` outside the actor's counties and for
    claims of another, ``Conflict`` where nothing is left or another sum than the one seen.
    """
    ids = list(chosen.claim_ids)
    found = _found(session, actor, chosen, now)
    # What moves claims forgets how they were read; so all that is written later is kept here.
    before = queries.tries(session, ids)
    payable = {each.claim.id: _payment(each, before, now) for each in found if each.fault is None}
    numbers = {each.claim.id: each.claim.number or "" for each in found}
    left_out = [(numbers[each.claim.id], each.fault) for each in found if each.fault]
    batch = _batch(session, actor, chosen.county_code, now)
    moves = [_plan(row, batch, actor) for row in payable.values()]
    done = advance(session, moves, shelf=shelf, now=now)
    left_out += [(numbers[each.move.claim_id], each.why) for each in done.refused]
    rows = [{**payable[each.move.claim_id], "batch_id": batch.id} for each in done.moved]
    total = sum(row["amount_fen"] for row in rows)
    if not rows:
        raise _nothing(left_out)
    if not left_out and total != chosen.total_fen:
        raise Conflict("batch_moved_on", "The sum changed meanwhile. Please look at it again.")
    connection_of(session).execute(insert(_PAYMENT), rows)
    record(
        session,
        actor_id=actor.person_id,
        action="payment_batch.prepared",
        subject=f"payment_batch:{batch.id}",
        details={"number": batch.number, "rows": len(rows), "total_fen": total},
        at=now,
    )
    return Prepared(batch, len(rows), total, left_out)


def _found(session: Session, actor: Actor, chosen: Chosen, now: datetime) -> list[Offer]:
    """Return the claims as they are once the people's accounts are ours. Raises as ``prepare``."""
    if not queries.reaches(actor, chosen.county_code, Permission.SUBSIDY_PAY):
        raise NotFound
    if len(chosen.claim_ids) > MOST:
        raise Conflict("batch_large", "At most %(most)s payments fit in a batch.", most=MOST)
    queries.lock_accounts(session, queries.people_of(session, chosen.claim_ids))
    found = queries.offers_of(session, chosen.claim_ids, today=local_day(now))
    if any(each.claim.county_code != chosen.county_code for each in found):
        raise NotFound
    return found


def _batch(session: Session, actor: Actor, county_code: str, now: datetime) -> PaymentBatch:
    """Open a batch; where nothing comes of it, number and row go with the transaction."""
    name = series(_SERIES, local_day(now))
    batch = PaymentBatch(
        number=batch_number(name, next_numbers(session, name, 1)[0]),
        county_code=county_code,
        month=month_of(local_day(now)),
        prepared_by_id=actor.person_id,
        prepared_at=now,
    )
    session.add(batch)
    session.flush()
    return batch


def _payment(offer: Offer, before: Mapping[tuple[int, int], int], now: datetime) -> dict[str, Any]:
    """Return the next instalment of a claim as a row that lacks its batch alone."""
    claim, own = offer.claim, offer.instalment
    return {
        "claim_id": claim.id,
        "instalment": own.number,
        "try_number": before.get((claim.id, own.number), 0) + 1,
        "amount_fen": own.amount_fen,
        "state": PaymentState.PLANNED,
        **_account(offer),
        "planned_at": now,
    }


def _account(offer: Offer) -> dict[str, str]:
    """Return the account the money goes to: the one somebody looked at last."""
    payee = offer.payee
    assert payee is not None
    return {"account_mask": payee.mask, "account_index": payee.index, "bank": payee.bank}


def _plan(row: Mapping[str, Any], batch: PaymentBatch, actor: Actor) -> Move:
    return Move(
        row["claim_id"],
        ClaimAct.PLAN,
        actor.person_id,
        about={"batch": batch.number, "instalment": row["instalment"]},
        fen=row["amount_fen"],
        values={name: row[name] for name in ("account_mask", "account_index", "bank")},
    )


def _nothing(left_out: Sequence[tuple[str, Message]]) -> Conflict:
    if not left_out:
        return Conflict("batch_empty", "There is nothing to be paid.")
    return Conflict(
        "batch_none_left", "None of them can be paid now. The first: %(why)s", why=left_out[0][1]
    )
