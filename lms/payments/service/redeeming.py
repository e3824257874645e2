"""Keeps codes for orders, uses them up once those are paid, and frees them where they are not."""

from collections.abc import Callable
from datetime import datetime
from itertools import count

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.errors import InvalidInput
from lms.db.session import savepoint
from lms.payments import queries
from lms.payments.domain.vouchers import TAKEN
from lms.payments.models import CourseOrder, Redemption
from lms.payments.queries import Applied, Offered


def keep_codes(
    session: Session, order: CourseOrder, offered: Offered, applied: tuple[Applied, ...]
) -> None:
    """Keep the codes for a new order. Raises ``InvalidInput`` where somebody else was faster."""
    for each in applied:
        turns = queries.turns_of(session, batch_id=each.batch_id, person_id=order.person_id)
        row = Redemption(
            voucher_id=each.voucher_id,
            batch_id=each.batch_id,
            kind=each.kind,
            order_id=order.id,
            person_id=order.person_id,
            programme_id=offered.programme_id,
            turn=next(turn for turn in count(1) if turn not in turns),
            amount_fen=each.amount_fen,
            kept_at=order.created_at,
        )
        try:
            with savepoint(session):
                session.add(row)
                session.flush()
        except IntegrityError as error:
            raise InvalidInput({"code": TAKEN}) from error


def use_codes(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """Use up the codes of an order that is paid.

    Money may come in for an order that was over, and its code be used for another one by then: the
    price it was paid at stands, and the code counts where it is used.
    """

    def use(row: Redemption) -> None:
        row.freed_at, row.used_at = None, now

    for row in queries.redemptions_of(session, order.id):
        if row.used_at is None:
            _try(session, row, use)


def free_codes(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """Let the codes of an order that nobody paid be used again."""
    for row in queries.redemptions_of(session, order.id):
        if row.used_at is None:
            row.freed_at = now
    session.flush()


def give_codes_back(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """Say that what codes paid of an order went back with its seat; they are used all the same."""
    for row in queries.redemptions_of(session, order.id):
        if row.used_at is not None:
            row.given_back_at = now
    session.flush()


def take_codes_again(session: Session, order: CourseOrder) -> None:
    """Count the codes again of an order whose seat is held again after all."""

    def take(row: Redemption) -> None:
        row.given_back_at = None

    for row in queries.redemptions_of(session, order.id):
        if row.given_back_at is not None:
            _try(session, row, take)


def _try(session: Session, row: Redemption, change: Callable[[Redemption], None]) -> None:
    """Change a row, or leave it as it is where another one took its place meanwhile."""
    try:
        with savepoint(session):
            change(row)
            session.flush()
    except IntegrityError:
        session.refresh(row)
