"""Many at once: a batch, a release and the bank's answers count once, and the database holds it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.gateway import shelf
from tests.factories.claims import (
    make_reviewer,
    steps_of,
)
from tests.factories.payments import (
    answer,
    assert_sums_agree,
    confirm,
    ids,
    make_batch,
    make_sent,
    paid,
    payments_of,
)


def test_of_two_who_put_the_same_claims_into_batches_at_once_one_does(database, two, approved):
    def put(actor: Actor) -> str:
        try:
            with database.transaction() as session:
                make_batch(session, actor, ids(approved))
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(put, two)) == ["batch_none_left", "done"]
    assert [len(payments_of(database, each)) for each in ids(approved)] == [1, 1, 1]
    assert_sums_agree(database)


def test_of_ten_who_let_a_batch_go_at_once_one_does(database, two, approved):
    with database.transaction() as session:
        batch = make_batch(session, two[0], ids(approved)).batch
        others = [make_reviewer(session) for _ in range(10)]
        for each in others:
            confirm(session, each)

    def press(actor: Actor) -> str:
        try:
            with database.transaction() as session:
                service.release(session, actor, batch_id=batch.id, shelf=shelf(), now=now(session))
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(press, others)) == ["batch_released"] * 9 + ["done"]
    assert [each.act for each in steps_of(database, ids(approved)[0])].count("send") == 1


def test_the_same_answers_taken_down_twice_at_once_count_once(database, two, approved):
    with database.transaction() as session:
        batch = make_sent(session, two, ids(approved))
        answers = paid(session, batch.id)
        answer(session, two[0], batch.id, answers[0])

    def take(actor: Actor) -> int:
        with database.transaction() as session:
            return len(answer(session, actor, batch.id, *answers).done)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, two)) == [0, 2], "half of the file was known already"
    assert [each.act for each in steps_of(database, ids(approved)[2])].count("pay") == 1
    assert_sums_agree(database)


def test_the_database_itself_refuses_a_second_live_payment(database, two, approved):
    claim_id = ids(approved)[0]
    with database.transaction() as session:
        batch = make_sent(session, two, [claim_id])
        again = (
            "INSERT INTO subsidy_payment (batch_id, claim_id, instalment, try_number, amount_fen,"
            " state, account_mask, account_index, bank, planned_at)"
            " SELECT :batch, claim_id, instalment, 2, amount_fen, 'planned', account_mask,"
            " account_index, bank, planned_at FROM subsidy_payment"
        )
        other = make_batch(session, two[0], ids(approved)[1:2]).batch
        where = {"batch": other.id, "own": batch.id}
        again += " WHERE batch_id = :own"
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(again), where)
        session.execute(text("DROP INDEX uq_subsidy_payment_live"))
        session.execute(text(again), where)
    assert len(payments_of(database, claim_id)) == 2, "without the index the promise breaks"
    with database.snapshot() as session:
        found = queries.first_difference(session)
    assert found is not None
    assert found.what == f"claim:{claim_id} money=sent"


def test_a_payment_never_changes_its_sum_and_what_was_let_go_never_its_total(
    database, two, approved
):
    with database.transaction() as session:
        make_sent(session, two, ids(approved))
        for said in (
            "UPDATE subsidy_payment SET amount_fen = 1",
            "UPDATE subsidy_payment SET state = 'planned'",
            "DELETE FROM subsidy_payment",
            "UPDATE payment_batch SET total_fen = 1",
            "UPDATE payment_batch SET state = 'prepared'",
        ):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(said))
