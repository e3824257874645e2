"""Gives each payment that came in its receipt, in the transaction in which it counts."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.db.upsert import insert_into
from lms.payments import queries
from lms.payments.domain.receipts import receipt_number
from lms.payments.models import CourseOrder, Receipt, ReceiptSeries


def give_receipts(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """Give a receipt to each payment of an order that has none; the order is locked.

    The series is locked from here until the commit, so that no number is left out where something
    fails. Classes and the record of acts are locked later, by whoever settles an order; nobody who
    holds one of those waits for a series.
    """
    lacking = queries.payments_without_receipt(session, order.id)
    if not lacking:
        return
    words = queries.words_of(session, order)
    year = local_day(now).year
    for payment_id in lacking:
        serial = _next(session, order.county_code, year)
        session.add(
            Receipt(
                payment_id=payment_id,
                county_code=order.county_code,
                year=year,
                serial=serial,
                number=receipt_number(order.county_code, year, serial),
                issued_at=now,
                county=words.county,
                course=words.course,
                training_class=words.training_class,
            )
        )
        session.flush()


def _next(session: Session, county_code: str, year: int) -> int:
    first = insert_into(session, ReceiptSeries).values(county_code=county_code, year=year, last=1)
    raised = first.on_conflict_do_update(
        index_elements=["county_code", "year"], set_={"last": ReceiptSeries.last + 1}
    ).returning(ReceiptSeries.last)
    return int(session.scalars(raised).one())
