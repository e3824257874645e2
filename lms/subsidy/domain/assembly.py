"""Put the facts of one person and programme together from what the site holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from lms.catalog.outline import CourseView, ItemView, LessonView, Words
from lms.subsidy.domain.dated import DatedFact, FactKey, differing, placed
from lms.subsidy.domain.facts import (
    Certificate,
    Facts,
    Flag,
    ProgrammeFacts,
    Study,
    StudyDay,
    Training,
)
from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.lists import Told, known_of
from lms.subsidy.domain.own_claims import OwnClaim, applied_on, history_with
from lms.subsidy.domain.policy import Number

_MINUTE_MS = 60_000
_QUIZ = "quiz"


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme of the site; one that draws on others counts what is studied in theirs."""

    id: int
    slug: str
    title: Words
    occupation: str
    level: int
    work_type: str | None = None
    draws_on: tuple[str, ...] = ()

    @property
    def counted(self) -> frozenset[str]:
        """Return the programmes whose courses count here."""
        return frozenset(self.draws_on or (self.slug,))


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A course the person takes."""

    enrollment_id: int
    course: CourseView
    programme: str
    institution: str | None
    joined_on: date
    completed_on: date | None
    class_began_on: date | None = None
    institution_id: int | None = None
    county: str | None = None

    @property
    def began_on(self) -> date:
        """Return the first day of the training: the class's, or the day of joining without one."""
        return self.class_began_on or self.joined_on


@dataclass(frozen=True, slots=True)
class Listing:
    """That a county's list names a programme of an institution, from day to day."""

    county: str
    programme_id: int
    institution_id: int
    starts_on: date
    ends_on: date | None
    recorded_at: datetime | None = None

    def covers(self, day: date) -> bool:
        """Tell whether it holds on the day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session in person that was held and that everybody of the person's class had to come to."""

    enrollment_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Visit:
    """That the person was at such a session, in whichever class of the course."""

    course_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Watched:
    """What one day brought in one course, on line or in person, milliseconds."""

    day: date
    course_id: int
    credited_ms: int
    is_in_person: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """A graded attempt at a quiz, whatever its version; ``place`` is where in time it stands."""

    enrollment_id: int
    address: str
    place: int
    percent: int


