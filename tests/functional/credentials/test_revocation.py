"""Taking a badge back: a reason, a second person, and everybody who must know it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEntry
from lms.core.access import Role
from lms.credentials.gateway import checking
from lms.credentials.models import BadgeRequest, Credential
from lms.db.session import Database
from lms.notify.models import SmsMessage
from tests.factories.roster import NEIGHBOUR
from tests.functional.credentials.conftest import Administrator
from tests.functional.credentials.desk import PLEA, ask, request_of, rule
from tests.support.site import Client, Jobs


def test_two_people_revoke_a_badge_and_everybody_is_told(
    administrator: Administrator,
    client: Client,
    holder: Client,
    badge: Credential,
    database: Database,
    run_jobs: Jobs,
) -> None:
    first, second = administrator("周敏"), administrator("程晓红")
    assert ask(first, badge) == 302
    assert "这枚徽章现在有效" in client.get(f"/credentials/{badge.id}").text
    assert rule(second, request_of(database)) == 302
    run_jobs()
    shown = client.get(f"/credentials/{badge.id}").text
    assert "这枚徽章已经作废" in shown
    assert "有的学时不是本人学的" in shown
    assert "3 学时" not in shown, "the note is for the holder and the desk"
    own = holder.get("/me/badges").text
    assert "有 3 学时不是本人看的" in own
    assert "30 天内打 12333" in own
    with database.snapshot() as session:
        message = session.scalars(select(SmsMessage)).one()
        assert badge.serial in message.text
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["credential.revoke_asked", "credential.revoke_confirmed"]


def test_the_published_list_carries_the_bit_after_the_job(
    administrator: Administrator,
    client: Client,
    badge: Credential,
    database: Database,
    run_jobs: Jobs,
) -> None:
    before = client.get("/credentials/status/1").text
    ask(administrator(), badge)
    rule(administrator("程晓红"), request_of(database))
    run_jobs()
    after = client.get("/credentials/status/1").text
    bits = [json.loads(each)["credentialSubject"]["encodedList"] for each in (before, after)]
    assert [checking.bit_of(each, badge.status_index or 0) for each in bits] == [False, True]


def test_nobody_confirms_their_own_request(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    alone = administrator()
    ask(alone, badge)
    assert rule(alone, request_of(database)) == 403
    assert "要请另一位管理员来定" in alone.get("/staff/badges/requests").text
    with database.snapshot() as session:
        assert session.get_one(Credential, badge.id).state == "valid"


def test_a_declined_request_leaves_the_badge_and_may_be_made_anew(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    first, second = administrator("周敏"), administrator("程晓红")
    ask(first, badge)
    assert ask(second, badge) == 409
    assert rule(second, request_of(database), "declined") == 302
    assert rule(second, request_of(database)) == 409
    assert ask(second, badge, reason="issued_in_error") == 302
    with database.snapshot() as session:
        assert session.get_one(Credential, badge.id).state == "valid"


def test_a_revoked_badge_is_not_revoked_twice(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    first, second = administrator("周敏"), administrator("程晓红")
    ask(first, badge)
    rule(second, request_of(database))
    assert ask(first, badge) == 409
    assert "提出作废这枚徽章" not in first.get(f"/staff/badges/{badge.id}").text


def test_out_of_reach_is_not_found_and_a_supervisor_only_reads(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    neighbour = administrator("毛国平", county_code=NEIGHBOUR)
    assert ask(neighbour, badge) == 404
    assert neighbour.get(f"/staff/badges/{badge.id}").status_code == 404
    supervisor = administrator("郑文英", role=Role.SUPERVISOR)
    shown = supervisor.get(f"/staff/badges/{badge.id}")
    assert shown.status_code == 200
    assert "提出作废" not in shown.text
    assert ask(supervisor, badge) == 403
    ask(administrator(), badge)
    assert rule(neighbour, request_of(database)) == 404
    assert rule(supervisor, request_of(database)) == 403
    assert badge.serial not in neighbour.get("/staff/badges/requests").text


def test_both_have_to_prove_anew_who_they_are(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    long_ago = timedelta(minutes=11)
    stale = administrator("周敏", confirmed=long_ago)
    answer = stale.post(f"/staff/badges/{badge.id}/requests", data=PLEA)
    assert "/confirm" in answer.location
    with database.snapshot() as session:
        assert session.scalars(select(BadgeRequest)).all() == []
    ask(administrator("周敏"), badge)
    second = administrator("程晓红", confirmed=long_ago)
    sent = {"ruling": "confirmed"}
    answer = second.post(f"/staff/badges/requests/{request_of(database)}", data=sent)
    assert "/confirm" in answer.location
    with database.snapshot() as session:
        assert session.get_one(Credential, badge.id).state == "valid"


def test_what_is_missing_or_odd_is_said_and_changes_nothing(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    browser = administrator()
    assert ask(browser, badge, reason="because") == 422
    assert ask(browser, badge, note="  ") == 422
    assert ask(browser, badge, note="长" * 501) == 422
    assert rule(browser, 2**63 - 1) == 404
    assert browser.post(f"/staff/badges/requests/{2**70}", data={}).status_code == 404
    with database.snapshot() as session:
        assert session.scalars(select(BadgeRequest)).all() == []


def test_the_desk_reaches_the_badge_from_the_learners_page(
    administrator: Administrator, badge: Credential
) -> None:
    shown = administrator().get(f"/staff/learners/{badge.person_id}").text
    assert f"/staff/badges/{badge.id}" in shown


def test_the_database_refuses_one_person_in_both_parts(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    ask(administrator(), badge)
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(
            text(
                "UPDATE badge_request SET ruling = 'confirmed', ruled_by_id = asked_by_id, "
                "ruled_at = asked_at"
            )
        )
