"""The demo's claims: one in each state, as the site itself would have written them."""

from collections import Counter

from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.audit import queries as audit
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.handover.models import Handover
from lms.notify.models import InboxMessage
from lms.roster.models import RosterBatch
from lms.subsidy import queries
from lms.subsidy.domain.claim_record import GENESIS, step_hash
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.gateway import shelf
from lms.subsidy.models import (
    Evidence,
    NoticeRow,
    PaymentBatch,
    SubsidyClaim,
    SubsidyClaimStep,
    SubsidyPayment,
)
from lms.subsidy.service import decide_people


def test_a_county_has_a_claim_in_each_state_and_the_neighbour_some(demo: Database) -> None:
    own = SubsidyClaim
    with demo.snapshot() as session:
        states = {
            tuple(row)
            for row in session.execute(
                select(own.state, own.money).where(own.county_code == "330822")
            )
        }
        neighbours = set(session.scalars(select(own.state).where(own.county_code == "330881")))
        doubted = set(session.scalars(select(own.state).where(own.doubt_at.is_not(None))))
        step = SubsidyClaimStep
        causes = session.scalars(select(step.about).where(step.act == "doubt")).all()
        looked_at = session.scalar(
            select(func.count()).where(own.state == "in_review", own.second_by_id.is_(None))
        )
    assert {state for state, _ in states} == set(ClaimState)
    assert {money for state, money in states if state == "approved"} == {"none", "planned", "sent"}
    assert {"submitted", "in_review", "publicised", "approved", "paid"} == neighbours
    assert {"paid", "clawed_back"} == doubted
    assert causes == [{"causes": ["decided_anew"]}] * 2
    assert looked_at == 1


def test_lists_batches_and_objections_stand_in_each_state(demo: Database) -> None:
    with demo.snapshot() as session:
        board = queries.notice_board(session, ["330822"], local_day(now(session)))
        batches = Counter(session.scalars(select(PaymentBatch.state)))
        payments = Counter(session.scalars(select(SubsidyPayment.state)))
        rulings = {each.objection.ruling for each in queries.objection_lines(session, ["330822"])}
        shown = session.scalars(select(NoticeRow.shown)).all()
    assert [each.seen.stands for each in board] == ["open", "over", "over", "cancelled"]
    assert (board[0].standing, board[0].objected, board[0].open_objections) == (3, 1, 1)
    assert batches == {"settled": 2, "released": 1, "prepared": 1}
    assert payments == {"paid": 5, "returned": 1, "sent": 2, "planned": 1}
    assert rulings == {None, "upheld", "dismissed"}
    assert all(each["number"].startswith("*" * 14) for each in shown)


def test_sums_agree_and_every_chain_holds(demo: Database) -> None:
    with demo.snapshot() as session:
        assert queries.first_difference(session) is None
        assert audit.verify(session).fault is None
        last: dict[int, str] = {}
        steps = session.scalars(select(SubsidyClaimStep).order_by(SubsidyClaimStep.id))
        for each in steps:
            last[each.claim_id] = step_hash(last.get(each.claim_id, GENESIS), {**each.__dict__})
            assert each.hash == last[each.claim_id]
            assert each.at < now(session)
        began = session.scalar(select(func.count()).where(SubsidyClaim.state != "draft"))
    assert len(last) == began


def test_learners_were_told_each_step_and_the_supervisor_has_a_package(demo: Database) -> None:
    with demo.snapshot() as session:
        told = session.execute(
            select(InboxMessage.template, InboxMessage.read_at.is_not(None))
            .join(Person, Person.id == InboxMessage.person_id)
            .where(Person.phone == "13800095303")
            .order_by(InboxMessage.id)
        ).all()
        everything = set(session.scalars(select(InboxMessage.template)))
        packages = session.scalar(select(func.count()).select_from(Handover))
    assert [template for template, _ in told] == [
        "claim_submitted",
        "claim_looked_at",
        "claim_passed",
        "claim_public",
        "claim_passed",
        "claim_public",
        "claim_approved",
        "claim_bank_returned",
    ]
    assert told[0][1]
    assert packages == 1
    assert {"claim_paid", "claim_returned", "claim_rejected", "claim_doubted"} < everything


def test_deciding_everybody_anew_changes_no_claim(demo: Database) -> None:
    with demo.transaction() as session:
        people = set(session.scalars(select(SubsidyClaim.person_id)))
        assert decide_people(session, people=people, shelf=shelf(), now=now(session)).written == 0
        assert queries.claims_with_causes(session, after=0, limit=1) == []
        assert session.scalar(select(func.count()).select_from(Evidence)) == len(people)
        session.rollback()


def test_each_county_asked_for_its_lists_to_be_frozen_in_its_own_form(demo: Database) -> None:
    own = RosterBatch
    with demo.snapshot() as session:
        asked = session.execute(select(own.county_code, own.kind, own.number, own.state)).all()
        forms = session.scalars(select(own.template)).all()
    both = [(kind, 1, "freezing") for kind in ("completions", "application")]
    assert sorted(map(tuple, asked)) == sorted(
        (county, *each) for county in ("330822", "330881") for each in both
    )
    assert all(form["columns"] for form in forms)
