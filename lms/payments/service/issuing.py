"""Issues batches of codes and stops them, and writes down what counties pay by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.catalog.models import Course
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, NotFound
from lms.core.ids import new_letters
from lms.db.session import savepoint
from lms.payments import queries
from lms.payments.domain.orders import NUMBER_ALPHABET
from lms.payments.domain.vouchers import CODE_LETTERS, Issue, Share
from lms.payments.models import CountyShare, Voucher, VoucherBatch


def issue(session: Session, *, actor: Actor, wanted: Issue, now: datetime) -> VoucherBatch:
    """Issue a batch of codes and return it; a second tap finds the first.

    Raises ``NotFound`` for a county out of reach, ``ConfirmationNeeded`` unless the actor proved
    anew who they are.
    """
    require_confirmed(session, actor, now=now)
    _require_county(actor, wanted.terms.county_code)
    batch = VoucherBatch(
        key=wanted.key,
        kind=wanted.terms.kind,
        county_code=wanted.terms.county_code,
        title=wanted.title,
        worth_fen=wanted.terms.worth_fen,
        code_count=wanted.count,
        per_person=wanted.terms.per_person,
        first_day=wanted.terms.first_day,
        last_day=wanted.terms.last_day,
        course_id=wanted.terms.course_id,
        programme_id=wanted.terms.programme_id,
        issued_by_id=actor.person_id,
        issued_at=now,
    )
    known = _insert(session, batch)
    if known is not None:
        return known
    rows = [
        {
            "batch_id": batch.id,
            "place": place,
            "code": new_letters(NUMBER_ALPHABET, CODE_LETTERS),
        }
        for place in range(1, wanted.count + 1)
    ]
    session.execute(insert(Voucher), rows)
    details = {"kind": batch.kind, "count": wanted.count, "worth_fen": batch.worth_fen}
    _record(session, actor, "vouchers.issued", f"vouchers:{batch.id}", details, now)
    return batch


def stop(session: Session, *, actor: Actor, batch_id: int, now: datetime) -> None:
    """Let no code of a batch be used any more; what was used stays so. Raises ``NotFound``."""
    queries.batch(session, actor, batch_id, Permission.ORDERS_SETTLE)
    batch = queries.locked_batch(session, batch_id)
    if batch.stopped_at is None:
        batch.stopped_at, batch.stopped_by_id = now, actor.person_id
        session.flush()
        _record(session, actor, "vouchers.stopped", f"vouchers:{batch_id}", {}, now)


def note_taken(session: Session, *, actor: Actor, batch_id: int, what: str, now: datetime) -> None:
    """Write down who took codes or their list home; whoever has a code may use it."""
    _record(session, actor, "vouchers.taken", f"vouchers:{batch_id}", {"what": what}, now)


def begin_share(session: Session, *, actor: Actor, share: Share, now: datetime) -> CountyShare:
    """Have a county pay a part of a course's price for its own people.

    Raises ``NotFound`` for a county out of reach or a course that costs nothing, ``Conflict``
    where the county pays of it already, ``ConfirmationNeeded`` as ``issue``.
    """
    require_confirmed(session, actor, now=now)
    _require_county(actor, share.county_code)
    course = session.get(Course, share.course_id)
    if course is None or course.price_fen == 0:
        raise NotFound
    row = CountyShare(
        county_code=share.county_code,
        course_id=share.course_id,
        share_fen=share.share_fen,
        basis=share.basis,
        first_day=share.first_day,
        last_day=share.last_day,
        begun_by_id=actor.person_id,
        begun_at=now,
    )
    try:
        with savepoint(session):
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Conflict(
            "share_there", "The county pays of this course already. End that first."
        ) from error
    details = {"course_id": share.course_id, "share_fen": share.share_fen, "basis": share.basis}
    _record(session, actor, "share.begun", f"share:{row.id}", details, now)
    return row


def end_share(session: Session, *, actor: Actor, share_id: int, now: datetime) -> None:
    """End what a county pays of a course; orders that are made keep it. Raises ``NotFound``."""
    row = queries.locked_share(session, actor, share_id)
    if row.ended_at is None:
        row.ended_at, row.ended_by_id = now, actor.person_id
        session.flush()
        _record(session, actor, "share.ended", f"share:{row.id}", {}, now)


def _require_county(actor: Actor, code: str) -> None:
    if not queries.may_settle_in(actor, code):
        raise NotFound


def _insert(session: Session, batch: VoucherBatch) -> VoucherBatch | None:
    """Write a batch; return the one a second tap wrote first, ``None`` where there was none."""
    try:
        with savepoint(session):
            session.add(batch)
            session.flush()
    except IntegrityError:
        return session.scalars(select(VoucherBatch).where(VoucherBatch.key == batch.key)).one()
    return None


def _record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    details: dict[str, Any],
    now: datetime,
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=subject,
        details=details,
        at=now,
    )
