"""Makes batches of vouchers and coupons, and what counties pay by themselves."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.ids import new_letters
from lms.enrollment.models import Enrollment
from lms.payments.domain.orders import NUMBER_ALPHABET, OrderState, ProviderName
from lms.payments.domain.vouchers import CODE_LETTERS, spelled
from lms.payments.models import (
    CountyShare,
    CourseOrder,
    OrderPayment,
    Redemption,
    Voucher,
    VoucherBatch,
)
from tests.factories.catalog import MadeCourse
from tests.factories.orders import NOON, PRICE

ALWAYS = {"first_day": date(2026, 1, 1), "last_day": date(2099, 12, 31)}
_numbers = count(1)


@dataclass(frozen=True)
class Batch:
    """A batch and its codes, in their order."""

    id: int
    codes: tuple[str, ...]


def make_batch(
    session: Session, issuer: Person, *, worth_fen: int = 1_000, codes: int = 1, **terms: object
) -> Batch:
    """Issue a batch of vouchers of the issuer's county that is good at any time."""
    row = VoucherBatch(
        **{
            "key": str(uuid4()),
            "kind": "voucher",
            "county_code": issuer.county_code,
            "title": f"第 {next(_numbers)} 批培训券",
            "worth_fen": worth_fen,
            "code_count": codes,
            "per_person": 1,
            "issued_by_id": issuer.id,
            "issued_at": NOON,
            **ALWAYS,
            **terms,
        }
    )
    session.add(row)
    session.flush()
    made = tuple(new_letters(NUMBER_ALPHABET, CODE_LETTERS) for _ in range(codes))
    for place, code in enumerate(made, start=1):
        session.add(Voucher(batch_id=row.id, place=place, code=code))
    session.flush()
    return Batch(row.id, made)


def make_share(session: Session, clerk: Person, course: MadeCourse, fen: int) -> CountyShare:
    """Have the clerk's county pay a part of a course, at any time."""
    row = CountyShare(
        county_code=clerk.county_code,
        course_id=course.course.id,
        share_fen=fen,
        basis="衢人社〔2026〕5 号",
        begun_by_id=clerk.id,
        begun_at=NOON,
        **ALWAYS,
    )
    session.add(row)
    session.flush()
    return row


def make_paid_with_voucher(
    session: Session, enrollment: Enrollment, *, programme_id: int | None
) -> str:
    """Make an order of an enrollment: 10 yuan by a voucher, 19 by its learner; return the code."""
    issuer = session.get_one(Person, enrollment.person_id)
    batch = make_batch(session, issuer)
    order = CourseOrder(
        number=f"20261127-CODE{next(_numbers)}",
        person_id=enrollment.person_id,
        course_id=enrollment.course_id,
        county_code=enrollment.county_code,
        list_fen=PRICE,
        voucher_fen=1_000,
        due_fen=PRICE - 1_000,
        provider=ProviderName.STRIPE,
        created_at=NOON,
        expires_at=NOON,
    )
    session.add(order)
    session.flush()
    paid = {"provider": "stripe", "ref": f"pi_code_{order.id}", "heard_at": NOON}
    money = OrderPayment(**paid, order_id=order.id, amount_fen=order.due_fen, recorded_at=NOON)
    session.add_all([_use(session, batch, order, programme_id), money])
    session.flush()
    order.state, order.paid_at, order.enrollment_id = OrderState.PAID, NOON, enrollment.id
    session.flush()
    return spelled(batch.codes[0])


def _use(
    session: Session, batch: Batch, order: CourseOrder, programme_id: int | None
) -> Redemption:
    return Redemption(
        voucher_id=session.scalars(select(Voucher.id).where(Voucher.batch_id == batch.id)).one(),
        batch_id=batch.id,
        kind="voucher",
        order_id=order.id,
        person_id=order.person_id,
        programme_id=programme_id,
        turn=1,
        amount_fen=1_000,
        kept_at=NOON,
        used_at=NOON,
    )
