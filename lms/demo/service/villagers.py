"""Lets the villagers of a class that is over study its course on line, in the evenings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.catalog.outline import CourseView
from lms.core.clock import local_day
from lms.demo import domain
from lms.demo.domain import Course, Fate, Learner
from lms.demo.service import plan
from lms.demo.service import study as studying
from lms.demo.service.county import County
from lms.demo.service.study import Studied, Taken
from lms.enrollment import queries as enrollments
from lms.enrollment.models import TrainingClass

_SHARE_PERCENT = 96


@dataclass(frozen=True, slots=True)
class Studying:
    """Who of a class (by person id) studies its course; without ``everybody`` half do all of it."""

    row: TrainingClass
    course: CourseView
    people: Mapping[int, Learner]
    everybody: bool = False


def study(county: County, own: Studying, *, begins: datetime) -> tuple[Sequence[int], datetime]:
    """Let them begin on an evening.

    Returns the enrollments of those who do all of it and when they are through. Comes before
    anybody sits in a room: the clock of the ledger begins with what was studied.
    """
    people, course = own.people, own.course
    steps, sign_ins = plan.steps_of(course), _sign_ins(county, people, begins)
    taken = [
        Taken(
            learner,
            person_id,
            sign_ins[person_id],
            local_day(begins).toordinal(),
            begins,
            _done(0 if own.everybody else number, len(steps)),
        )
        for number, (person_id, learner) in enumerate(people.items())
    ]
    enrolled = {person_id: _enrollment(county, own.row, person_id) for person_id in people}
    studied = Studied(course, steps, taken, enrolled, has_answers=not own.everybody)
    studying.study(county.session, studied, among=len(people), seed=county.seed)
    through = [enrolled[each.person_id] for each in taken if each.course.fate is Fate.COMPLETED]
    return through, begins + domain.span_of(steps)


def _sign_ins(county: County, people: Mapping[int, Learner], begins: datetime) -> Mapping[int, int]:
    return studying.sign_ins(county.session, list(people), since=begins)


def _done(number: int, steps: int) -> Course:
    fate, done = (Fate.ACTIVE, steps // 2) if number % 2 else (Fate.COMPLETED, steps)
    return Course(fate, done, _SHARE_PERCENT, 0)


def _enrollment(county: County, row: TrainingClass, person_id: int) -> int:
    own = enrollments.member(county.session, person_id=person_id, training_class_id=row.id)
    assert own is not None
    return own.id
