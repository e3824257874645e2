"""Makes courses that cost money, orders of them, and what a provider tells of those."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.notify.models import InboxMessage
from lms.payments import queries, service
from lms.payments.domain.inbox import Outcome
from lms.payments.domain.orders import DisputeState, OrderState, ProviderName, RefundState, Way
from lms.payments.domain.provider import (
    CheckoutSeen,
    DisputeSeen,
    PageState,
    ProviderEvent,
    RefundSeen,
    Seen,
)
from lms.payments.models import CounterPayment, CourseOrder, OrderPayment
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import MadeCourse, make_course

PRICE = 2_900
NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Buying:
    """Somebody who ordered a course for 29 yuan, its page open at the provider."""

    database: Database
    person: Person
    course: MadeCourse
    actor: Actor
    order_id: int
    number: str
    page_ref: str
    payment_ref: str = field(default_factory=lambda: f"pi_{next(_numbers)}")

    def page(self, state: PageState = PageState.PAID, **changes: object) -> CheckoutSeen:
        """Return what the provider tells of the page of the order."""
        seen = CheckoutSeen(
            ref=self.page_ref,
            order_number=self.number,
            state=state,
            amount=PRICE,
            currency="CNY",
            mode="payment",
            is_live=False,
            payment_ref=self.payment_ref if state is PageState.PAID else None,
        )
        return replace(seen, **changes)

    def refund(
        self, amount: int = PRICE, state: RefundState = RefundState.SUCCEEDED, ref: str = "re_1"
    ) -> RefundSeen:
        """Return what the provider tells of a refund."""
        return RefundSeen(ref, self.payment_ref, amount, "CNY", state, is_live=False)

    def dispute(self, state: DisputeState = DisputeState.OPEN, ref: str = "dp_1") -> DisputeSeen:
        """Return what the provider tells of a dispute."""
        return DisputeSeen(ref, self.payment_ref, PRICE, "CNY", state, is_live=False)

    def hear(self, seen: Seen, event_id: str | None = None) -> Outcome:
        """Let the site hear of something in a message of its own."""
        told = ProviderEvent(event_id or f"evt_{next(_numbers)}", "told", NOON, seen)
        with self.database.transaction() as session:
            return service.hear(
                session, provider=ProviderName.STRIPE, event=told, is_live=False, now=NOON
            )

    def hear_all(self, things: Iterable[Seen]) -> list[Outcome]:
        """Let the site hear of things one after another."""
        return [self.hear(each) for each in things]

    def order(self) -> CourseOrder:
        """Return the order as it stands."""
        with self.database.snapshot() as session:
            return session.get_one(CourseOrder, self.order_id)

    def seats(self) -> list[str]:
        """Return how each enrollment of the person stands."""
        with self.database.snapshot() as session:
            own = select(Enrollment.status).where(Enrollment.person_id == self.person.id)
            return list(session.scalars(own.order_by(Enrollment.id)))

    def told(self) -> list[str]:
        """Return what the person was told of, in the order of the alphabet."""
        with self.database.snapshot() as session:
            own = select(InboxMessage.template).where(InboxMessage.person_id == self.person.id)
            return sorted(session.scalars(own))


def actor_of(session: Session, person: Person) -> Actor:
    """Return a learner who is signed in."""
    return Actor(person.id, person.name, (), make_sign_in(session, person).id)


def place_order(
    session: Session,
    actor: Actor,
    course: MadeCourse,
    *,
    now: datetime = NOON,
    training_class_id: int | None = None,
    **wanted: Any,
) -> CourseOrder:
    """Order the course as the site does, on line and without codes unless something is said."""
    offered = queries.offered(
        session,
        person_id=actor.person_id,
        slug=course.course.slug,
        training_class_id=training_class_id,
        day=local_day(now),
    )
    how = service.Wanted(offered, **{"way": Way.ONLINE, **wanted})
    return service.place(session, actor=actor, wanted=how, now=now)


def make_buying(
    database: Database, *, course: MadeCourse | None = None, person: Person | None = None
) -> Buying:
    """Make somebody who ordered a course and whose page is open."""
    with database.transaction() as session:
        course = course or make_course(session, price_fen=PRICE)
        person = person or make_person(session)
        actor = actor_of(session, person)
        order = place_order(session, actor, course)
        order.page_ref, order.page_address = f"cs_{next(_numbers)}", "http://127.0.0.1/pay"
        session.flush()
        return Buying(database, person, course, actor, order.id, order.number, order.page_ref)


@dataclass(frozen=True)
class Paid:
    """An order that was paid for an enrollment, and what the provider calls the payment."""

    number: str
    payment_ref: str

    def back(self, amount: int = PRICE, state: RefundState = RefundState.SUCCEEDED) -> RefundSeen:
        """Return what the provider tells of money that goes back."""
        return RefundSeen("re_1", self.payment_ref, amount, "CNY", state, is_live=False)


def make_paid(session: Session, enrollment: Enrollment) -> Paid:
    """Make a paid order of an enrollment that is there already."""
    number = next(_numbers)
    order = CourseOrder(
        number=f"20261127-PAID{number}",
        person_id=enrollment.person_id,
        course_id=enrollment.course_id,
        county_code=enrollment.county_code,
        list_fen=PRICE,
        due_fen=PRICE,
        provider=ProviderName.STRIPE,
        created_at=NOON,
        expires_at=NOON,
    )
    session.add(order)
    session.flush()
    paid = {"provider": "stripe", "ref": f"pi_paid_{number}", "heard_at": NOON}
    session.add(OrderPayment(**paid, order_id=order.id, amount_fen=PRICE, recorded_at=NOON))
    session.flush()
    order.state, order.paid_at, order.enrollment_id = OrderState.PAID, NOON, enrollment.id
    session.flush()
    return Paid(order.number, paid["ref"])


def make_counted(session: Session, enrollment: Enrollment, clerk_id: int) -> CourseOrder:
    """Make an order of who has the enrollment whose money lies at the counter, to be confirmed."""
    order = CourseOrder(
        number=f"20261127-DESK{next(_numbers)}",
        person_id=enrollment.person_id,
        course_id=enrollment.course_id,
        county_code=enrollment.county_code,
        list_fen=PRICE,
        due_fen=PRICE,
        provider=ProviderName.OFFICE,
        created_at=NOON,
        expires_at=NOON,
        awaiting_at=NOON,
    )
    session.add(order)
    session.flush()
    taken = {"kind": "cash", "amount_fen": PRICE, "paper": "0012", "taken_at": NOON}
    session.add(CounterPayment(order_id=order.id, taken_by_id=clerk_id, **taken))
    session.flush()
    return order


def learn(database: Database, seen: Seen) -> Outcome:
    """Let the site learn of something as its reconciliation does."""
    with database.transaction() as session:
        learnt = service.learn(
            session, provider=ProviderName.STRIPE, seen=seen, is_live=False, now=NOON
        )
    return learnt[0]
