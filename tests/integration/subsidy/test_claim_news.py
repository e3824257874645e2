"""The learner is told of each step once, in the inbox, and of some of them by text."""

import pytest
from sqlalchemy import select

from lms.core.errors import Conflict
from lms.notify.models import InboxMessage, SmsMessage
from lms.subsidy.domain.claim_states import ClaimAct
from tests.factories.claims import make_passed, move

A = ClaimAct


def inbox(database, person_id):
    with database.snapshot() as session:
        own = select(InboxMessage).where(InboxMessage.person_id == person_id)
        return list(session.scalars(own.order_by(InboxMessage.id)))


def test_from_handing_in_to_the_money_each_step_is_told(database, claimant, two):
    first, second = (each.person_id for each in two)
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        number, claim_id = claim.number, claim.id
        move(session, claim_id, A.PUBLICISE, first, about={"until": "2026-07-17"})
        move(session, claim_id, A.OBJECT, None)
        move(session, claim_id, A.DISMISS, second)
        for act in (A.APPROVE, A.PLAN, A.SEND):
            move(session, claim_id, act, second)
        move(session, claim_id, A.PAY, second, fen=60_000, about={"instalment": 1})
    told = inbox(database, claimant.person.id)
    assert [each.template.removeprefix("claim_") for each in told] == [
        *("submitted", "looked_at", "passed", "public", "objected", "objection_settled"),
        *("approved", "paid"),
    ]
    assert told[3].params == {"claim": number, "id": claim_id, "until": "2026-07-17"}
    ending = f"{claimant.person.id:06d}"[-4:]
    assert told[-1].params == {
        "claim": number,
        "id": claim_id,
        "amount": 60_000,
        "ending": ending,
    }
    with database.snapshot() as session:
        texts = session.scalars(select(SmsMessage.template).order_by(SmsMessage.created_at)).all()
    assert set(texts) == {"claim_submitted", "claim_public", "claim_paid"}


def test_what_was_not_done_is_not_told(database, claimant, two):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        with pytest.raises(Conflict):
            move(session, claim.id, A.APPROVE, two[0].person_id)
    assert len(inbox(database, claimant.person.id)) == 3


def test_why_it_came_back_stands_in_the_inbox_and_in_no_text(database, claimant, two):
    why = "请补拍结业证书，照片看不清"
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        move(session, claim.id, A.RETURN, two[0].person_id, reason=why)
    assert inbox(database, claimant.person.id)[-1].params["reason"] == why
    with database.snapshot() as session:
        texts = list(session.scalars(select(SmsMessage.text)))
    assert not [each for each in texts if why in each]


def test_what_began_anew_is_told_with_its_cause(database, claimant, two):
    with database.transaction() as session:
        claim = make_passed(session, claimant, *two)
        about = {"causes": ["badge_revoked", "decided_anew"]}
        move(session, claim.id, A.REOPEN, None, about=about)
    reason = inbox(database, claimant.person.id)[-1].params["reason"]
    assert reason["text"] == "The badge of the course was taken back."
