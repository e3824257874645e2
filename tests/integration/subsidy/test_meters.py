"""The meter is judged from what the database holds; what nobody asked is unknown, never no."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lms.db.session import Database, now
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.service import move_one
from lms.subsidy import queries, service
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.domain.results import Outcome, Verdict
from lms.subsidy.gateway import shelf
from lms.subsidy.models import EligibilityDecision, LearnerFact
from tests.factories.accounts import make_person
from tests.factories.assessment import make_graded_attempt
from tests.factories.catalog import lesson, make_revision, quiz
from tests.factories.enrollment import make_enrollment
from tests.factories.subsidy import (
    TODAY,
    Subsidised,
    make_fact,
    make_known,
    make_subsidised,
    make_subsidised_course,
    make_watched,
)
from tests.integration.subsidy.conftest import meters_of, verdicts
from tests.support.statements import asked


def test_a_new_learner_is_told_what_is_known_missing_and_not_asked_yet(
    database: Database, own: Subsidised
) -> None:
    meter = meters_of(database, own)["anchor-l5"]
    found = verdicts(meter)
    assert found["REALNAME"] == ("pass", "verified")
    assert found["AGE"] == ("pass", "fits")
    assert found["CATALOGUE"] == ("pass", "listed")
    assert found["INTEGRITY"] == ("pass", "clear")
    assert found["HOURS"] == ("fail", "too_few")
    assert found["QUIZ"] == ("fail", "not_tried")
    assert found["WINDOW"] == ("not_applicable", "no_certificate")
    unknown = ["CONSENT", "GROUP", "RESIDENCE", "NOT_STAFF", "NOT_PENSION", "PAYEE"]
    unknown += ["NOT_FULLTIME_STUDENT", "CERT", "ONCE", "CAP_TOTAL", "NO_DOUBLE_FUND"]
    assert sorted(row.result.id for row in meter.checking) == sorted(unknown)
    assert (meter.policy.name, meter.decision.amount_fen) == ("qz-demo 2.0", 60_000)
    assert meter.marks == "oooo" + "u" * 11 + "nnn"


def test_hours_are_those_of_the_watch_ledger_by_day_to_the_millisecond(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=5)
        make_watched(session, own, "A02/text", minutes=9)
        make_watched(session, own, "A02/text", minutes=7.7, day="2026-05-03")
    meter = meters_of(database, own)["anchor-l5"]
    hours = next(row.result for row in meter.rows if row.result.id == "HOURS")
    assert hours.params == {"hours": "0.4", "needed": "24", "short": "23.6"}


def test_hours_and_tries_of_an_earlier_version_stay_after_a_move(
    database: Database, own: Subsidised
) -> None:
    """The next version has another video, teaches A02 no more and has the same final test."""
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=5)
        make_watched(session, own, "A02/text", minutes=18)
        make_graded_attempt(session, own.enrollment, own.course, "FINAL/final", percent=80)
        final = quiz("final", quiz_id=own.course.items["FINAL/final"].quiz_id)
        lessons = [lesson("A01"), lesson("FINAL", final)]
        newer = make_revision(session, own.course.course, lessons=lessons).revision
        before = now(session)
    met = meters_of(database, own)["anchor-l5"]
    with database.transaction() as session:
        enrollment_id = own.enrollment.id
        assert move_one(session, enrollment_id=enrollment_id, revision_id=newer.id, now=before)
    moved = meters_of(database, own)["anchor-l5"]
    for name in ("HOURS", "QUIZ"):
        first, then = (
            next(row.result for row in each.rows if row.result.id == name) for each in (met, moved)
        )
        assert first == then
    assert verdicts(moved)["QUIZ"][0] == "pass"


def test_what_was_watched_in_another_course_does_not_count(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        other = make_subsidised_course(session, programme="store-l5")
        there = make_enrollment(session, course=other, person=own.person)
        elsewhere = Subsidised(own.person, other, there, own.programme)
        make_watched(session, elsewhere, "A02/text", minutes=20)
    found = meters_of(database, own)
    assert verdicts(found["anchor-l5"])["HOURS"] == ("fail", "too_few")
    assert next(r for r in found["anchor-l5"].rows if r.result.id == "HOURS").result.params[
        "hours"
    ] == ("0")
    assert next(r for r in found["store-l5"].rows if r.result.id == "HOURS").result.params[
        "hours"
    ] == ("0.4")


def test_who_really_watches_and_passes_a_quiz_meets_the_demonstration(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=4.5)
    before = meters_of(database, own)["demo-intro"]
    assert before.decision.outcome is Outcome.NOT_ELIGIBLE
    with database.transaction() as session:
        make_graded_attempt(session, own.enrollment, own.course, "A01/quiz", percent=60)
    meter = meters_of(database, own)["demo-intro"]
    assert meter.is_eligible
    assert meter.is_practice
    assert meter.decision.amount_fen == 1_000


def test_a_millisecond_short_is_short(database: Database, own: Subsidised) -> None:
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=4.5 - 1 / 60_000)
    assert verdicts(meters_of(database, own)["demo-intro"])["HOURS"] == ("fail", "too_few")


def test_only_the_final_test_counts_for_the_real_programme(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        make_graded_attempt(session, own.enrollment, own.course, "A01/quiz", percent=100)
    assert verdicts(meters_of(database, own)["anchor-l5"])["QUIZ"] == ("fail", "not_tried")
    with database.transaction() as session:
        for number, percent in ((1, 50), (2, 59), (3, 40), (4, 100)):
            make_graded_attempt(
                session, own.enrollment, own.course, "FINAL/final", number=number, percent=percent
            )
    assert verdicts(meters_of(database, own)["anchor-l5"])["QUIZ"] == ("fail", "tries_used")


def test_who_somebody_is_in_law_is_judged_on_the_first_day(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.GROUPS, ["rural_transfer"], since="2026-05-02")
    assert verdicts(meters_of(database, own)["anchor-l5"])["GROUP"] == ("unknown", "missing")
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.GROUPS, ["rural_transfer"], since="2026-05-01")
    assert verdicts(meters_of(database, own)["anchor-l5"])["GROUP"] == ("pass", "listed")


def test_a_name_checked_after_the_class_began_is_checked(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.CONSENT, value=True, since="2026-05-20")
        make_fact(session, own.person, FactKey.CONSENT, value=False, since="2026-06-02")
    assert verdicts(meters_of(database, own)["anchor-l5"])["CONSENT"] == ("pass", "given")


def test_a_later_row_corrects_the_earlier_one(database: Database, own: Subsidised) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.REAL_NAME_VERIFIED, value=False)
    assert verdicts(meters_of(database, own)["anchor-l5"])["REALNAME"] == ("fail", "not_verified")
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.REAL_NAME_VERIFIED, value=None)
    assert verdicts(meters_of(database, own)["anchor-l5"])["REALNAME"] == ("unknown", "missing")
    with database.snapshot() as session:
        assert len(session.scalars(select(LearnerFact)).all()) == 5


def test_training_that_began_under_the_earlier_version_keeps_it(database: Database) -> None:
    with database.transaction() as session:
        began = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in China
        old = make_subsidised(session, enrolled_at=began)
        new = make_subsidised(session, enrolled_at=datetime(2025, 12, 31, 16, tzinfo=UTC))
    assert meters_of(database, old)["anchor-l5"].policy.version == "1.0"
    assert meters_of(database, new)["anchor-l5"].policy.version == "2.0"


def test_training_before_every_version_is_unknown(database: Database) -> None:
    with database.transaction() as session:
        old = make_subsidised(session, enrolled_at=datetime(2020, 1, 1, tzinfo=UTC))
    meter = meters_of(database, old)["anchor-l5"]
    assert meter.policy is None
    assert [row.result.id for row in meter.checking] == ["POLICY"]


def test_completed_lessons_are_counted_without_the_final_test(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        done = make_person(session)
        course = make_subsidised_course(session)
        make_enrollment(
            session,
            course=course,
            person=done,
            status=EnrollmentStatus.COMPLETED,
            done=["A01/video", "A01/quiz", "A02/text", "A02/quiz", "FINAL/final"],
        )
        make_known(session, done)
        found = queries.meters(session, done.id, shelf=shelf(), today=TODAY)
    lessons = next(row.result for row in found[0].rows if row.result.id == "ATTENDANCE")
    assert lessons.params == {"done": 2, "total": 2, "percent": "80"}
    assert found[0].next_course is None
    hours = next(row for row in found[0].rows if row.result.id == "HOURS")
    assert (hours.result.verdict.value, hours.next_step.code) == ("fail", "edition_done")


@pytest.mark.parametrize("status", [EnrollmentStatus.WITHDRAWN, EnrollmentStatus.CANCELLED])
def test_who_left_the_course_has_no_meter(database: Database, status: EnrollmentStatus) -> None:
    with database.transaction() as session:
        gone = make_subsidised(session, status=status)
    assert meters_of(database, gone) == {}


def test_reading_a_meter_is_one_statement_and_writes_nothing(
    database: Database, own: Subsidised
) -> None:
    meters_of(database, own)
    with asked(database) as said:
        meters_of(database, own)
    assert len(said) == 1
    with database.snapshot() as session:
        assert session.scalars(select(EligibilityDecision)).all() == []


def test_nothing_is_said_while_a_used_version_says_something_else(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        people = [own.person.id]
        service.decide_people(session, people=people, shelf=shelf(), now=now(session))
    changed = [
        replace(each, content=each.content.replace("600", "6000")) for each in shelf().policies
    ]
    other = replace(shelf(), policies=tuple(changed))
    with database.snapshot() as session:
        found = queries.meters(session, own.person.id, shelf=other, today=TODAY)
    assert [(row.result.id, row.result.code) for row in found[0].rows] == [("POLICY", "altered")]
    assert found[0].decision.outcome is Outcome.NEEDS_REVIEW
    assert found[1].is_practice
    assert len(found[1].rows) == 5


def test_no_learner_sees_what_is_known_of_another(database: Database, own: Subsidised) -> None:
    with database.transaction() as session:
        stranger = make_subsidised(session)
    found = verdicts(meters_of(database, stranger)["anchor-l5"])
    assert found["REALNAME"] == (Verdict.UNKNOWN, "missing")
    assert found["AGE"] == (Verdict.UNKNOWN, "missing")
