"""Puts the demo together, a batch of learners a transaction; what is there already stays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.outline import CourseView
from lms.core.clock import day_bounds, local_day
from lms.db.session import Database, now
from lms.demo import domain
from lms.demo.domain import Fate, Learner, Step
from lms.demo.service import badges, facts, particulars, people, plan, study
from lms.demo.service.county import free_courses
from lms.demo.service.study import Studied, Taken
from lms.enrollment.models import Enrollment

_BATCH = 2_000
_EVENING = timedelta(hours=19)

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted; ``enrollments`` counts those of all learners together."""

    learners: int
    enrollments: int
    seed: int
    password_hash: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """What there is now, and how many enrollments this run made."""

    learners: int
    courses: int
    made: int
    completed: int


def seed(database: Database, wish: Wish, report: Report) -> Seeded:
    """Make the demo people and their history; run again, it adds only what is missing."""
    with database.transaction() as session:
        people.make_counties(session)
        people.make_staff(session, password_hash=wish.password_hash, now=now(session))
        facts.make_school(session)
        trees = free_courses(session)
    learners = max(wish.learners, domain.learners_needed(wish.enrollments, len(trees)))
    wish = replace(wish, learners=learners)
    made = completed = 0
    for number, numbers in _batches(wish, len(trees)):
        with database.transaction() as session:
            batch = _Batch(session, wish, trees[number] if trees else None, number)
            fates = batch.write(numbers)
        made += len(fates)
        completed += fates.count(Fate.COMPLETED)
        report(made, wish.enrollments)
    return Seeded(learners, len(trees), made, completed)


def _batches(wish: Wish, courses: int) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield (course, learner numbers): the first course of all learners, then the second."""
    for first in range(1, wish.learners + 1, _BATCH):
        yield 0, range(first, min(first + _BATCH, wish.learners + 1))
    able = domain.with_history(wish.learners)
    for course in range(1, courses):
        most = min(able, wish.enrollments - course * able)
        for first in range(1, most + 1, _BATCH):
            yield course, range(first, min(first + _BATCH, most + 1))


class _Batch:
    """One transaction's learners and their enrollments in one course."""

    def __init__(self, session: Session, wish: Wish, tree: CourseView | None, course: int) -> None:
        self.session = session
        self.wish = wish
        self.tree = tree
        self.course = course
        self.at = now(session)

    def write(self, numbers: Sequence[int]) -> list[Fate]:
        """Make the learners and what they lack; return what became of the new enrollments."""
        learners = {number: domain.learner(number, self.wish.seed) for number in numbers}
        ids = people.make_learners(
            self.session,
            list(learners.values()),
            password_hash=self.wish.password_hash,
            now=self.at,
        )
        known = {ids[number]: each for number, each in learners.items()}
        facts.make_facts(self.session, known, seed=self.wish.seed, now=self.at)
        particulars.make_particulars(self.session, known, seed=self.wish.seed, now=self.at)
        if self.tree is None:
            return []
        last = min(domain.with_history(self.wish.learners), self.wish.enrollments)
        fresh = self._without_enrollment({ids[n]: learners[n] for n in numbers if n <= last})
        if not fresh:
            return []
        steps = plan.steps_of(self.tree)
        taken = self._taken(self.tree, fresh, steps)
        enrolled = self._enroll(self.tree, taken, steps)
        study.study(
            self.session,
            Studied(self.tree, steps, taken, enrolled),
            among=self.wish.enrollments,
            seed=self.wish.seed,
        )
        span = domain.span_of(steps)
        completed = (each for each in taken if each.course.fate is Fate.COMPLETED)
        ends = (
            (enrolled[each.person_id], each.person_id, each.started_at + span) for each in completed
        )
        badges.write_down(self.session, self.tree.course_id, ends)
        return [each.course.fate for each in taken]

    def _without_enrollment(self, wanted: Mapping[int, Learner]) -> dict[int, Learner]:
        assert self.tree is not None
        known = set(
            self.session.scalars(
                select(Enrollment.person_id).where(
                    Enrollment.course_id == self.tree.course_id,
                    Enrollment.person_id.in_(wanted),
                )
            )
        )
        return {key: learner for key, learner in wanted.items() if key not in known}

    def _taken(
        self, tree: CourseView, fresh: Mapping[int, Learner], steps: Sequence[Step]
    ) -> list[Taken]:
        sign_ins = study.sign_ins(self.session, list(fresh), since=self.at - people.HERE_SINCE)
        first_lesson = len(tree.lessons[0].items)
        taken = []
        for person_id, learner in fresh.items():
            course = domain.course_of(
                learner.number, self.course, len(steps), first_lesson, self.wish.seed
            )
            day = local_day(self.at - timedelta(days=course.days_ago))
            started_at = day_bounds(day)[0] + _EVENING
            taken.append(
                Taken(learner, person_id, sign_ins[person_id], day.toordinal(), started_at, course)
            )
        return taken

    def _enroll(
        self, tree: CourseView, taken: Sequence[Taken], steps: Sequence[Step]
    ) -> dict[int, int]:
        """Write the enrollments and return each one's id by the person's."""
        span = domain.span_of(steps)
        study.insert_rows(
            self.session,
            Enrollment,
            [
                {
                    "person_id": each.person_id,
                    "course_id": tree.course_id,
                    "revision_id": tree.revision_id,
                    "county_code": each.learner.county_code,
                    "status": str(each.course.fate),
                    "enrolled_at": each.started_at - timedelta(hours=1),
                    "completed_at": each.started_at + span
                    if each.course.fate is Fate.COMPLETED
                    else None,
                    "ended_at": each.started_at + timedelta(days=3)
                    if each.course.fate is Fate.WITHDRAWN
                    else None,
                }
                for each in taken
            ],
        )
        rows = self.session.execute(
            select(Enrollment.person_id, Enrollment.id).where(
                Enrollment.course_id == tree.course_id,
                Enrollment.person_id.in_([each.person_id for each in taken]),
            )
        )
        return {row[0]: row[1] for row in rows}
