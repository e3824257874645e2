"""Codes: used once whoever is faster, freed where nobody paid, and what the database refuses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from lms.core.access import Actor
from lms.core.errors import InvalidInput
from lms.db.session import Database
from lms.payments import queries
from lms.payments.domain.orders import RefundState, Way
from lms.payments.domain.provider import PageState
from lms.payments.models import CountyShare, CourseOrder, Redemption, VoucherBatch
from lms.payments.tasks import end_overdue
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.catalog import MadeCourse, make_course, make_programme
from tests.factories.orders import NOON, PRICE, Buying, actor_of, place_order
from tests.factories.vouchers import Batch, make_batch, make_share

TAKEN = ["code_taken"]


def orders_of(database: Database) -> list[tuple[str, int, int]]:
    """Return where each order stands, what a voucher pays of it and what is due."""
    with database.snapshot() as session:
        rows = session.scalars(select(CourseOrder).order_by(CourseOrder.id))
        return [(row.state, row.voucher_fen, row.due_fen) for row in rows]


def uses_of(database: Database) -> list[str]:
    """Return where the use of each code stands, in the order of using."""
    with database.snapshot() as session:
        return list(session.scalars(select(queries.use_state()).order_by(Redemption.id)))


def refused(attempt: Callable[[], object]) -> list[str]:
    """Return the codes of what an order says against codes; empty where it is taken."""
    try:
        attempt()
    except InvalidInput as error:
        return [each.code for each in error.fields.values()]
    return []


@pytest.fixture
def course(database: Database) -> MadeCourse:
    """A course of 29 yuan in a programme."""
    with database.transaction() as session:
        programme = make_programme(session)
        return make_course(session, price_fen=PRICE, programme_id=programme.id)


def learner(database: Database) -> Actor:
    with database.transaction() as session:
        return actor_of(session, make_person(session))


def batch(database: Database, **terms: object) -> Batch:
    with database.transaction() as session:
        return make_batch(session, make_person(session), **terms)


def order(database: Database, actor: Actor, course: MadeCourse, *codes: str, **how: object) -> int:
    with database.transaction() as session:
        return place_order(session, actor, course, codes=codes, **how).id


def test_of_ten_who_use_one_code_at_once_one_does(database: Database, course: MadeCourse) -> None:
    code = batch(database).codes[0]
    people = [learner(database) for _ in range(10)]

    def use(actor: Actor) -> list[str]:
        return refused(lambda: order(database, actor, course, code))

    with ThreadPoolExecutor(10) as pool:
        said = sorted(pool.map(use, people))
    assert said == [[]] + [TAKEN] * 9
    assert orders_of(database) == [("open", 1_000, 1_900)]


def test_one_person_uses_one_code_of_a_batch_whatever_they_tap_at_once(database: Database) -> None:
    codes = batch(database, kind="coupon", codes=6).codes
    actor = learner(database)
    with database.transaction() as session:
        courses = [make_course(session, price_fen=PRICE) for _ in codes]

    def use(place: int) -> list[str]:
        return refused(lambda: order(database, actor, courses[place], codes[place]))

    with ThreadPoolExecutor(6) as pool:
        said = sorted(pool.map(use, range(6)))
    assert said[0] == []
    assert set(map(tuple, said[1:])) <= {("code_enough",), ("code_taken",)}
    assert uses_of(database) == ["kept"]


def test_a_voucher_that_pays_all_gives_the_seat_at_once(
    database: Database, course: MadeCourse
) -> None:
    code = batch(database, worth_fen=5_000).codes[0]
    number = order(database, learner(database), course, code)
    with database.snapshot() as session:
        made = session.get_one(CourseOrder, number)
    assert (made.state, made.provider, made.voucher_fen, made.due_fen) == ("paid", "none", PRICE, 0)
    assert made.enrollment_id is not None
    assert uses_of(database) == ["used"]


def test_a_second_training_voucher_of_the_programme_is_refused_whatever_batch(
    database: Database, course: MadeCourse
) -> None:
    first, second = (batch(database, worth_fen=5_000).codes[0] for _ in range(2))
    actor = learner(database)
    order(database, actor, course, first)
    with database.transaction() as session:
        sibling = make_course(session, price_fen=PRICE, programme_id=course.course.programme_id)
    assert refused(lambda: order(database, actor, sibling, second)) == ["code_one_a_programme"]
    assert refused(lambda: order(database, learner(database), sibling, second)) == []


def test_two_vouchers_do_not_pay_one_course_but_a_voucher_and_a_coupon_do(
    database: Database, course: MadeCourse
) -> None:
    voucher, other = batch(database, codes=2, per_person=2).codes
    coupon = batch(database, kind="coupon", worth_fen=500).codes[0]
    actor = learner(database)
    assert refused(lambda: order(database, actor, course, voucher, other)) == ["code_two"]
    order(database, actor, course, coupon, voucher)
    with database.snapshot() as session:
        made = session.scalars(select(CourseOrder)).one()
    assert (made.coupon_fen, made.voucher_fen, made.due_fen) == (500, 1_000, 1_400)


def test_a_code_nothing_is_left_for_is_not_used_up(database: Database, course: MadeCourse) -> None:
    coupon = batch(database, kind="coupon", worth_fen=5_000).codes[0]
    voucher = batch(database).codes[0]
    actor = learner(database)
    assert refused(lambda: order(database, actor, course, coupon, voucher)) == ["code_not_needed"]
    assert orders_of(database) == []


def test_an_order_nobody_paid_frees_its_code(
    database: Database, settings: Settings, course: MadeCourse
) -> None:
    code = batch(database).codes[0]
    order(database, learner(database), course, code)
    end_overdue(database, settings)
    assert uses_of(database) == ["free"]
    assert refused(lambda: order(database, learner(database), course, code)) == []
    assert uses_of(database) == ["free", "kept"]


def test_ordering_again_with_other_codes_lets_go_of_the_first(
    database: Database, course: MadeCourse
) -> None:
    first, second = batch(database, codes=2).codes
    actor = learner(database)
    one = order(database, actor, course, first)
    assert order(database, actor, course, first) == one
    assert order(database, actor, course, second) != one
    assert order(database, actor, course) > one
    assert uses_of(database) == ["free", "free"]
    assert [state for state, _, _ in orders_of(database)] == ["cancelled", "cancelled", "open"]


def buying(database: Database, course: MadeCourse, actor: Actor, number: int) -> Buying:
    """Have the page of an order opened."""
    with database.transaction() as session:
        made = session.get_one(CourseOrder, number)
        made.page_ref, made.page_address = f"cs_voucher_{number}", "http://127.0.0.1/pay"
        person = make_person(session)
    return Buying(database, person, course, actor, made.id, made.number, f"cs_voucher_{number}")


def test_money_that_comes_late_counts_though_its_code_is_used_elsewhere_by_then(
    database: Database, course: MadeCourse
) -> None:
    code = batch(database).codes[0]
    actor, other = learner(database), learner(database)
    late = buying(database, course, actor, order(database, actor, course, code))
    late.hear(late.page(PageState.EXPIRED, amount=1_900))
    order(database, other, course, code)
    late.hear(late.page(amount=1_900))
    assert late.order().state == "paid"
    assert late.order().enrollment_id is not None
    assert uses_of(database) == ["free", "kept"]


def test_money_that_comes_late_takes_its_code_again_where_that_is_free(
    database: Database, course: MadeCourse
) -> None:
    code = batch(database).codes[0]
    actor = learner(database)
    late = buying(database, course, actor, order(database, actor, course, code))
    late.hear(late.page(PageState.FAILED, amount=1_900))
    assert uses_of(database) == ["free"]
    late.hear(late.page(amount=1_900))
    assert uses_of(database) == ["used"]
    assert refused(lambda: order(database, learner(database), course, code)) == TAKEN


def test_what_a_code_paid_is_given_back_with_all_of_the_money_and_counts_again_with_it(
    database: Database, course: MadeCourse
) -> None:
    code, spare = batch(database, codes=2).codes
    actor = learner(database)
    paid = buying(database, course, actor, order(database, actor, course, code))
    paid.hear(paid.page(amount=1_900))
    paid.hear(paid.refund(900, ref="re_part"))
    assert uses_of(database) == ["used"]
    paid.hear(paid.refund(1_000, ref="re_rest"))
    assert uses_of(database) == ["given_back"]
    assert refused(lambda: order(database, learner(database), course, code)) == TAKEN
    # A new one may be used for the same programme.
    with database.snapshot() as session:
        assert queries.vouchers_of(session, {paid.order().enrollment_id}) == {}
        offered = queries.offered(
            session,
            person_id=actor.person_id,
            slug=course.course.slug,
            training_class_id=None,
            day=NOON.date(),
        )
        quote = queries.quote(
            session,
            person_id=actor.person_id,
            offered=offered,
            codes=[spare],
            day=NOON.date(),
        )
    assert quote.faults == ()
    paid.hear(paid.refund(1_000, RefundState.FAILED, ref="re_rest"))
    assert (paid.order().state, uses_of(database)) == ("part_refunded", ["used"])


def test_a_share_of_the_county_is_taken_off_for_its_own_people(
    database: Database, course: MadeCourse
) -> None:
    with database.transaction() as session:
        share = make_share(session, make_person(session), course, 2_000)
        own, stranger = make_person(session), make_person(session, county_code="330802")
        actors = actor_of(session, own), actor_of(session, stranger)
    made = [order(database, each, course, way=Way.OFFICE) for each in actors]
    with database.snapshot() as session:
        found = [session.get_one(CourseOrder, each) for each in made]
    assert [(each.subsidy_fen, each.due_fen) for each in found] == [(2_000, 900), (0, PRICE)]
    with database.transaction() as session:
        row = session.get_one(CountyShare, share.id)
        row.ended_at, row.ended_by_id = NOON, share.begun_by_id
    late = order(database, learner(database), course, way=Way.OFFICE)
    with database.snapshot() as session:
        assert session.get_one(CourseOrder, late).due_fen == PRICE


def test_a_county_that_pays_all_gives_the_seat_at_once(
    database: Database, course: MadeCourse
) -> None:
    with database.transaction() as session:
        make_share(session, make_person(session), course, PRICE + 1)
    number = order(database, learner(database), course)
    with database.snapshot() as session:
        made = session.get_one(CourseOrder, number)
    assert (made.state, made.provider, made.subsidy_fen, made.due_fen) == ("paid", "none", PRICE, 0)
    assert made.enrollment_id is not None


def test_a_batch_that_is_stopped_pays_no_more(database: Database, course: MadeCourse) -> None:
    made = batch(database, codes=2, worth_fen=5_000)
    order(database, learner(database), course, made.codes[0])
    with database.transaction() as session:
        row = session.get_one(VoucherBatch, made.id)
        row.stopped_at, row.stopped_by_id = NOON, row.issued_by_id
    assert refused(lambda: order(database, learner(database), course, made.codes[1])) == [
        "code_stopped"
    ]
    assert uses_of(database) == ["used"]


def test_whose_money_paid_is_told_and_stands_in_the_list(
    database: Database, course: MadeCourse
) -> None:
    code = batch(database, worth_fen=5_000).codes[0]
    actor = learner(database)
    number = order(database, actor, course, code)
    with database.snapshot() as session:
        enrollment_id = session.get_one(CourseOrder, number).enrollment_id
        told = queries.fundings(session, actor.person_id)
        numbers = queries.vouchers_of(session, {enrollment_id})
    written = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert [(each.voucher, each.voucher_fen, each.due_fen) for each in told] == [
        (written, PRICE, 0)
    ]
    assert numbers == {enrollment_id: written}
