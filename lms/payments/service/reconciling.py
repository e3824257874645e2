"""Compares what a provider lists with what the site knows: what was missed is made good."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.ids import new_uuid
from lms.db.upsert import insert_once
from lms.jobs.service import JobRequest, enqueue
from lms.payments import queries
from lms.payments.domain.inbox import Outcome, order_number_of
from lms.payments.domain.orders import ProviderName
from lms.payments.domain.provider import CheckoutSeen, PageState, Seen
from lms.payments.domain.reconciling import MARGIN, NIGHTLY, Differs
from lms.payments.models import Difference, OrderPayment, Reconciliation
from lms.payments.service.alerts import tell_of_odd
from lms.payments.service.hearing import learn

RECONCILE = "payments.reconcile"


@dataclass(slots=True)
class Reconciled:
    """What a reconciliation found so far; ``paid`` are the payments they list."""

    looked_at: int = 0
    repaired: int = 0
    theirs_fen: int = 0
    paid: set[str] = field(default_factory=set)
    differing: list[Difference] = field(default_factory=list)


def ask_nightly(session: Session, *, now: datetime) -> None:
    """Write the reconciliation of the day down, once a calendar day whoever comes first."""
    args = {"since": (now - NIGHTLY).isoformat(), "by": None}
    enqueue(session, JobRequest(RECONCILE, f"{RECONCILE}:{local_day(now).isoformat()}", args))


def ask_now(session: Session, *, actor: Actor, since: datetime) -> None:
    """Write a reconciliation down that somebody wants at once."""
    args = {"since": since.isoformat(), "by": actor.person_id}
    enqueue(session, JobRequest(RECONCILE, f"{RECONCILE}:{new_uuid()}", args, actor.person_id))


def look_at(
    session: Session, found: Reconciled, seen: Seen, *, is_live: bool, now: datetime
) -> None:
    """Learn of one thing that Stripe lists, and note whether that was news or fits nothing."""
    before = queries.standing_of(session, seen)
    provider = ProviderName.STRIPE
    outcome, why = learn(session, provider=provider, seen=seen, is_live=is_live, now=now)
    found.looked_at += 1
    if isinstance(seen, CheckoutSeen) and seen.state is PageState.PAID and seen.payment_ref:
        found.paid.add(seen.payment_ref)
        found.theirs_fen += seen.amount
    if outcome is Outcome.PARKED:
        found.differing.append(_difference(seen, Differs.DOES_NOT_FIT, why))
    elif queries.standing_of(session, seen) != before:
        found.repaired += 1
        found.differing.append(_difference(seen, Differs.MISSED, None))


def begin(session: Session, *, key: str, since: datetime, by: int | None, now: datetime) -> int:
    """Return the id of the reconciliation of a job, new the first time it runs."""
    first = {
        "key": key,
        "provider": ProviderName.STRIPE,
        "since": since,
        "started_at": now,
        "asked_by_id": by,
    }
    insert_once(session, Reconciliation, first)
    return session.scalars(select(Reconciliation.id).where(Reconciliation.key == key)).one()


def finish(session: Session, reconciliation_id: int, found: Reconciled, *, now: datetime) -> None:
    """Close a reconciliation: what differed, and payments of ours that they do not list."""
    row = session.get_one(Reconciliation, reconciliation_id, with_for_update=True)
    if row.finished_at is not None:
        return
    ours = session.scalars(
        select(OrderPayment).where(
            OrderPayment.provider == row.provider,
            OrderPayment.recorded_at >= row.since + MARGIN,
        )
    ).all()
    found.differing += [
        Difference(kind=Differs.NOT_THERE, ref=each.ref, amount_fen=each.amount_fen)
        for each in ours
        if each.ref not in found.paid
    ]
    for each in found.differing:
        each.reconciliation_id = reconciliation_id
        session.add(each)
    listed = select(func.sum(OrderPayment.amount_fen)).where(OrderPayment.ref.in_(found.paid))
    row.looked_at, row.repaired = found.looked_at, found.repaired
    row.differing = len(found.differing) - found.repaired
    # PostgreSQL adds whole numbers up to decimals.
    row.theirs_fen, row.ours_fen = found.theirs_fen, int(session.scalar(listed) or 0)
    row.finished_at = now
    session.flush()
    if row.differing:
        tell_of_odd(session, f"reconciliation:{row.id}", None, now=now)


def _difference(seen: Seen, kind: Differs, why: str | None) -> Difference:
    return Difference(
        kind=kind,
        ref=seen.ref,
        order_number=order_number_of(seen),
        amount_fen=seen.amount,
        why=why,
    )
