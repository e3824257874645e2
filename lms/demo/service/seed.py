"""Puts the demo together, a batch of learners a transaction; what is there already stays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.models import SignIn
from lms.catalog.outline import CourseView
from lms.catalog.tree import published_revisions, revision_tree
from lms.core.access import Actor
from lms.core.clock import day_bounds, local_day
from lms.db.base import Base
from lms.db.session import Database, now
from lms.demo import domain
from lms.demo.domain import Course, Fate, Learner, Step
from lms.demo.service import badges, facts, history, people, plan
from lms.demo.service.answers import Sitting, take_quizzes
from lms.enrollment.models import Enrollment
from lms.progress.domain.units import datetime_to_ms, ms_to_datetime

_BATCH = 2_000
# Up to here every item has its own slice; beyond, one item a lesson, or a million takes an hour.
_EVERY_ITEM_UP_TO = 20_000
# Up to here quizzes are really drawn and answered.
_REAL_ANSWERS_UP_TO = 300
_EVENING = timedelta(hours=19)
_SIGN_IN_LASTED = timedelta(days=30)

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


@dataclass(frozen=True, slots=True)
class _Taken:
    """A learner, the rows they are known by, and what they did of a course."""

    learner: Learner
    person_id: int
    sign_in_id: int
    first_day: int
    started_at: datetime
    course: Course


def seed(database: Database, wish: Wish, report: Report) -> Seeded:
    """Make the demo people and their history; run again, it adds only what is missing."""
    with database.transaction() as session:
        people.make_counties(session)
        people.make_staff(session, password_hash=wish.password_hash, now=now(session))
        facts.make_school(session)
        trees = [revision_tree(session, each) for each in published_revisions(session)]
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
        if self.tree is None:
            return []
        last = min(domain.with_history(self.wish.learners), self.wish.enrollments)
        fresh = self._without_enrollment({ids[n]: learners[n] for n in numbers if n <= last})
        if not fresh:
            return []
        steps = plan.steps_of(self.tree)
        taken = self._taken(self.tree, fresh, steps)
        enrolled = self._enroll(self.tree, taken, steps)
        self._study(self.tree, taken, steps, enrolled)
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
    ) -> list[_Taken]:
        sign_ins = self._sign_ins(list(fresh))
        first_lesson = len(tree.lessons[0].items)
        taken = []
        for person_id, learner in fresh.items():
            course = domain.course_of(
                learner.number, self.course, len(steps), first_lesson, self.wish.seed
            )
            day = local_day(self.at - timedelta(days=course.days_ago))
            started_at = day_bounds(day)[0] + _EVENING
            taken.append(
                _Taken(learner, person_id, sign_ins[person_id], day.toordinal(), started_at, course)
            )
        return taken

    def _sign_ins(self, person_ids: Sequence[int]) -> dict[int, int]:
        """Return the ended sign-in each person studied with, made where it is missing."""
        known = self._known_sign_ins(person_ids)
        missing = [person_id for person_id in person_ids if person_id not in known]
        if missing:
            then = self.at - timedelta(days=400)
            self._insert(
                SignIn,
                [
                    {
                        "token_hash": f"demo-{person_id}",
                        "person_id": person_id,
                        "device": "android wechat",
                        "device_hash": "demo",
                        "created_at": then,
                        "last_seen_at": then,
                        "expires_at": then + _SIGN_IN_LASTED,
                        "revoked_at": then + _SIGN_IN_LASTED,
                    }
                    for person_id in missing
                ],
            )
            known = self._known_sign_ins(person_ids)
        return known

    def _known_sign_ins(self, person_ids: Sequence[int]) -> dict[int, int]:
        hashes = [f"demo-{person_id}" for person_id in person_ids]
        rows = self.session.execute(
            select(SignIn.person_id, SignIn.id).where(SignIn.token_hash.in_(hashes))
        )
        return {row[0]: row[1] for row in rows}

    def _enroll(
        self, tree: CourseView, taken: Sequence[_Taken], steps: Sequence[Step]
    ) -> dict[int, int]:
        """Write the enrollments and return each one's id by the person's."""
        span = domain.span_of(steps)
        self._insert(
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

    def _insert(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        # Past the mapper, which would write each row that holds a null by itself.
        self.session.connection().execute(insert(model), rows)

    def _study(
        self,
        tree: CourseView,
        taken: Sequence[_Taken],
        steps: Sequence[Step],
        enrolled: Mapping[int, int],
    ) -> None:
        rows = [
            history.NewRow(
                enrolled[each.person_id],
                each.person_id,
                each.sign_in_id,
                each.first_day,
                datetime_to_ms(each.started_at),
                each.course.done,
                each.course.share_percent,
            )
            for each in taken
        ]
        every = self.wish.enrollments <= _EVERY_ITEM_UP_TO
        watched = plan.every_item(tree) if every else plan.one_item_a_lesson(tree)
        step_rows = plan.step_rows(self.session, tree, steps, watched)
        history.open_batch(self.session, step_rows, rows)
        history.write_study(self.session)
        if self.wish.enrollments > _REAL_ANSWERS_UP_TO:
            history.write_attempts(self.session)
        history.close_batch(self.session)
        if self.wish.enrollments <= _REAL_ANSWERS_UP_TO:
            self._answer(tree, taken, steps, enrolled)

    def _answer(
        self,
        tree: CourseView,
        taken: Sequence[_Taken],
        steps: Sequence[Step],
        enrolled: Mapping[int, int],
    ) -> None:
        items = list(tree.items())
        for each in taken:
            if each.course.fate is Fate.WITHDRAWN:
                continue
            begins = datetime_to_ms(each.started_at)
            actor = Actor(each.person_id, each.learner.name, (), each.sign_in_id)
            sittings = [
                Sitting(
                    item,
                    ms_to_datetime(begins + step.offset_ms),
                    ms_to_datetime(begins + step.offset_ms + step.duration_ms),
                    domain.chance(self.wish.seed, each.learner.number, item.address),
                )
                for step, item in zip(steps, items, strict=True)
                if item.quiz_id and step.number <= each.course.done
            ]
            take_quizzes(self.session, actor, enrolled[each.person_id], sittings)
