"""Who really watches the lessons reaches the demonstration's subsidy; nothing is seeded."""

from datetime import UTC, datetime

import pytest

from lms.assessment import service as assessment
from lms.assessment.domain import GivenAnswer
from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.enrollment import service as enrollments
from lms.progress import service as progress
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat
from lms.subsidy import queries, service
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Meter
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.assessment import right_letters
from tests.factories.catalog import MadeCourse
from tests.factories.subsidy import make_known, make_subsidised_course
from tests.support.beats import send_beat
from tests.support.clock import move_clock


class Study:
    """A learner who joins the course and watches by beats, on a clock moved by hand."""

    def __init__(self, database: Database, course: MadeCourse, actor: Actor) -> None:
        self.database, self.course, self.actor = database, course, actor
        with database.transaction() as session:
            self.now = now(session)
            tree = revision_tree(session, course.revision.id)
            self.quiz = next(item for item in tree.items() if item.address == "A01.quiz")
            self.enrollment = enrollments.enroll(session, actor=actor, course=tree, now=self.now)
        self.ms = round(self.now.timestamp() * 1000)

    def watch(self, seconds: int) -> str:
        """Watch the video of the first lesson from its beginning; return the lease."""
        item = self.course.items["A01/video"]
        with self.database.transaction() as session:
            lease = progress.take_lease(session, actor=self.actor, item_id=item.id).lease
        self.go_on(lease, 0, seconds)
        return lease

    def go_on(self, lease: str, begin: int, end: int) -> None:
        """Play so many seconds under the lease, a beat every 15 seconds."""
        for start in range(begin * 1000, end * 1000, 15_000):
            stop = min(start + 15_000, end * 1000)
            self.ms += stop - start
            beat = Beat(start // 15_000 + 1, ((start, stop),))
            send_beat(self.database, self.actor, lease, PlayerReport(beat, position_ms=stop))

    def pass_the_quiz(self) -> None:
        with self.database.transaction() as session:
            attempt = assessment.start_attempt(
                session,
                actor=self.actor,
                item=self.quiz,
                enrollment_id=self.enrollment,
                now=self.now,
            )
            given = [
                GivenAnswer(question, letters, 1)
                for question, letters in right_letters(session, attempt).items()
            ]
            assessment.save_page(
                session, actor=self.actor, attempt_id=attempt.id, given=given, now=self.now
            )
            assessment.hand_in(session, actor=self.actor, attempt_id=attempt.id, now=self.now)

    def meter(self) -> Meter:
        with self.database.snapshot() as session:
            today = local_day(self.now)
            found = queries.meters(session, self.actor.person_id, shelf=shelf(), today=today)
        return next(each for each in found if each.is_practice)


@pytest.fixture
def study(database: Database, monkeypatch: pytest.MonkeyPatch) -> Study:
    with database.transaction() as session:
        course = make_subsidised_course(session)
        person = make_person(session)
        make_known(session, person)
        actor = Actor(person.id, person.name, (), make_sign_in(session, person).id)
    made = Study(database, course, actor)
    move_clock(monkeypatch, lambda: made.ms)
    return made


def missing(meter: Meter) -> list[str]:
    return [row.result.id for row in meter.missing]


def test_watching_long_enough_and_passing_a_quiz_is_all_it_takes(study: Study) -> None:
    assert missing(study.meter()) == ["HOURS", "QUIZ"]
    study.watch(269)
    study.pass_the_quiz()
    assert missing(study.meter()) == ["HOURS"]
    study.watch(300)
    assert study.meter().is_eligible


def decided(study: Study) -> service.Round:
    """Decide what is due, at the moment the study has come to."""
    at = datetime.fromtimestamp(study.ms / 1000, UTC)
    with study.database.transaction() as session:
        return service.decide_due(session, shelf=shelf(), now=at, limit=10)


def test_who_leaves_a_lesson_unfinished_is_decided_anew(study: Study) -> None:
    lease = study.watch(60)
    assert decided(study) == service.Round(judged=2, written=2)
    study.go_on(lease, 60, 90)
    with study.database.transaction() as session:
        progress.end_lease(session, actor=study.actor, lease_id=lease)
    assert decided(study) == service.Round(judged=2, written=0), "more minutes, the same findings"
    with study.database.transaction() as session:
        progress.end_lease(session, actor=study.actor, lease_id=lease)
    assert decided(study).judged == 0, "it ended once"
    study.watch(300)
    assert decided(study).judged == 0, "nothing ended"
    study.watch(330)
    assert decided(study) == service.Round(judged=2, written=1), "a new lease ends the older one"
    with study.database.transaction() as session:
        progress.end_leases_of_sign_in(session, sign_in_id=study.actor.sign_in_id)
    assert decided(study).judged == 2, "signing out ends it, too"


def test_a_phone_that_goes_dark_is_found_by_looking_at_all_clocks(study: Study) -> None:
    lease = study.watch(255)
    assert decided(study).written == 2
    assert look_at_clocks(study) == 0
    study.go_on(lease, 255, 300)
    assert decided(study).judged == 0
    assert look_at_clocks(study) == 2
    assert decided(study).written == 1, "enough minutes for one of the two programmes"
    assert look_at_clocks(study) == 0


def look_at_clocks(study: Study) -> int:
    """Mark who studied since the last decision; return how many programmes are due now."""
    after: int | None = 0
    while after is not None:
        with study.database.transaction() as session:
            after = service.mark_studied(session, after=after, limit=1, now=study.now)
    with study.database.snapshot() as session:
        return len(queries.due(session, now=study.now, limit=10))


def test_study_marks_the_decision_as_due_and_the_worker_finds_it(
    study: Study, database: Database
) -> None:
    study.watch(600)
    study.pass_the_quiz()
    with database.transaction() as session:
        done = service.decide_due(session, shelf=shelf(), now=now(session), limit=10)
        last = queries.last_decisions(session, [study.actor.person_id])
    assert done.written == 2
    assert len(last) == 2
