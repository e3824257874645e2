"""A claim is begun, handed in, looked at by two and moved on: once, by what is known right then."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.accounts.service import consents
from lms.audit import queries as audit
from lms.core.errors import Conflict, NotFound
from lms.db.session import Database, now
from lms.subsidy import service
from lms.subsidy.domain.claim_record import GENESIS, step_hash
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.gateway import shelf
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.service import HandedIn, Move
from tests.factories.claims import (
    claim_now,
    decision_of,
    ground,
    make_claim,
    make_claimant,
    make_draft,
    make_passed,
    make_reviewer,
    move,
    steps_of,
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


def count(database: Database, what=SubsidyClaim) -> int:
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_what_is_handed_in_keeps_account_promise_and_a_number(database, claimant):
    with database.transaction() as session:
        claim = make_claim(session, claimant)
        assert claim.number is not None
        assert claim.number.startswith("BT-")
        assert claim.number.endswith("-0001")
        assert (claim.state, claim.amount_fen, claim.account_mask[-4:]) == (
            *("submitted", 60_000),
            f"{claimant.person.id:06d}"[-4:],
        )
        assert claim.promise_id is not None


def test_a_second_claim_for_the_same_is_told_that_there_is_one(database, claimant):
    with database.transaction() as session:
        make_draft(session, claimant)
    with database.transaction() as session, pytest.raises(Conflict, match="claim_exists"):
        make_draft(session, claimant)


def test_the_database_itself_refuses_a_second_claim(database, claimant):
    with database.transaction() as session:
        claim = make_draft(session, claimant)
        session.flush()
        again = {
            each.name: getattr(claim, each.name)
            for each in SubsidyClaim.__table__.columns
            if each.name != "id"
        }
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(SubsidyClaim.__table__.insert().values(again))
        session.execute(text("DROP INDEX uq_subsidy_claim_thing"))
        session.execute(SubsidyClaim.__table__.insert().values(again))
    assert count(database) == 2, "without the index the promise breaks"


def test_of_ten_who_begin_at_once_one_does(database, claimant):
    with database.transaction() as session:
        decision = decision_of(session, claimant)

    def begin(_: int) -> str:
        try:
            with database.transaction() as session:
                service.begin(session, claimant.actor, decision_id=decision, ground=ground(session))
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(begin, range(10))) == ["claim_exists"] * 9 + ["done"]
    assert count(database) == 1


def test_a_decision_that_changed_meanwhile_begins_nothing_and_says_so(database, claimant):
    with database.transaction() as session:
        old = decision_of(session, claimant)
        make_fact(session, claimant.person, FactKey.PAST_SUBSIDIES, [PAST])
    with database.transaction() as session, pytest.raises(Conflict, match="decision_changed"):
        service.begin(session, claimant.actor, decision_id=old, ground=ground(session))
    with database.transaction() as session, pytest.raises(Conflict, match="not_eligible"):
        make_draft(session, claimant)
    assert count(database) == 0


def test_nobody_claims_by_somebody_elses_decision(database, claimant, keys):
    with database.transaction() as session:
        other = make_claimant(session, keys)
        decision = decision_of(session, claimant)
        with pytest.raises(NotFound):
            service.begin(session, other.actor, decision_id=decision, ground=ground(session))


def test_without_consent_or_promise_nothing_is_handed_in(database, claimant):
    with database.transaction() as session:
        claim = make_draft(session, claimant)
        session.flush()
        consents.take_back(
            session, person_id=claimant.person.id, subject="handover", now=now(session)
        )
        sent = HandedIn(claim.version, has_promised=True, address="10.0.0.1")
        with pytest.raises(Conflict, match="consent_missing"):
            service.hand_in(
                session, claimant.actor, claim_id=claim.id, sent=sent, ground=ground(session)
            )


def test_steps_are_chained_and_stand_in_the_audit_log(database, claimant, two):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
    steps = steps_of(database, claim.id)
    assert [(each.act, each.to_state) for each in steps] == [
        ("submit", "submitted"),
        ("first_look", "in_review"),
        ("second_look", "in_review"),
    ]
    last = GENESIS
    for each in steps:
        last = step_hash(last, {**each.__dict__})
        assert last == each.hash
    with database.snapshot() as session:
        assert audit.verify(session).fault is None
        said = session.execute(
            text("SELECT details FROM audit_entry WHERE action = 'claim.second_look'")
        ).scalar_one()
    assert last in str(said)


def test_of_twenty_who_pass_it_at_once_one_does(database, claimant, two):
    with database.transaction() as session:
        claim = make_claim(session, claimant)
        move(session, claim.id, ClaimAct.FIRST_LOOK, two[0].person_id)
        others = [make_reviewer(session).person_id for _ in range(20)]
        version = claim.version

    def look(by: int) -> str:
        try:
            with database.transaction() as session:
                move(session, claim.id, ClaimAct.SECOND_LOOK, by, version=version)
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(look, others))
    assert said.count("done") == 1
    assert set(said) == {"done", "claim_looked_twice"}
    assert len(steps_of(database, claim.id)) == 3


def test_a_page_that_is_stale_does_nothing(database, claimant, two):
    with database.transaction() as session:
        claim = make_claim(session, claimant)
        with pytest.raises(Conflict, match="claim_stale"):
            move(session, claim.id, ClaimAct.FIRST_LOOK, two[0].person_id, version=0)


def test_the_database_keeps_two_people_apart(database, claimant, two):
    with database.transaction() as session:
        claim = make_claim(session, claimant)
        move(session, claim.id, ClaimAct.FIRST_LOOK, two[0].person_id)
        for by in (claimant.person.id, two[0].person_id):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(
                    text("UPDATE subsidy_claim SET second_by_id = :by WHERE id = :id"),
                    {"by": by, "id": claim.id},
                )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'paid', paid_fen = amount_fen, version = version + 1, second_by_id = :by",
        "state = 'approved', second_by_id = :by, version = version + 1",
        "number = 'BT-00-00-0001'",
        "person_id = :by",
        "version = version - 1",
    ],
)
def test_the_database_refuses_what_the_table_of_states_does_not_know(
    database, claimant, two, change
):
    with database.transaction() as session:
        claim = make_claim(session, claimant)
        move(session, claim.id, ClaimAct.FIRST_LOOK, two[0].person_id)
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(
                text(f"UPDATE subsidy_claim SET {change} WHERE id = :id"),  # noqa: S608 (ours)
                {"id": claim.id, "by": two[1].person_id},
            )


def test_steps_are_never_changed_nor_deleted(database, claimant):
    with database.transaction() as session:
        make_claim(session, claimant)
        for said in (
            "UPDATE subsidy_claim_step SET reason = 'x'",
            "DELETE FROM subsidy_claim_step",
        ):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(said))


def test_a_withdrawn_claim_leaves_the_thing_free(database, claimant):
    with database.transaction() as session:
        claim = make_claim(session, claimant)
        service.take_back(
            session,
            claimant.actor,
            claim_id=claim.id,
            version=claim.version,
            ground=ground(session),
        )
    with database.transaction() as session:
        again = make_claim(session, claimant)
        assert again.number is not None
        assert again.number.endswith("-0002")


def test_many_move_at_once_and_those_refused_stay(database, keys, two):
    with database.transaction() as session:
        people = [make_claimant(session, keys) for _ in range(3)]
        claims = [make_claim(session, each).id for each in people]
        make_fact(session, people[1].person, FactKey.PAST_SUBSIDIES, [PAST])
        moves = [Move(each, ClaimAct.FIRST_LOOK, two[0].person_id) for each in claims]
        done = service.advance(session, [*moves, moves[0]], shelf=shelf(), now=now(session))
    assert [each.move.claim_id for each in done.moved] == [claims[0], claims[2]]
    assert [(each.move.claim_id, each.why.code) for each in done.refused] == [
        (claims[1], "claim_not_met")
    ]
    assert claim_now(database, claims[1]).state == "submitted"
