"""Takes orders and lets them go: one open order a learner and course, at the price of now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, InvalidInput
from lms.core.ids import new_letters
from lms.db.session import savepoint
from lms.enrollment import queries as enrollments
from lms.payments import queries
from lms.payments.domain.orders import (
    NUMBER_ALPHABET,
    NUMBER_LETTERS,
    SHORTEST_PAGE,
    Ending,
    OrderState,
    Payer,
    ProviderName,
    Way,
    paid_within,
)
from lms.payments.models import CourseOrder
from lms.payments.queries import Offered, Quote
from lms.payments.service.pages import close_later
from lms.payments.service.redeeming import keep_codes
from lms.payments.service.seating import give_seat
from lms.payments.service.standing import end, settle


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to take, and how they want to pay."""

    offered: Offered
    way: Way
    codes: tuple[str, ...] = ()


def place(session: Session, *, actor: Actor, wanted: Wanted, now: datetime) -> CourseOrder:
    """Order a course and return the order; a second tap finds the first.

    Whoever left a course they paid for gets their seat back on the old order. Raises ``Conflict``
    where the actor takes the course already or it costs nothing, ``InvalidInput`` for a code that
    cannot be used.
    """
    who = {"person_id": actor.person_id, "course_id": wanted.offered.course_id}
    if enrollments.live(session, **who) is not None:
        raise Conflict("already_enrolled", "You take this course already.")
    paid = queries.order_with_free_seat(session, **who)
    if paid is not None and give_seat(session, paid, now=now):
        return paid
    if wanted.offered.price_fen == 0:
        raise Conflict("nothing_to_pay", "This course is free. Please join it.")
    found = queries.open_order(session, **who)
    if found is not None:
        if _is_the_same(session, found, wanted, now):
            return found
        _let_go(session, found, now)
    order = _place_new(session, actor, wanted, now)
    if order.due_fen == 0 and order.paid_at is None:
        settle(session, order, now=now)
    return order


def cancel(session: Session, *, actor: Actor, number: str, now: datetime) -> None:
    """Let the actor give up an order.

    Raises ``NotFound`` for others', ``Conflict`` where it is over, or paid and the bank still
    thinks.
    """
    own = queries.own_order(session, person_id=actor.person_id, number=number)
    order = queries.locked_order(session, own.order.id)
    if order.state != OrderState.OPEN or order.awaiting_at is not None:
        raise Conflict("order_not_open", "This order can no longer be cancelled.")
    end(session, order, Ending.CANCELLED, now=now)
    close_later(session, order)


def expire(session: Session, *, order_id: int, now: datetime) -> bool:
    """Let an order go that nobody paid in time; false where it was paid or is awaited meanwhile."""
    order = queries.locked_order(session, order_id)
    if order.state != OrderState.OPEN or order.awaiting_at is not None or order.expires_at > now:
        return False
    end(session, order, Ending.EXPIRED, now=now)
    close_later(session, order)
    return True


def _is_the_same(session: Session, found: CourseOrder, wanted: Wanted, now: datetime) -> bool:
    """Tell whether an open order is what is wanted, and its page is open or can still be opened."""
    if found.awaiting_at is not None:
        return True
    needed = SHORTEST_PAGE if found.page_ref is None else timedelta()
    return (
        found.training_class_id == wanted.offered.training_class_id
        and found.provider == wanted.way.provider
        and found.payer == wanted.way.payer
        and found.list_fen == wanted.offered.price_fen
        and found.expires_at - now > needed
        and _takes_off(session, found) == _would_take_off(session, found, wanted, now)
    )


def _takes_off(session: Session, found: CourseOrder) -> tuple[frozenset[str], int]:
    return queries.codes_of(session, found.id), found.due_fen


def _would_take_off(
    session: Session, found: CourseOrder, wanted: Wanted, now: datetime
) -> tuple[frozenset[str], int]:
    quote = _quote(session, found.person_id, wanted, now)
    return frozenset(each.code for each in quote.applied), quote.cost.due_fen


def _quote(session: Session, person_id: int, wanted: Wanted, now: datetime) -> Quote:
    quote = queries.quote(
        session,
        person_id=person_id,
        offered=wanted.offered,
        codes=wanted.codes,
        day=local_day(now),
    )
    if quote.faults:
        raise InvalidInput({"code": quote.faults[0][1]})
    return quote


def _let_go(session: Session, found: CourseOrder, now: datetime) -> None:
    end(session, found, Ending.EXPIRED if found.expires_at <= now else Ending.CANCELLED, now=now)
    close_later(session, found)


def _place_new(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> CourseOrder:
    try:
        with savepoint(session):
            return _insert(session, actor, wanted, now)
    except IntegrityError as error:
        # Another tap was faster; the partial unique index kept a second open order out.
        session.expire_all()
        other = queries.open_order(
            session, person_id=actor.person_id, course_id=wanted.offered.course_id
        )
        if other is None:
            # What the county pays changed in this moment.
            raise Conflict(
                "price_changed", "The price changed just now. Please look at it again."
            ) from error
        return other


def _insert(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> CourseOrder:
    quote = _quote(session, actor.person_id, wanted, now)
    queries.lock_vouchers(session, quote.applied)
    # What somebody used while this waited for the lock is seen now.
    quote = _quote(session, actor.person_id, wanted, now)
    cost = quote.cost
    provider = wanted.way.provider if cost.due_fen else ProviderName.NONE
    payer = wanted.way.payer if cost.due_fen else Payer.LEARNER
    order = CourseOrder(
        number=f"{local_day(now):%Y%m%d}-{new_letters(NUMBER_ALPHABET, NUMBER_LETTERS)}",
        person_id=actor.person_id,
        course_id=wanted.offered.course_id,
        training_class_id=wanted.offered.training_class_id,
        county_code=wanted.offered.county_code,
        list_fen=cost.list_fen,
        coupon_fen=cost.coupon_fen,
        voucher_fen=cost.voucher_fen,
        subsidy_fen=cost.subsidy_fen,
        due_fen=cost.due_fen,
        payer=payer,
        provider=provider,
        created_at=now,
        expires_at=now + paid_within(provider, payer),
    )
    session.add(order)
    session.flush()
    keep_codes(session, order, wanted.offered, quote.applied)
    return order
