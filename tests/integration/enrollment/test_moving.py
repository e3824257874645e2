"""Moving people to a newer version: who goes, who stays, however often the job is stopped."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict, NotFound
from lms.db.session import Database, now
from lms.enrollment import service, tasks
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import Group
from lms.jobs.models import Job
from lms.jobs.service import cancel
from lms.jobs.tasks import JobContext
from lms.progress import queries as progress
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import MadeCourse, lesson, make_course, make_revision, reading
from tests.factories.enrollment import make_class, make_enrollment
from tests.support.site import Jobs

COUNTY, NEIGHBOUR = Scope(ScopeKind.COUNTY, "330822"), Scope(ScopeKind.COUNTY, "330881")


@dataclass
class Scene:
    """Three of the county and one of the next on the old version, two of them in a class."""

    database: Database
    actor: Actor
    old: MadeCourse
    new: MadeCourse
    class_id: int
    free: int
    member: int
    guest: int
    foreign: int
    completed: int

    def group(self, scope: Scope = COUNTY) -> Group:
        return Group(self.old.course.id, (scope,), revision_id=self.old.revision.id)

    @property
    def of_class(self) -> Group:
        return replace(self.group(), revision_id=None, training_class_id=self.class_id)

    def order(self, group: Group, number: int = 2) -> str:
        with self.database.transaction() as session:
            service.ask_to_move(
                session, actor=self.actor, group=group, number=number, now=now(session)
            )
            newest = select(Job.id).order_by(Job.created_at.desc(), Job.id).limit(1)
            return session.scalars(newest).one()

    def moved(self) -> set[str]:
        """Return who has the newer version, by name."""
        names = ("free", "member", "guest", "foreign", "completed")
        with self.database.snapshot() as session:
            found = session.scalars(
                select(Enrollment.id).where(Enrollment.revision_id == self.new.revision.id)
            ).all()
        return {name for name in names if getattr(self, name) in found}


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as session:
        old = make_course(session, lessons=[lesson("A"), lesson("B")])
        training_class = make_class(session, old).id
        person = make_person(session, name="周敏")
        grant = Grant(Role.ADMINISTRATOR, COUNTY)
        actor = Actor(person.id, "周敏", (grant,), make_sign_in(session, person).id)
        neighbours = [make_person(session, county_code="330881") for _ in range(2)]
        rows = [
            make_enrollment(session, course=old, done=["A/text"]),
            make_enrollment(session, course=old, training_class_id=training_class),
            make_enrollment(
                session, course=old, person=neighbours[0], training_class_id=training_class
            ),
            make_enrollment(session, course=old, person=neighbours[1]),
            make_enrollment(
                session,
                course=old,
                status="completed",
                completed_at=datetime(2026, 5, 20, tzinfo=UTC),
            ),
        ]
        new = make_revision(
            session, old.course, lessons=[lesson("A"), lesson("C", reading(minutes=2))]
        )
        ids = [row.id for row in rows]
    return Scene(database, actor, old, new, training_class, *ids)


def test_those_without_a_class_inside_the_scope_go(scene: Scene, run_jobs: Jobs) -> None:
    scene.order(scene.group())
    run_jobs()
    assert scene.moved() == {"free"}
    with scene.database.snapshot() as session:
        row = session.get_one(Enrollment, scene.free)
        done = progress.completed_items(session, scene.free)
        job = session.scalars(select(Job)).one()
        acts = session.execute(
            select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)
        ).all()
    assert row.moved_at is not None
    assert done == {("A", "text")}
    assert (job.state, job.result) == ("done", {"people": 1})
    own = scene.actor.person_id
    assert [tuple(act) for act in acts] == [("version.ordered", own), ("version.moved", own)]


def test_a_class_goes_as_a_whole_and_so_does_whoever_joins_it_later(
    scene: Scene, run_jobs: Jobs
) -> None:
    scene.order(scene.of_class)
    with scene.database.snapshot() as session:
        pinned = session.get_one(TrainingClass, scene.class_id).revision_id
    assert pinned == scene.new.revision.id
    run_jobs()
    assert scene.moved() == {"member", "guest"}


def test_one_person_is_moved_alone(scene: Scene, run_jobs: Jobs) -> None:
    scene.order(replace(scene.group(), revision_id=None, enrollment_id=scene.free))
    run_jobs()
    assert scene.moved() == {"free"}


@pytest.mark.parametrize("whose", ["member", "foreign", "completed"])
def test_nobody_else_is_moved_alone(whose: str, scene: Scene) -> None:
    wanted = replace(scene.group(), revision_id=None, enrollment_id=getattr(scene, whose))
    with pytest.raises(Conflict, match="nobody_to_move"):
        scene.order(wanted)


def test_a_class_of_another_county_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.order(replace(scene.of_class, scopes=(NEIGHBOUR,)))


def test_nobody_moves_to_a_version_that_was_not_shown(scene: Scene) -> None:
    with scene.database.transaction() as session:
        make_revision(session, scene.old.course)
    with pytest.raises(Conflict, match="version_changed"):
        scene.order(scene.group())
    assert scene.moved() == set()


def test_a_job_that_died_goes_on_where_it_was(
    scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_BATCH", 1)

    class Killed(Exception):
        pass

    def report(_self: JobContext, done: int, _total: int) -> None:
        if done == 1:
            raise Killed

    job_id = scene.order(scene.of_class)
    with monkeypatch.context() as patched:
        patched.setattr(JobContext, "report", report)
        with pytest.raises(Killed):
            run_jobs()
    assert scene.moved() == {"member"}
    with scene.database.transaction() as session:
        session.get_one(Job, job_id).heartbeat_at = datetime(2020, 1, 1, tzinfo=UTC)
    run_jobs.queue.waiting.append(job_id)
    run_jobs()
    assert scene.moved() == {"member", "guest"}
    with scene.database.snapshot() as session:
        assert session.get_one(Job, job_id).result == {"people": 2}


def test_a_stopped_move_leaves_who_is_moved_and_can_be_ordered_again(
    scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_BATCH", 1)
    real = JobContext.report

    def report(self: JobContext, done: int, total: int) -> None:
        if done == 1:
            with scene.database.transaction() as session:
                cancel(session, self.job_id)
        real(self, done, total)

    scene.order(scene.of_class)
    with monkeypatch.context() as patched:
        patched.setattr(JobContext, "report", report)
        run_jobs()
    assert scene.moved() == {"member"}
    scene.order(scene.of_class)
    run_jobs()
    assert scene.moved() == {"member", "guest"}


def test_only_who_ordered_a_move_stops_it(scene: Scene) -> None:
    job_id = scene.order(scene.group())
    other = replace(scene.actor, person_id=scene.actor.person_id + 1)
    course_id = scene.old.course.id
    for actor, course in ((other, course_id), (scene.actor, course_id + 1)):
        with pytest.raises(NotFound), scene.database.transaction() as session:
            service.stop_moving(session, actor=actor, course_id=course, job_id=job_id)
    with scene.database.transaction() as session:
        service.stop_moving(session, actor=scene.actor, course_id=course_id, job_id=job_id)
    with pytest.raises(Conflict), scene.database.transaction() as session:
        service.stop_moving(session, actor=scene.actor, course_id=course_id, job_id=job_id)


def test_moving_twice_moves_once(scene: Scene) -> None:
    answers = []
    for _ in range(2):
        with scene.database.transaction() as session:
            answers.append(
                service.move_one(
                    session,
                    enrollment_id=scene.free,
                    revision_id=scene.new.revision.id,
                    now=now(session),
                )
            )
    assert answers == [True, False]
    with scene.database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 5
