"""A badge that was revoked wrongly, or whose record was put right, is issued anew by two people."""

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEntry
from lms.credentials import tasks
from lms.credentials.models import BadgeRequest, Credential
from lms.credentials.service import issuing
from lms.db.session import Database, now
from lms.notify.models import SmsMessage
from lms.progress.models import MaterialProgress
from lms.settings import Settings
from tests.functional.credentials.conftest import Administrator
from tests.functional.credentials.desk import NEW_BADGE, ask, request_of, rule
from tests.support.site import Client, Jobs


def badges(database: Database) -> list[Credential]:
    with database.snapshot() as session:
        return list(session.scalars(select(Credential).order_by(Credential.created_at)))


def intended(database: Database, badge: Credential) -> str | None:
    with database.transaction() as session:
        return issuing.intend(
            session,
            enrollment_id=badge.enrollment_id,
            person_id=badge.person_id,
            course_id=badge.course_id,
            at=now(session),
        )


@pytest.fixture
def two(administrator: Administrator, badge: Credential, database: Database) -> tuple[Client, ...]:
    """Two administrators who revoked the badge together."""
    first, second = administrator("周敏"), administrator("程晓红")
    ask(first, badge)
    rule(second, request_of(database))
    return first, second


def test_two_people_issue_a_new_badge_that_says_what_the_record_says_now(
    two: tuple[Client, ...],
    client: Client,
    holder: Client,
    badge: Credential,
    database: Database,
    run_jobs: Jobs,
) -> None:
    first, second = two
    with database.transaction() as session:
        session.scalars(select(MaterialProgress)).one().credited_ms = 45 * 60_000
    assert ask(first, badge, **NEW_BADGE) == 302
    assert "等另一位管理员来定" in first.get(f"/staff/badges/{badge.id}").text
    assert len(badges(database)) == 1
    assert rule(second, request_of(database)) == 302
    run_jobs()
    old, new = badges(database)
    assert (old.state, new.state) == ("revoked", "valid")
    assert (old.document, old.serial) == (badge.document, badge.serial)
    assert new.serial != badge.serial
    assert new.status_index != badge.status_index
    said = json.loads(new.document or "")["credentialSubject"]["result"]
    assert [each["value"] for each in said if "hours" in each["resultDescription"]] == ["1.0"]
    for page, link in (
        (client.get(f"/credentials/{old.id}").text, f"/credentials/{new.id}"),
        (holder.get(f"/me/badges?badge={old.id}").text, f"/me/badges?badge={new.id}"),
        (first.get(f"/staff/badges/{old.id}").text, f"/staff/badges/{new.id}"),
    ):
        assert "已经重新发了一枚" in page
        assert link in page
    assert "这枚徽章已经作废" in client.get(f"/credentials/{old.id}").text
    assert "这枚徽章现在有效" in client.get(f"/credentials/{new.id}").text
    assert "已经重新发了一枚" not in first.get(f"/staff/badges/{new.id}").text
    with database.snapshot() as session:
        told = session.scalars(select(SmsMessage.text)).all()
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert sorted("重新发了一枚" in each for each in told) == [False, True]
    assert acts[-2:] == ["credential.reissue_asked", "credential.reissue_confirmed"]


def test_what_was_revoked_stays_away_until_two_people_decide_otherwise(
    two: tuple[Client, ...],
    badge: Credential,
    database: Database,
    settings: Settings,
    run_jobs: Jobs,
) -> None:
    first, second = two
    tasks.start_the_day(database, settings)
    run_jobs()
    assert [each.state for each in badges(database)] == ["revoked"]
    assert ask(first, badge, **NEW_BADGE) == 302
    assert ask(second, badge, **NEW_BADGE) == 409
    assert rule(first, request_of(database)) == 403
    assert rule(second, request_of(database), "declined") == 302
    assert [each.state for each in badges(database)] == ["revoked"]


def test_a_badge_that_stands_is_not_issued_anew(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    browser = administrator()
    assert ask(browser, badge, **NEW_BADGE) == 409
    assert ask(browser, badge, aim="reissue") == 422, "a reason for revoking is none for this"
    assert ask(browser, badge, reason="objection_upheld") == 422
    assert len(badges(database)) == 1


def test_the_new_badge_is_made_once_and_may_be_revoked_in_its_turn(
    two: tuple[Client, ...], badge: Credential, database: Database, run_jobs: Jobs
) -> None:
    first, second = two
    ask(first, badge, **NEW_BADGE)
    rule(second, request_of(database))
    assert "新徽章正在签发" in first.get(f"/staff/badges/{badge.id}").text
    assert ask(first, badge, **NEW_BADGE) == 409
    assert rule(second, request_of(database)) == 409
    run_jobs()
    _, new = badges(database)
    assert ask(first, new) == 302
    assert rule(second, request_of(database)) == 302
    assert [each.state for each in badges(database)] == ["revoked", "revoked"]
    assert ask(first, badge, **NEW_BADGE) == 409, "the request about the first one was used"
    assert ask(first, new, **NEW_BADGE) == 302


def test_who_asked_may_withdraw_and_nobody_else(
    administrator: Administrator, badge: Credential, database: Database
) -> None:
    first, second = administrator("周敏"), administrator("程晓红")
    ask(first, badge)
    request_id = request_of(database)
    assert "撤回申请" in first.get("/staff/badges/requests").text
    assert "撤回申请" not in second.get("/staff/badges/requests").text
    assert rule(second, request_id, "withdrawn") == 403
    assert rule(first, request_id, "withdrawn") == 302
    assert rule(second, request_id) == 409
    assert "已撤回" in second.get("/staff/badges/requests").text
    assert ask(second, badge) == 302
    assert badges(database)[0].state == "valid"


def test_the_database_refuses_a_new_badge_that_nobody_decided_on(
    two: tuple[Client, ...], badge: Credential, database: Database
) -> None:
    assert intended(database, badge) is None
    copied = "person_id, course_id, enrollment_id, 'pending', false, created_at FROM credential"
    insert = (
        "INSERT INTO credential "
        "(id, person_id, course_id, enrollment_id, state, shows_name, created_at) "
    )
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(f"{insert} SELECT 'other', {copied}"))
    ask(two[0], badge, **NEW_BADGE)
    assert intended(database, badge) is None, "one person asked, nobody confirmed"
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(f"{insert} SELECT 'other', {copied}"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE badge_request SET aim = 'reissue'",
        "UPDATE badge_request SET aim = 'revive'",
        "UPDATE badge_request SET reason = 'objection_upheld'",
        (
            "UPDATE badge_request SET ruling = 'withdrawn', ruled_by_id = asked_by_id + 1, "
            "ruled_at = asked_at"
        ),
        (
            "UPDATE badge_request SET ruling = 'confirmed', ruled_by_id = asked_by_id, "
            "ruled_at = asked_at"
        ),
        "UPDATE badge_request SET asked_by_id = asked_by_id + 1",
    ],
)
def test_the_database_keeps_requests_as_they_were_made(
    administrator: Administrator, badge: Credential, database: Database, statement: str
) -> None:
    ask(administrator("周敏"), badge)
    administrator("程晓红")
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(statement))
    with database.snapshot() as session:
        assert session.scalars(select(BadgeRequest.ruling)).all() == [None]
