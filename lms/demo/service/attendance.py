"""Writes down who was at the sessions of a demo class, and what learners say of it at the end."""

from datetime import datetime, timedelta

from lms.accounts.models import Person
from lms.core.access import Actor
from lms.demo.service.cards import NETWORK
from lms.demo.service.county import County
from lms.demo.service.diary import Diary
from lms.enrollment import queries as enrollments
from lms.enrollment.models import ClassSession
from lms.learning import service as learning
from lms.staff import service as staff
from lms.staff.domain import Marks

_WRITTEN_AFTER = timedelta(minutes=20)
_CORRECTED_AFTER = timedelta(days=1)
_EARLY = timedelta(hours=1)
_WHY = "签到表漏签，当天带班教师与同组学员证明本人在场"
_OBJECTION = "第一次课我九点就到了，登记的时候手机没电，没有签上，请帮我查一下。"
_SIGNERS = 3


def plan_marks(county: County, diary: Diary, class_id: int, *, everybody: bool = False) -> None:
    """Plan that the teacher writes down who was there, after each session that is over.

    Without ``everybody`` some were not, or were not all of the time.
    """
    for number, row in enumerate(enrollments.sessions_of(county.session, class_id)):
        if row.ends_at < diary.now:
            marks = _Marks(county, row, _REGULAR if everybody else number)
            diary.on(row.ends_at + _WRITTEN_AFTER, marks.write)
            if marks.number == _CORRECTED:
                diary.on(row.ends_at + _CORRECTED_AFTER, marks.correct)


# In the first session one is absent, in the second one is missed out, in the third one leaves.
_ABSENT, _CORRECTED, _LEFT, _REGULAR = 0, 1, 2, 3


class _Marks:
    """What a teacher writes down of one session."""

    def __init__(self, county: County, row: ClassSession, number: int) -> None:
        self.county = county
        self.row = row
        self.number = number

    def write(self, at: datetime) -> None:
        """Write everybody down; of the class's people the one with the session's number differs."""
        people = members(self.county, self.row.training_class_id)
        odd = people[self.number : self.number + 1] if self.number <= _LEFT else ()
        others = tuple(each for each in people if each not in odd)
        self._mark(Marks(others, is_present=True), at)
        if self.number == _LEFT:
            self._mark(Marks(tuple(odd), is_present=True, early=self.row.ends_at - _EARLY), at)
        elif odd:
            self._mark(Marks(tuple(odd), is_present=False), at)

    def correct(self, at: datetime) -> None:
        """Put right who was missed out."""
        odd = members(self.county, self.row.training_class_id)[self.number]
        self._mark(Marks((odd,), is_present=True, reason=_WHY), at)

    def _mark(self, marks: Marks, at: datetime) -> None:
        staff.mark_people(
            self.county.session, actor=self.county.teacher, row=self.row, marks=marks, now=at
        )


def members(county: County, class_id: int) -> list[int]:
    """Return who is in the class, in the order in which they came here."""
    return sorted(enrollments.members_of(county.session, class_id))


def plan_words(county: County, diary: Diary, class_id: int, day: int) -> None:
    """Plan that some sign the class on the day it is over, and that one objects."""
    people = members(county, class_id)
    first, signers = people[0], people[1 : 1 + _SIGNERS]
    for number, person_id in enumerate(signers):
        diary.on(diary.at(day, 19, number), _Words(county, class_id, person_id).sign)
    diary.on(diary.at(day + 1, 12), _Words(county, class_id, first).object)


class _Words:
    """What a learner says of a class that is over."""

    def __init__(self, county: County, class_id: int, person_id: int) -> None:
        self.session = county.session
        self.class_id = class_id
        self.person_id = person_id

    def sign(self, at: datetime) -> None:
        """Sign what the page shows."""
        learning.sign_class(
            self.session,
            actor=self._actor(),
            enrollment_id=self._enrollment(),
            address_prefix=NETWORK,
            now=at,
        )

    def object(self, at: datetime) -> None:
        """Say that it is not right."""
        learning.object_to_class(
            self.session,
            actor=self._actor(),
            enrollment_id=self._enrollment(),
            words=_OBJECTION,
            now=at,
        )

    def _actor(self) -> Actor:
        return Actor(self.person_id, self.session.get_one(Person, self.person_id).name, (), 0)

    def _enrollment(self) -> int:
        own = enrollments.member(
            self.session, person_id=self.person_id, training_class_id=self.class_id
        )
        assert own is not None
        return own.id
