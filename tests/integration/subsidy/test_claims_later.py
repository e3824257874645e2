"""What changes after somebody looked: caps, payments from elsewhere, badges, consents."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lms.accounts.service import consents
from lms.core.clock import local_day
from lms.core.errors import Conflict
from lms.credentials.events import BadgeRevoked
from lms.db.bus import emit
from lms.db.session import Database, now
from lms.payments.events import Refunded
from lms.progress.events import FlagChanged
from lms.progress.models import StudyFlag
from lms.subsidy import service, tasks
from lms.subsidy.domain.claim_states import Cause, ClaimAct
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.service import HandedIn
from tests.factories.claims import (
    Claimant,
    claim_now,
    ground,
    make_claimant,
    make_draft,
    make_passed,
    make_rules,
    move,
    other_programme,
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


def test_a_cap_of_one_a_year_lets_one_of_two_programmes_through_at_once(database, keys):
    with database.transaction() as session:
        make_rules(session, a_year=1)
        claimant = make_claimant(session, keys)
        other = other_programme(session, claimant)
        drafts = [make_draft(session, each) for each in (claimant, other)]
        session.flush()
        ids = [each.id for each in drafts]

    def hand_in(claim_id: int) -> str:
        sent = HandedIn(0, has_promised=True, address="10.0.0.1")
        try:
            with database.transaction() as session:
                service.hand_in(
                    session, claimant.actor, claim_id=claim_id, sent=sent, ground=ground(session)
                )
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hand_in, ids)) == ["claim_not_met", "done"]


def test_what_the_bureau_says_later_begins_the_claim_anew(database, claimant, two):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        make_fact(session, claimant.person, FactKey.PAST_SUBSIDIES, [PAST])
    settle(database)
    anew = claim_now(database, claim.id)
    assert (anew.state, anew.first_by_id, anew.second_by_id) == ("submitted", None, None)
    last = steps_of(database, claim.id)[-1]
    assert (last.act, last.by_id, last.about) == ("reopen", None, {"causes": ["decided_anew"]})
    settle(database)
    assert len(steps_of(database, claim.id)) == 4, "it began anew once"


def test_before_it_began_anew_nobody_goes_on_with_it(database, claimant, two):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        service.note_of_enrollment(
            session,
            claimant.study.enrollment.id,
            Cause.BADGE_REVOKED,
            "credential:1",
            at=now(session),
        )
        with pytest.raises(Conflict, match="claim_changed"):
            move(session, claim.id, ClaimAct.PUBLICISE, two[0].person_id)


def test_what_is_told_of_the_same_payment_is_no_second_one(database, claimant, two):
    """The province lists what this site paid; that must not speak against the claim itself."""
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        today = local_day(claim.submitted_at).isoformat()
        make_fact(session, claimant.person, FactKey.PAST_SUBSIDIES, [{**PAST, "date": today}])
    settle(database)
    assert claim_now(database, claim.id).state == "in_review"


def settle(database: Database) -> None:
    """Let the worker do what it does by itself."""
    tasks.decide_what_is_due(database, None)
    tasks.look_at_claims_again(database, None)


@pytest.mark.parametrize("happens", ["consent", "badge", "refund", "suspicion"])
def test_what_happens_after_both_looks_begins_the_claim_anew(database, claimant, two, happens):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        move(session, claim.id, ClaimAct.PUBLICISE, two[0].person_id)
    let_happen(database, claimant, happens)
    settle(database)
    assert claim_now(database, claim.id).state == "submitted"
    assert steps_of(database, claim.id)[-1].act == "reopen"


@pytest.mark.parametrize("happens", ["consent", "badge", "refund", "suspicion"])
def test_once_the_money_is_there_somebody_is_called_to_look(database, claimant, two, happens):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        for act in (ClaimAct.PUBLICISE, ClaimAct.APPROVE, ClaimAct.PLAN, ClaimAct.SEND):
            move(session, claim.id, act, two[0].person_id)
        move(session, claim.id, ClaimAct.PAY, two[0].person_id, fen=60_000)
    let_happen(database, claimant, happens)
    settle(database)
    now_ = claim_now(database, claim.id)
    assert (now_.state, now_.paid_fen, now_.doubt_at is not None) == ("paid", 60_000, True)
    settle(database)
    assert steps_of(database, claim.id)[-1].act == "doubt"


def let_happen(database: Database, claimant: Claimant, what: str) -> None:
    """Let the other features tell what happened, as they do."""
    own, taken = claimant.person.id, claimant.study.enrollment.id
    with database.transaction() as session:
        at = now(session)
        if what == "consent":
            consents.take_back(session, person_id=own, subject="handover", now=at)
        elif what == "badge":
            emit(session, BadgeRevoked("badge-1", taken, own, at))
        elif what == "refund":
            emit(session, Refunded("refund-1", taken, at))
        else:
            session.add(
                StudyFlag(person_id=own, kind="long_nights", day=739_000, evidence={}, found_at=at)
            )
            session.flush()
            emit(session, FlagChanged(own, at))
