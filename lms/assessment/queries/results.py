"""Reads how attempts ended, and tells right answers where the rule says they may be told."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.domain import AttemptState, Tries
from lms.assessment.models import AttemptQuestion, Option, Question
from lms.assessment.queries import attempts
from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.catalog.tree import revision_tree
from lms.db.base import Localized


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt stands: its grade where it has one, and what is left to try."""

    attempt_id: int
    number: int
    state: str
    item_id: int
    revision_id: int
    title: Localized
    pass_percent: int
    points: int | None
    max_points: int | None
    percent: int | None
    passed: bool | None
    submitted_at: datetime | None
    tries: Tries

    @property
    def is_open(self) -> bool:
        """Tell whether the attempt has no grade yet."""
        return self.state == AttemptState.OPEN

    @property
    def tells_answers(self) -> bool:
        """Tell whether the right answers of this attempt may be shown."""
        return not self.is_open and self.tries.tells_answers


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """An option with its explanation."""

    text: Localized
    why: Localized | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question answered wrongly: what was chosen and what would have been right."""

    position: int
    stem: Localized
    chosen: tuple[ReviewedOption, ...]
    right: tuple[ReviewedOption, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its course a quiz stands."""

    course: CourseView
    lesson: LessonView
    item: ItemView


def place(session: Session, *, revision_id: int, item_id: int) -> Place:
    """Return where the quiz item stands in its revision of the course."""
    course = revision_tree(session, revision_id)
    return next(
        Place(course, lesson, item)
        for lesson in course.lessons
        for item in lesson.items
        if item.id == item_id
    )


def result(session: Session, *, person_id: int, attempt_id: int) -> Result:
    """Return how the person's attempt stands. Raises ``NotFound`` for anyone else's."""
    attempt, quiz, revision_id = attempts.own_attempt(
        session, person_id=person_id, attempt_id=attempt_id
    )
    used = attempts.tries(
        session,
        enrollment_id=attempt.enrollment_id,
        item_id=attempt.item_id,
        most=quiz.max_attempts,
    )
    return Result(
        attempt_id=attempt.id,
        number=attempt.number,
        state=attempt.state,
        item_id=attempt.item_id,
        revision_id=revision_id,
        title=quiz.title,
        pass_percent=quiz.pass_percent,
        points=attempt.points,
        max_points=attempt.max_points,
        percent=attempt.percent,
        passed=attempt.passed,
        submitted_at=attempt.submitted_at,
        tries=used,
    )


def review(session: Session, shown: Result) -> tuple[Reviewed, ...]:
    """Return the questions answered wrongly; none while the answers may not be told."""
    if not shown.tells_answers:
        return ()
    given = attempts.answers(session, shown.attempt_id)
    options = _options(session, shown.attempt_id)
    asked = session.execute(
        select(AttemptQuestion.position, AttemptQuestion.question_id, Question.stem)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .where(AttemptQuestion.attempt_id == shown.attempt_id)
        .order_by(AttemptQuestion.position)
    )
    reviewed = []
    for position, question_id, stem in asked:
        own = options[question_id]
        chosen = frozenset(given.get(question_id, ()))
        right = frozenset(option.key for option in own if option.is_correct)
        if chosen != right:
            reviewed.append(Reviewed(position, stem, _told(own, chosen), _told(own, right)))
    return tuple(reviewed)


def _told(options: list[Option], keys: frozenset[str]) -> tuple[ReviewedOption, ...]:
    return tuple(
        ReviewedOption(option.text, option.why) for option in options if option.key in keys
    )


def _options(session: Session, attempt_id: int) -> dict[int, list[Option]]:
    rows = session.scalars(
        select(Option)
        .join(AttemptQuestion, AttemptQuestion.question_id == Option.question_id)
        .where(AttemptQuestion.attempt_id == attempt_id)
        .order_by(Option.position)
    )
    options: dict[int, list[Option]] = defaultdict(list)
    for option in rows:
        options[option.question_id].append(option)
    return options
