"""Approved claims go to the bank once: prepared by one, let go by another, answered, paid again."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.accounts.domain.bank import NewAccount
from lms.accounts.service import banks
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import ConfirmationNeeded, Conflict, NotFound
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.answers import Result
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.gateway import shelf
from tests.factories.accounts import make_county
from tests.factories.claims import (
    Claimant,
    claim_now,
    make_reviewer,
    steps_of,
)
from tests.factories.payments import (
    answer,
    assert_sums_agree,
    batch_now,
    confirm,
    ids,
    let_go,
    make_batch,
    make_sent,
    paid,
    payments_of,
)
from tests.factories.subsidy import make_fact

PAST = {
    "kind": "training",
    "occupation": "4-01-06-02",
    "work_type": "直播销售员",
    "level": 5,
    "status": "paid",
    "paid_to": "person",
    "date": "2026-01-10",
    "amount_fen": None,
}
REPAID = "6228480402561234567"


def new_account(session, keys, two, own: Claimant, number: str = REPAID) -> None:
    """Let the learner enter another account, and somebody look at it."""
    new = NewAccount(number, "浙江农商银行（常山）", own.person.name)
    at = now(session)
    banks.declare(session, person_id=own.person.id, new=new, by_id=own.person.id, keys=keys, now=at)
    banks.look(session, two[0], person_id=own.person.id, is_own=True, now=now(session))


def test_a_batch_goes_from_two_people_to_the_bank_and_is_settled(database, two, approved):
    with database.transaction() as session:
        made = make_batch(session, two[0], ids(approved))
        month = local_day(now(session)).strftime("%y-%m")
    assert made.batch.number == f"BF-{month}-01"
    assert (made.rows, made.total_fen, made.left_out) == (3, 180_000, [])
    with database.transaction() as session:
        let_go(session, two[1], made.batch.id)
    batch = batch_now(database, made.batch.id)
    assert (batch.state, batch.rows, batch.total_fen) == ("released", 3, 180_000)
    with database.transaction() as session:
        first, *others = paid(session, batch.id)
        back = replace(first, result=Result.RETURNED, reason="账号不存在")
        taken = answer(session, two[0], batch.id, back, *others)
    assert len(taken.done) == 3
    assert batch_now(database, batch.id).state == "settled"
    back_claim, *paid_claims = (claim_now(database, each) for each in ids(approved))
    assert (back_claim.state, back_claim.paid_fen, back_claim.money) == ("bank_returned", 0, "none")
    assert {(each.state, each.paid_fen) for each in paid_claims} == {("paid", 60_000)}
    assert [each.act for each in steps_of(database, ids(approved)[1])][-3:] == [
        *("plan", "send", "pay")
    ]
    assert_sums_agree(database)


def test_what_cannot_be_paid_is_left_out_with_its_sentence(database, keys, two, approved):
    with database.transaction() as session:
        new_account(session, keys, two, approved[0][0])
        make_fact(session, approved[1][0].person, FactKey.PAST_SUBSIDIES, [PAST])
    with database.transaction() as session:
        made = make_batch(session, two[0], ids(approved))
    numbers = [claim_now(database, each).number for each in ids(approved)]
    assert [(number, why.code) for number, why in made.left_out] == [
        (numbers[1], "claim_changed"),
    ]
    assert made.rows == 2
    assert payments_of(database, ids(approved)[1]) == []
    with database.transaction() as session, pytest.raises(Conflict, match="batch_none_left"):
        make_batch(session, two[0], ids(approved)[1:2])


def test_the_money_goes_to_the_account_somebody_looked_at_last(database, keys, two, approved):
    before = claim_now(database, ids(approved)[0]).account_index
    with database.transaction() as session:
        new_account(session, keys, two, approved[0][0])
    with database.transaction() as session:
        make_batch(session, two[0], ids(approved)[:1])
    ((payment),) = payments_of(database, ids(approved)[0])
    claim = claim_now(database, ids(approved)[0])
    assert payment.account_index == claim.account_index
    assert claim.account_index != before


def test_what_no_longer_stands_is_taken_out_at_the_release(database, keys, two, approved):
    with database.transaction() as session:
        batch = make_batch(session, two[0], ids(approved)).batch
        make_fact(session, approved[1][0].person, FactKey.PAST_SUBSIDIES, [PAST])
        new_account(session, keys, two, approved[2][0])
    with database.transaction() as session:
        released = let_go(session, two[1], batch.id)
    assert {code: claim_id for claim_id, why in released.taken_out for code in [why.code]} == {
        "claim_changed": ids(approved)[1],
        "payee_changed": ids(approved)[2],
    }
    assert (released.batch.rows, released.batch.total_fen) == (1, 60_000)
    assert claim_now(database, ids(approved)[1]).money == "none"
    with database.snapshot() as session:
        lines = queries.payments_page(session, released.batch, state=None, after=None).lines
    assert [(line.payment.state, line.why and line.why.code) for line in lines] == [
        ("sent", None),
        ("cancelled", "claim_changed"),
        ("cancelled", "payee_changed"),
    ]
    assert_sums_agree(database)


def test_one_person_alone_lets_nothing_go_and_the_database_holds_it(database, two, approved):
    with database.transaction() as session:
        batch = make_batch(session, two[0], ids(approved)).batch
        with pytest.raises(Conflict, match="batch_two_people"):
            let_go(session, two[0], batch.id)
        with pytest.raises(ConfirmationNeeded):
            service.release(session, two[1], batch_id=batch.id, shelf=shelf(), now=now(session))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                text(
                    "UPDATE payment_batch SET state = 'released', released_at = prepared_at, "
                    "released_by_id = prepared_by_id"
                )
            )
    assert claim_now(database, ids(approved)[0]).money == "planned"


def test_nobody_of_another_county_touches_a_batch_or_its_claims(database, two, approved):
    with database.transaction() as session:
        make_county(session, "330881")
        stranger = make_reviewer(session, county="330881")
        confirm(session, stranger)
        with pytest.raises(NotFound):
            make_batch(session, stranger, ids(approved))
        batch = make_sent(session, two, ids(approved))
        for call in (
            lambda: let_go(session, stranger, batch.id),
            lambda: answer(session, stranger, batch.id, *paid(session, batch.id)),
            lambda: service.claw_back(
                session,
                stranger,
                claim_id=ids(approved)[0],
                said=(0, "x"),
                shelf=shelf(),
                now=now(session),
            ),
        ):
            with pytest.raises(NotFound):
                call()


def test_a_batch_given_up_leaves_its_claims_for_the_next(database, two, approved):
    with database.transaction() as session:
        batch = make_batch(session, two[0], ids(approved)).batch
    with database.transaction() as session:
        service.give_up(
            session, two[0], batch_id=batch.id, reason="选错了", shelf=shelf(), now=now(session)
        )
    with database.transaction() as session, pytest.raises(Conflict, match="batch_given_up"):
        let_go(session, two[1], batch.id)
    with database.transaction() as session:
        again = make_sent(session, two, ids(approved))
    assert again.number.endswith("-02")
    assert [each.try_number for each in payments_of(database, ids(approved)[0])] == [1, 2]
    assert_sums_agree(database)


def test_the_money_came_back_after_days_and_is_paid_again(database, keys, two, approved):
    own, claim_id = approved[0]
    with database.transaction() as session:
        batch = make_sent(session, two, [claim_id])
        answer(session, two[0], batch.id, *paid(session, batch.id))
    assert batch_now(database, batch.id).state == "settled"
    with database.transaction() as session:
        answer(session, two[0], batch.id, *paid(session, batch.id, Result.RETURNED))
        claim = queries.claims_locked(session, [claim_id])[claim_id]
        assert (claim.state, claim.paid_fen) == ("bank_returned", 0)
        with pytest.raises(Conflict, match="again_same"):
            pay_again(session, two[0], claim)
        new_account(session, keys, two, own)
        pay_again(session, two[0], queries.claims_locked(session, [claim_id])[claim_id])
    with database.transaction() as session:
        second = make_sent(session, two, [claim_id])
        answer(session, two[0], second.id, *paid(session, second.id))
    claim = claim_now(database, claim_id)
    assert (claim.state, claim.paid_fen, claim.account_mask[-4:]) == ("paid", 60_000, "4567")
    assert [(each.state, each.try_number) for each in payments_of(database, claim_id)] == [
        ("returned", 1),
        ("paid", 2),
    ]
    assert_sums_agree(database)


def pay_again(session, actor: Actor, claim) -> None:
    service.pay_again(
        session,
        actor,
        claim_id=claim.id,
        version=claim.version,
        shelf=shelf(),
        now=now(session),
    )


def test_what_was_paid_wrongly_is_clawed_back_and_comes_in_by_parts(database, two, approved):
    claim_id = ids(approved)[0]
    with database.transaction() as session:
        batch = make_sent(session, two, [claim_id])
        answer(session, two[0], batch.id, *paid(session, batch.id))
        claim = queries.claims_locked(session, [claim_id])[claim_id]
        said = (claim.version, "证书被撤销")
        at = now(session)
        service.claw_back(session, two[0], claim_id=claim_id, said=said, shelf=shelf(), now=at)
        for version, fen in ((said[0] + 1, 20_000), (said[0] + 2, 40_000)):
            part = (version, fen, None)
            service.recover(session, two[0], claim_id=claim_id, said=part, shelf=shelf(), now=at)
        with pytest.raises(Conflict, match="claim_stale"):
            service.recover(session, two[0], claim_id=claim_id, said=part, shelf=shelf(), now=at)
    claim = claim_now(database, claim_id)
    assert (claim.state, claim.paid_fen, claim.recovered_fen) == ("clawed_back", 60_000, 60_000)
    assert [each.amount_fen for each in steps_of(database, claim_id)][-3:] == [
        *(60_000, 20_000, 40_000)
    ]
    assert_sums_agree(database)