@dataclass(slots=True)
class Dossier:
    """All the site holds of one person that a policy may ask about."""

    courses: list[OwnCourse] = field(default_factory=list)
    facts: list[DatedFact] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    done: defaultdict[int, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    attempts: list[Graded] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    listings: Sequence[Listing] = ()
    lists: list[Told] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    claims: list[OwnClaim] = field(default_factory=list)
    flag: Flag = Flag.NONE

    def known(self, *, first_day: date | None, today: date) -> dict[FactKey, DatedFact]:
        """Return, of each key, the fact that counts."""
        return known_of(self.facts, self.lists, first_day=first_day, today=today)

    def differing(self, *, first_day: date | None, today: date) -> dict[FactKey, DatedFact]:
        """Return what the person said where a checked fact says otherwise."""
        known = self.known(first_day=first_day, today=today)
        return differing(self.facts, known, first_day=first_day, today=today)

    def courses_of(self, programme: Programme) -> list[OwnCourse]:
        """Return the person's courses that count for the programme, first joined first."""
        own = [each for each in self.courses if each.programme in programme.counted]
        return sorted(own, key=lambda each: (each.began_on, each.enrollment_id))


def facts_of(dossier: Dossier, programme: Programme, *, today: date) -> Facts:
    """Return the facts; what nobody asked yet is unknown.

    The day of applying is the claim's; while there is none, it is asked what one made today would
    come to.
    """
    courses = dossier.courses_of(programme)
    training = training_of(courses)
    known = dossier.known(first_day=training.start, today=today)
    values = placed({key: fact.value for key, fact in known.items()})
    facts = read_facts(values, "facts")
    return replace(
        facts,
        programme=_programme(dossier, programme, courses, training.start),
        training=training,
        study=_study(dossier, courses),
        attempts=_attempts(dossier, courses, any_quiz=bool(programme.draws_on)),
        certificate=certificate_for(dossier.certificates, programme),
        applied_on=applied_on(dossier.claims, programme.id) or today,
        history=history_with(facts.history, dossier.claims, programme.id),
        integrity=dossier.flag,
    )


def certificate_for(held: Iterable[Certificate], programme: Programme) -> Certificate | None:
    """Return the certificate of the programme's occupation: a valid one first, then the newest.

    Of several valid ones the one for the programme's level and work type.
    """
    own = [each for each in held if each.occupation == programme.occupation]
    return max(
        own,
        key=lambda each: (
            each.status == "issued",
            (each.level, each.work_type) == (programme.level, programme.work_type),
            each.issue_date or date.min,
        ),
        default=None,
    )


def training_of(courses: Sequence[OwnCourse]) -> Training:
    """Return the first and the last day of the training these courses are."""
    ends = [each.completed_on for each in courses]
    return Training(
        start=min((each.began_on for each in courses), default=None),
        end=None if not ends or None in ends else max(each for each in ends if each),
    )


def _programme(
    dossier: Dossier, programme: Programme, courses: Sequence[OwnCourse], start: date | None
) -> ProgrammeFacts:
    return ProgrammeFacts(
        code=programme.slug,
        occupation=programme.occupation,
        work_type=programme.work_type,
        level=programme.level,
        institution=courses[0].institution if courses else None,
        listed=_is_listed(dossier.listings, programme, courses[0], start) if courses else None,
    )


def _is_listed(
    listings: Iterable[Listing], programme: Programme, course: OwnCourse, start: date | None
) -> bool | None:
    """Tell whether the county's lists name it; unknown where the county has entered none."""
    own = [each for each in listings if each.county == course.county]
    if start is None or not own:
        return None
    wanted = (programme.id, course.institution_id)
    return any(
        (each.programme_id, each.institution_id) == wanted and each.covers(start) for each in own
    )


def _study(dossier: Dossier, courses: Sequence[OwnCourse]) -> Study:
    """Return minutes by day, on line and in person, and lessons done of lessons there are.

    A session in person that was held and required is a lesson too. Who comes from another class of
    the course brings the sessions attended there: each stands for one that was missed here.
    """
    own = {each.course.course_id for each in courses}
    by_day: defaultdict[date, int] = defaultdict(int)
    for watched in dossier.watched:
        if watched.course_id in own:
            by_day[watched.day] += watched.credited_ms
    required = Counter(each.enrollment_id for each in dossier.meetings)
    came = Counter(each.course_id for each in dossier.visits)
    lessons = [(each, lesson) for each in courses for lesson in each.course.teaching_lessons]
    return Study(
        days=tuple(StudyDay(day, _minutes(ms)) for day, ms in sorted(by_day.items()) if ms),
        lessons_done=sum(
            _is_done(lesson, dossier.done[each.enrollment_id]) for each, lesson in lessons
        )
        + sum(min(required[each.enrollment_id], came[each.course.course_id]) for each in courses),
        lessons_total=len(lessons) + sum(required[each.enrollment_id] for each in courses),
    )


def _minutes(milliseconds: int) -> Number:
    """Return minutes exactly: a millisecond short is short."""
    whole, rest = divmod(milliseconds, _MINUTE_MS)
    return Fraction(milliseconds, _MINUTE_MS) if rest else whole


def _is_done(lesson: LessonView, done: AbstractSet[tuple[str, str]]) -> bool:
    needed = [item for item in lesson.items if item.is_required] or list(lesson.items)
    return bool(needed) and all((item.lesson_key, item.key) in done for item in needed)


def _attempts(
    dossier: Dossier, courses: Sequence[OwnCourse], *, any_quiz: bool
) -> tuple[int, ...] | None:
    """Return the attempts at the test that counts, first to last; of several tests the best one's.

    That is the final test. Where any quiz counts it is the one with the best score.
    """
    tests = [
        (each.enrollment_id, item.address)
        for each in courses
        for item in quizzes_of(each.course, any_quiz=any_quiz)
    ]
    if not tests:
        return None
    given: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for attempt in sorted(dossier.attempts, key=lambda one: one.place):
        given[attempt.enrollment_id, attempt.address].append(attempt.percent)
    return tuple(max((given[test] for test in tests), key=lambda scores: max(scores, default=-1)))


def quizzes_of(course: CourseView, *, any_quiz: bool) -> Iterable[ItemView]:
    """Yield the quiz items that count."""
    for lesson in course.lessons:
        if any_quiz or lesson.is_final:
            yield from (item for item in lesson.items if item.kind == _QUIZ)


def programmes_of(dossier: Dossier, known: Mapping[str, Programme]) -> list[Programme]:
    """Return the programmes the person studies for; those that draw on others come last."""
    own = {each.programme for each in dossier.courses}
    found = [each for each in known.values() if each.counted & own]
    return sorted(found, key=lambda each: (bool(each.draws_on), each.id))
