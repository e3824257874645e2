"""The parts of a file besides its ledger, and what somebody else may see of it."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.core.access import Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.record.queries import Reading
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_person
from tests.factories.assessment import make_graded_attempt, make_quiz
from tests.factories.catalog import lesson, make_course, quiz, reading
from tests.factories.credentials import make_badge
from tests.factories.enrollment import make_enrollment
from tests.factories.progress import Entry, begin_of, make_check, make_day
from tests.factories.roster import NEIGHBOUR
from tests.integration.record.conftest import DAY, ReadFile, Study

SINCE = datetime(2026, 5, 1, tzinfo=UTC)
EVERYWHERE = Scope(ScopeKind.PLATFORM)


def read_by(scope: Scope) -> Reading:
    return Reading(1, (scope,), SINCE)


def test_it_says_who_with_the_phone_masked(study: Study, read_file: ReadFile) -> None:
    holder = read_file().holder
    assert (holder.name, holder.masked_phone, holder.town) == ("林秀芳", "138****5678", "招贤镇")
    assert holder.county["zh"] == "常山县"
    assert (holder.entries, holder.head) == (None, None)


def test_a_person_without_a_course_has_a_file_of_their_own(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        study.person.id = make_person(session).id
    file = read_file()
    assert file.holder.courses == ()
    assert file.ledger.days == ()
    assert file.sittings.attempts == ()
    assert read_file(read_by(EVERYWHERE)) is None


def test_every_attempt_is_told_not_the_best_alone(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        for number, percent in enumerate((40, 90, 70), start=1):
            make_graded_attempt(
                session,
                study.enrollment,
                study.course,
                "FINAL/final",
                number=number,
                percent=percent,
                passed=percent >= 60,
                submitted_at=SINCE + timedelta(hours=number),
                started_at=SINCE,
            )
    found = read_file().sittings
    assert [(each.number, each.percent, each.passed) for each in found.attempts] == [
        (3, 70, True),
        (2, 90, True),
        (1, 40, False),
    ]
    assert found.attempts_in_all == 3


def test_presence_checks_say_when_how_fast_and_how_many_were_missed(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    at = begin_of(DAY)
    with database.transaction() as session:
        entries = [Entry(credited=15)]
        lease = make_day(session, study.enrollment, study.course, "A01/text", DAY, entries)
        make_check(session, study.enrollment, lease, shown_at_ms=at)
        make_check(
            session,
            study.enrollment,
            lease,
            shown_at_ms=at + 600_000,
            missed_at_ms=at + 660_001,
            answered_at_ms=at + 900_000,
            kind="question",
            is_right=False,
        )
        for number in range(12):
            make_check(session, study.enrollment, lease, shown_at_ms=at + number)
    checks = read_file().sittings.checks
    assert (checks.asked, checks.missed, len(checks.lines)) == (14, 1, 10)
    with database.transaction() as session:
        make_check(
            session,
            study.enrollment,
            lease,
            shown_at_ms=at,
            missed_at_ms=at + 60_001,
            answered_at_ms=None,
            answered_number=None,
            answer=None,
        )
    newest = read_file().sittings.checks.lines[0]
    assert (newest.was_missed, newest.seconds, newest.title["zh"]) == (True, None, "开场")


def test_nothing_of_somebody_else_on_the_same_course_is_read(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        other = make_enrollment(session, person=make_person(session), course=study.course)
        entries = [Entry(credited=30, refused={"gap": 3})]
        lease = make_day(session, other, study.course, "A01/text", DAY, entries)
        make_check(session, other, lease, shown_at_ms=begin_of(DAY))
        make_graded_attempt(session, other, study.course, "FINAL/final", percent=70)
    file = read_file()
    (line,) = file.holder.courses
    assert (line.credited_ms, line.refused.ms, line.begun) == (0, 0, 0)
    assert (file.ledger.days, file.sittings.attempts) == ((), ())
    assert file.sittings.checks.asked == 0


def test_badges_come_with_their_state(
    database: Database, settings: Settings, study: Study, read_file: ReadFile
) -> None:
    study.person.id = make_badge(database, settings).person_id
    (badge,) = read_file().sittings.badges
    assert badge.state == "valid"
    assert badge.serial
    assert badge.title
    assert badge.standing(SINCE) == "valid"


def test_a_withdrawn_course_stays_in_the_file(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        make_enrollment(
            session,
            person=study.person,
            course=make_course(session, lessons=[lesson("B01", reading())]),
            status=EnrollmentStatus.WITHDRAWN,
            ended_at=SINCE,
        )
    newest, older = read_file().holder.courses
    assert (newest.status, newest.ended_at) == ("withdrawn", SINCE)
    assert older.status == "active"


@pytest.mark.parametrize(
    ("scope", "sees"),
    [
        (EVERYWHERE, True),
        (Scope(ScopeKind.COUNTY, COUNTY), True),
        (Scope(ScopeKind.COUNTY, NEIGHBOUR), False),
        (Scope(ScopeKind.COURSE, "999999"), False),
        (Scope(ScopeKind.CLASS, "1"), False),
    ],
)
def test_somebody_else_sees_it_inside_their_scopes(
    study: Study, read_file: ReadFile, scope: Scope, *, sees: bool
) -> None:
    assert (read_file(read_by(scope)) is not None) is sees


def test_who_may_see_one_course_sees_nothing_of_another(
    database: Database, settings: Settings, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        other = make_course(
            session,
            lessons=[
                lesson("B01", reading(minutes=50)),
                lesson("FINAL", quiz("final", quiz_id=make_quiz(session).id)),
            ],
        )
        taken = make_enrollment(session, person=study.person, course=other)
        lease = make_day(session, taken, other, "B01/text", DAY, [Entry(credited=30)])
        make_check(session, taken, lease, shown_at_ms=begin_of(DAY))
        make_graded_attempt(session, taken, other, "FINAL/final", percent=70)
    own = read_file()
    assert len(own.holder.courses) == 2
    assert (len(own.ledger.days), len(own.sittings.attempts)) == (1, 1)
    seen = read_file(read_by(Scope(ScopeKind.COURSE, str(study.course.course.id))))
    assert [each.course.slug for each in seen.holder.courses] == [study.course.course.slug]
    assert seen.ledger.days == ()
    assert seen.sittings.attempts == ()
    assert seen.sittings.checks.asked == 0
    assert seen.subsidies == ()
