"""Plans what becomes of a demo class, from its first draft to what learners sign of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from lms.accounts.models import Person
from lms.catalog.gateway import known_programmes
from lms.catalog.outline import CourseView
from lms.core.access import Actor
from lms.demo.domain import DemoClass, Learner, Stage
from lms.demo.service import attendance, guests, rosters, villagers
from lms.demo.service.county import County
from lms.demo.service.diary import Diary
from lms.demo.service.villagers import Studying
from lms.enrollment import queries as enrollments
from lms.enrollment import service as enrollment
from lms.enrollment.domain import ClassState, class_name
from lms.enrollment.models import TrainingClass
from lms.enrollment.service import Meeting, Plan
from lms.learning import service as learning
from lms.progress.service import derive_completion

# How many days ago each was drafted; what follows comes so many days later.
_DRAFTED: Mapping[Stage, int] = {
    Stage.GRADUATED: -144,
    Stage.ENDED: -66,
    Stage.RUNNING: -36,
    Stage.FULL: -18,
    Stage.FREE: -16,
    Stage.FILED: -6,
    Stage.DRAFT: -1,
}
_FILED, _OPENED, _FILLED = 2, 3, 5
_OVER = (Stage.ENDED, Stage.GRADUATED)
# So many of a class that is over studied on line as well.
_STUDYING = 4
# The first learner joined six days ago, when the class had begun.
_LATE = -5
_TEACHING = """每次面授前一天在群里通知时间、地点和要带的东西。
线上课程按顺序学完，面授只讲操作，不重复线上内容。
最后一次面授每人试播二十分钟，教师当场点评。"""


class DemoClassLife:
    """A class of a county, and what happens to it when."""

    def __init__(self, county: County, diary: Diary, plan: DemoClass, number: int) -> None:
        self.county = county
        self.diary = diary
        self.plan = plan
        self.number = number
        self.course: CourseView = county.courses[plan.course]
        self.planned: Plan = self._planned()
        self.class_id = 0
        # Whom the office took in, by person id.
        self.people: dict[int, Learner] = {}

    def write_down(self) -> None:
        """Put all of it into the diary."""
        diary = self.diary
        drafted, stage = _DRAFTED[self.plan.stage], self.plan.stage
        diary.on(diary.at(drafted, 9, self.number), self._draft)
        if stage is Stage.DRAFT:
            return
        diary.on(diary.at(drafted + _FILED, 15, self.number), self._file)
        if stage is Stage.FILED:
            return
        diary.on(diary.at(drafted + _OPENED, 9, self.number), self._open)
        diary.on(diary.at(drafted + _FILLED, 10, self.number), self._take_in)
        self._plan_learners(drafted + _FILLED)
        if stage in (Stage.RUNNING, *_OVER):
            diary.on(diary.at(self.plan.first_day, 8), self._begin)
        if stage in _OVER:
            diary.on(diary.at(self.plan.last_day + 1, 0, 5), self._end)

    def _plan_learners(self, day: int) -> None:
        diary, stage = self.diary, self.plan.stage
        if stage is Stage.FREE:
            for number in range(self.plan.learners):
                diary.on(diary.at(day + 1 + number, 20), self._join)
        if stage is Stage.RUNNING and self.plan.learners:
            diary.on(diary.at(day + 1, 10), self._move_in)
            diary.on(diary.at(_LATE, 10), self._move_late)
        if stage is Stage.FULL:
            diary.on(diary.at(_LATE, 11), self._come_too_late)

    def _row(self) -> TrainingClass:
        """Return the class under its lock."""
        row = enrollments.locked_class(self.county.session, self.class_id)
        assert row is not None
        return row

    def _planned(self) -> Plan:
        host, today = self.plan.host, self.diary.today
        return Plan(
            title="",
            starts_on=today + timedelta(days=self.plan.first_day),
            ends_on=today + timedelta(days=self.plan.last_day),
            plan=_TEACHING,
            capacity=self.plan.capacity,
            host_kind=host.kind,
            host_name=host.name,
            host_uscc=host.uscc,
            theory_minutes=self.plan.theory_minutes,
            practice_minutes=self.plan.practice_minutes,
        )

    def _draft(self, at: datetime) -> None:
        self.planned = replace(self.planned, title=self._title())
        made = enrollment.draft_class(
            self.county.session,
            actor=self.county.office,
            course=self.course,
            county_code=self.county.place.code,
            plan=self.planned,
            now=at,
        )
        self.class_id = made.id

    def _title(self) -> str:
        year, course = self.planned.starts_on.year, self.course
        before = enrollment.count_of_year(
            self.county.session,
            county_code=self.county.place.code,
            course_id=course.course_id,
            year=year,
        )
        known = known_programmes().get(course.programme_slug or "")
        work, level = (known.work_type, known.level) if known else ("", 0)
        host = self.plan.host.name or course.institution["zh"]
        return class_name(year, host, work, level, before + 1)

    def _file(self, at: datetime) -> None:
        filed = replace(
            self.planned, filing_no=f"演示{self.planned.starts_on.year}-{self.number:02}"
        )
        enrollment.change_class(
            self.county.session,
            actor=self.county.office,
            training_class=self._row(),
            plan=filed,
            now=at,
        )
        self._move_on(ClassState.FILED, self.county.office, at)

    def _open(self, at: datetime) -> None:
        county = self.county
        for each in self.plan.sessions:
            begins = self.diary.at(each.day, each.hour)
            ends = begins + timedelta(hours=each.hours)
            enrollment.add_session(
                county.session,
                actor=county.office,
                training_class=self._row(),
                meeting=Meeting(each.title, each.kind, begins, ends, each.place),
                now=at,
            )
        enrollment.appoint(
            county.session,
            actor=county.office,
            training_class=self._row(),
            phone=county.teacher_phone,
            now=at,
        )
        self._move_on(ClassState.OPEN, county.office, at)

    def _take_in(self, at: datetime) -> None:
        coming = self._next(self.plan.villagers)
        people = rosters.take_in(self.county, coming, class_id=self.class_id, now=at)
        self.people = dict(zip(people, coming, strict=True))
        everybody = self.plan.stage is Stage.GRADUATED
        shown = people if everybody else people[: len(people) // 2]
        rosters.show_cards(self.county, shown, now=at + timedelta(hours=4))
        if self.plan.stage in _OVER:
            studying = people if everybody else people[:_STUDYING]
            self._study({each: self.people[each] for each in studying}, everybody=everybody)

    def _study(self, people: Mapping[int, Learner], *, everybody: bool) -> None:
        begins = self.diary.at(self.plan.sessions[-1].day + 1, 19)
        studied = Studying(self._row(), self.course, people, everybody)
        through, at = villagers.study(self.county, studied, begins=begins)
        for enrollment_id in through:
            self.diary.on(at, partial(self._complete, enrollment_id))

    def _complete(self, enrollment_id: int, at: datetime) -> None:
        derive_completion(self.county.session, enrollment_id=enrollment_id, now=at)

    def _next(self, count: int) -> list[Learner]:
        return list(islice(self.county.villagers, count))

    def _join(self, at: datetime) -> None:
        guests.join(self.county, self._row(), self.course.slug, now=at)

    def _move_in(self, at: datetime) -> None:
        guests.move_in(self.county, self._row(), self.plan.learners, now=at)

    def _move_late(self, at: datetime) -> None:
        guests.move_in(self.county, self._row(), 1, now=at)

    def _come_too_late(self, at: datetime) -> None:
        coming = self._next(self.plan.waiting)
        for person_id in rosters.take_in(self.county, coming, class_id=None, now=at):
            person = self.county.session.get_one(Person, person_id)
            learning.wait_for_seat(
                self.county.session,
                actor=Actor(person.id, person.name, (), 0),
                slug=self.course.slug,
                training_class_id=self.class_id,
                now=at,
            )

    def _begin(self, at: datetime) -> None:
        self._move_on(ClassState.RUNNING, None, at)
        everybody = self.plan.stage is Stage.GRADUATED
        attendance.plan_marks(self.county, self.diary, self.class_id, everybody=everybody)

    def _end(self, at: datetime) -> None:
        self._move_on(ClassState.ENDED, None, at)
        if self.plan.stage is Stage.ENDED:
            attendance.plan_words(self.county, self.diary, self.class_id, self.plan.last_day + 1)

    def _move_on(self, state: ClassState, actor: Actor | None, at: datetime) -> None:
        enrollment.move_on(
            self.county.session, actor=actor, training_class=self._row(), state=state, now=at
        )
