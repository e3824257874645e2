"""A completed course leads to one signed badge that says what the ledger and the tests say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from lms.core.access import Scope, ScopeKind
from lms.credentials import tasks
from lms.credentials.gateway import keys
from lms.credentials.models import Credential, IssuerKey, StatusList
from lms.credentials.service import issuing
from lms.db.session import Database, now
from lms.enrollment import service as enrollment_service
from lms.enrollment.domain import EnrollmentStatus
from lms.jobs.models import Job
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters
from lms.settings import Settings
from tests.factories.accounts import COUNTY
from tests.factories.credentials import (
    issue_all,
    make_badge,
    make_badge_course,
    make_graduate,
    make_pending,
)
from tests.factories.roster import make_small_county
from tests.support.site import Jobs


def results(document: dict[str, Any]) -> dict[str, str]:
    found = document["credentialSubject"]["result"]
    return {
        each["resultDescription"].partition("#")[2]: each.get("value") or each["status"]
        for each in found
    }


def test_completing_a_course_leads_to_one_signed_badge_by_a_job(
    database: Database, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        graduate = make_graduate(session)
        graduate.enrollment.status = EnrollmentStatus.ACTIVE
        graduate.enrollment.completed_at = None
    with database.transaction() as session:
        enrollment_id = graduate.enrollment.id
        assert enrollment_service.complete(session, enrollment_id=enrollment_id, now=now(session))
    with database.snapshot() as session:
        pending = session.scalars(select(Credential)).one()
        assert (pending.state, pending.document) == ("pending", None)
    assert run_jobs() == 1
    with database.snapshot() as session:
        badge = session.scalars(select(Credential)).one()
        assert badge.state == "valid"
        assert badge.id == pending.id
        assert session.scalars(select(Job)).one().state == "done"


def test_a_badge_says_hours_score_course_institution_standard_and_evidence(
    database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings)
    document = json.loads(badge.document or "")
    subject = document["credentialSubject"]
    assert results(document) == {"hours": "2.0", "score": "80", "outcome": "Completed"}
    assert document["name"] == "结业徽章 · 直播之星 · 主播班 / Live Streaming Stars"
    assert subject["licenseNumber"] == badge.serial
    assert subject["source"]["name"].startswith("学堂")
    assert subject["activityEndDate"] == "2026-05-20T02:00:00Z"
    (alignment,) = subject["achievement"]["alignment"]
    assert alignment["targetCode"] == "4-01-06-02/L5"
    assert "4-01-02-07" in alignment["targetFramework"]
    assert "0 条" in document["evidence"][0]["narrative"]
    assert document["credentialStatus"]["statusListIndex"] == str(badge.status_index)
    assert document["issuer"]["id"] == "did:web:localhost"


def test_nothing_in_a_badge_names_the_person(database: Database, settings: Settings) -> None:
    badge = make_badge(database, settings, name="林秀芳")
    with database.snapshot() as session:
        phone = session.scalar(
            select(func.max(text("phone"))).select_from(text("person")).where(text("name='林秀芳'"))
        )
    signed = f"{badge.document} {keys.open_token(badge.jwt or '', _rsa(database))}"
    assert "林秀芳" not in signed
    assert phone not in signed


def _rsa(database: Database) -> dict[str, Any]:
    with database.snapshot() as session:
        return session.scalars(select(IssuerKey).where(IssuerKey.kind == "rsa")).one().public


def test_both_forms_say_the_same(database: Database, settings: Settings) -> None:
    badge = make_badge(database, settings)
    document = json.loads(badge.document or "")
    payload = keys.open_token(badge.jwt or "", _rsa(database))
    del document["proof"]
    assert {name: payload[name] for name in document} == document
    assert payload["jti"] == document["id"] == f"urn:uuid:{badge.id}"
    assert payload["sub"] == document["credentialSubject"]["id"]


def test_the_badge_shows_the_hours_of_the_completions_list(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        small = make_small_county(session)
        enrollment = small.finished
        issuing.intend(
            session,
            enrollment_id=enrollment.id,
            person_id=enrollment.person_id,
            course_id=enrollment.course_id,
            at=now(session),
        )
    (badge,) = issue_all(database, settings)
    with database.snapshot() as session:
        selection = roster.Selection((Scope(ScopeKind.PLATFORM),), Filters(county=COUNTY))
        (line,) = roster.stream(session, selection, chunk=9)
    said = results(json.loads(badge.document or ""))
    assert (said["hours"], said["score"]) == (f"{line.hours:.1f}", f"{line.final_percent:.0f}")
    assert (said["hours"], said["score"]) == ("2.0", "90")


def test_a_badge_is_due_once_however_often_it_is_asked_for(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        graduate = make_graduate(session)
        make_pending(session, graduate)
    issue_all(database, settings)
    with database.transaction() as session:
        again = issuing.intend(
            session,
            enrollment_id=graduate.enrollment.id,
            person_id=graduate.person.id,
            course_id=graduate.course.course.id,
            at=now(session),
        )
        assert again is None
        assert session.scalar(select(func.count()).select_from(Credential)) == 1


def test_the_database_refuses_a_second_badge_of_a_person_and_course(
    database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings)
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.add(
            Credential(
                id="00000000-0000-4000-8000-000000000000",
                person_id=badge.person_id,
                course_id=badge.course_id,
                enrollment_id=badge.enrollment_id,
                created_at=now(session),
            )
        )


@pytest.mark.parametrize(
    "change",
    [
        {"document": "{}"},
        {"jwt": "a.b.c"},
        {"serial": "XB26-0000-0000"},
        {"value": {"verified_ms": 1}},
        {"valid_until": datetime(2031, 1, 1, tzinfo=UTC)},
        {"state": "revoked", "revoked_at": datetime(2031, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_to_change_what_was_signed_or_to_revoke_it_alone(
    database: Database, settings: Settings, change: dict[str, Any]
) -> None:
    badge = make_badge(database, settings)
    with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
        session.execute(update(Credential).where(Credential.id == badge.id).values(**change))
    with database.transaction() as session:
        session.execute(update(Credential).where(Credential.id == badge.id).values(shows_name=True))


def test_two_workers_that_sign_the_same_badge_leave_one(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        badge_id = make_pending(session, make_graduate(session))
    signer = tasks.open_signer(database, settings)
    with database.transaction() as session:
        issuing.reserve(session, [badge_id], at=now(session))
    with database.snapshot() as session:
        (due,) = tasks.queries.due(session, [badge_id])
        at = now(session).replace(microsecond=0)
    first, second = issuing.signed(due, signer, at=at), issuing.signed(due, signer, at=at)
    with database.transaction() as session:
        assert issuing.keep(session, first)
    with database.transaction() as session:
        assert not issuing.keep(session, second)
        assert session.get_one(Credential, badge_id).document == first.document


def test_places_in_a_list_are_random_and_never_given_twice(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        course = make_badge_course(session)
        for _ in range(30):
            make_pending(session, make_graduate(session, course=course))
    badges = issue_all(database, settings)
    places = [badge.status_index or 0 for badge in badges]
    by_id = [badge.status_index or 0 for badge in sorted(badges, key=lambda badge: badge.id)]
    assert len(set(places)) == 30
    assert places != sorted(places)
    assert by_id != sorted(by_id)
    assert max(places) - min(places) > 10_000
    with database.snapshot() as session:
        assert session.get_one(StatusList, 1).taken == 30


def test_a_full_list_is_followed_by_the_next(database: Database, settings: Settings) -> None:
    make_badge(database, settings)
    with database.transaction() as session:
        session.get_one(StatusList, 1).taken = 100_000
    badge = make_badge(database, settings, slug="second", programme="store-l5")
    assert badge.status_list == 2
    with database.snapshot() as session:
        assert session.get_one(StatusList, 2).document


def test_a_course_may_say_how_long_its_badge_is_good_for(
    database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings, badge_months=36)
    issued = badge.issued_at
    assert issued is not None
    assert badge.valid_until is not None
    assert (badge.valid_until.year, badge.valid_until.month) == (issued.year + 3, issued.month)
    document = json.loads(badge.document or "")
    assert document["validUntil"] == badge.valid_until.isoformat().replace("+00:00", "Z")
    payload = keys.open_token(badge.jwt or "", _rsa(database))
    assert payload["exp"] == int(badge.valid_until.timestamp())
