"""Makes question banks, quizzes, learners who may take them, and attempts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.assessment import service
from lms.assessment.domain import (
    GivenAnswer,
    OptionSpec,
    QuestionKind,
    QuestionSpec,
    Saved,
    letters_of,
)
from lms.assessment.models import Attempt, AttemptQuestion, Option, Quiz
from lms.catalog.outline import ItemView
from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.ids import new_token
from lms.db.session import Database, now
from lms.enrollment.models import Enrollment
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import (
    MadeCourse,
    both,
    lesson,
    make_course,
    quiz,
    reading,
)
from tests.factories.enrollment import COMPLETED, make_enrollment

_numbers = count(1)
_KEYS = "abcdefghij"
# Words that stand in right options, explanations and nowhere else: no page may hold them early.
MARKER_WHY = "因为面是自家现拉的"


def question(
    key: str, *, right: str = "a", options: int = 4, kind: QuestionKind | None = None
) -> QuestionSpec:
    """Return a question; ``right`` lists the keys of its right options."""
    made = tuple(
        OptionSpec(
            letter,
            both(f"{key} 选项 {letter}", f"{key} option {letter}"),
            letter in right,
            both(f"{MARKER_WHY} {key}{letter}", f"Because noodles {key}{letter}"),
        )
        for letter in _KEYS[:options]
    )
    kind = kind or (QuestionKind.MULTIPLE if len(right) > 1 else QuestionKind.SINGLE)
    return QuestionSpec(key, kind, both(f"第 {key} 题怎么说？", f"How about {key}?"), made)


def questions(number: int = 5) -> list[QuestionSpec]:
    """Return questions whose right option is ``a``, the last of them with two right ones."""
    singles = [question(f"q{n}") for n in range(1, number)]
    return [*singles, question(f"q{number}", right="ac")]


def make_bank(
    session: Session, asked: Sequence[QuestionSpec] | None = None, *, slug: str | None = None
) -> int:
    """Make a bank of the questions, of five where none are given; return its id."""
    report = service.import_bank(
        session,
        slug=slug or f"bank-{next(_numbers)}",
        questions=questions() if asked is None else asked,
        now=now(session),
    )
    return report.bank_id


def make_quiz(session: Session, *, bank_id: int | None = None, **terms: Any) -> Quiz:
    """Make a quiz that asks all five questions and passes at 60 percent."""
    values: dict[str, Any] = {
        "title": both("本课小测", "Lesson quiz"),
        "draw": 5,
        "pass_percent": 60,
        **terms,
    }
    return service.create_quiz(
        session,
        bank_id=make_bank(session) if bank_id is None else bank_id,
        terms=service.QuizTerms(**values),
    )


@dataclass(frozen=True, slots=True)
class Taker:
    """A learner enrolled in a course with a quiz, signed in with ``token``."""

    actor: Actor
    token: str
    enrollment: Enrollment
    course: MadeCourse
    item: ItemView
    quiz: Quiz


def make_taker(
    session: Session,
    *,
    quiz_row: Quiz | None = None,
    course: MadeCourse | None = None,
    name: str = "林秀芳",
    locale: str = "zh",
    **terms: Any,
) -> Taker:
    """Make a learner who may take the quiz of lesson A01; ``terms`` are the quiz's."""
    if course is None:
        row = quiz_row or make_quiz(session, **terms)
        course = make_course(
            session, lessons=[lesson("A01", reading(), quiz(quiz_id=row.id)), lesson("A02")]
        )
    row = session.get_one(Quiz, course.items["A01/quiz"].quiz_id)
    actor, token = make_learner(session, name=name, locale=locale)
    person = session.get_one(Person, actor.person_id)
    enrollment = make_enrollment(session, course=course, person=person)
    tree = revision_tree(session, course.revision.id)
    item = next(item for item in tree.items() if item.kind == "quiz")
    return Taker(actor, token, enrollment, course, item, row)


def make_learner(
    session: Session, *, name: str = "林秀芳", locale: str | None = "zh"
) -> tuple[Actor, str]:
    """Make a person with a signed-in browser; return the actor and the browser's token."""
    person, token = make_person(session, name=name, locale=locale), new_token()
    sign_in = make_sign_in(session, person, token=token)
    return Actor(person.id, name, (), sign_in.id, locale), token


def make_attempt(session: Session, taker: Taker, *, at: datetime | None = None) -> Attempt:
    """Start (or find) the taker's attempt."""
    return service.start_attempt(
        session,
        actor=taker.actor,
        item=taker.item,
        enrollment_id=taker.enrollment.id,
        now=at or now(session),
    )


def make_graded_attempt(
    session: Session, enrollment: Enrollment, course: MadeCourse, name: str, **overrides: Any
) -> Attempt:
    """Make a graded attempt at a quiz item, without its questions."""
    item = course.items[name]
    values: dict[str, Any] = {
        "quiz_id": item.quiz_id,
        "item_id": item.id,
        "enrollment_id": enrollment.id,
        "person_id": enrollment.person_id,
        "number": 1,
        "state": "submitted",
        "seed": 1,
        "started_at": COMPLETED - timedelta(minutes=10),
        "submitted_at": COMPLETED,
        "points": 8,
        "max_points": 10,
        "percent": 80,
        "passed": True,
    }
    attempt = Attempt(**{**values, **overrides})
    session.add(attempt)
    session.flush()
    return attempt


def right_letters(session: Session, attempt: Attempt) -> dict[int, tuple[str, ...]]:
    """Return the letters of the right options in this attempt, by question in order."""
    asked = session.scalars(
        select(AttemptQuestion)
        .where(AttemptQuestion.attempt_id == attempt.id)
        .order_by(AttemptQuestion.position)
    ).all()
    right = session.execute(
        select(Option.question_id, Option.key).where(
            Option.question_id.in_([row.question_id for row in asked]), Option.is_correct.is_(True)
        )
    ).all()
    return {
        row.question_id: letters_of(
            (key for question_id, key in right if question_id == row.question_id),
            row.option_order,
        )
        for row in asked
    }


def wrong_letters(right: Iterable[str]) -> tuple[str, ...]:
    """Return an answer with nothing right in it."""
    return next((letter,) for letter in "ABCD" if letter not in set(right))


def answer_some(session: Session, taker: Taker, attempt: Attempt, *, right: int) -> None:
    """Answer every question, the first ``right`` of them rightly."""
    keys: Mapping[int, tuple[str, ...]] = right_letters(session, attempt)
    for number, (question_id, letters) in enumerate(keys.items()):
        chosen = letters if number < right else wrong_letters(letters)
        service.save_response(
            session,
            actor=taker.actor,
            attempt_id=attempt.id,
            given=GivenAnswer(question_id, chosen, 1),
            now=attempt.started_at,
        )


def start(database: Database, taker: Taker) -> int:
    """Start (or find) the attempt in a transaction of its own; return its id."""
    with database.transaction() as session:
        return make_attempt(session, taker).id


def submit(
    database: Database, taker: Taker, attempt_id: int, *, after: timedelta = timedelta(0)
) -> Attempt:
    """Hand the attempt in, ``after`` so long from now, in a transaction of its own."""
    with database.transaction() as session:
        return service.submit_attempt(
            session, actor=taker.actor, attempt_id=attempt_id, now=now(session) + after
        )


def save(
    session: Session,
    taker: Taker,
    attempt: Attempt,
    given: tuple[int, Iterable[str], int],
    *,
    after: timedelta = timedelta(0),
) -> Saved:
    """Save (question, letters, rev) so long after the attempt was started."""
    question_id, letters, rev = given
    return service.save_response(
        session,
        actor=taker.actor,
        attempt_id=attempt.id,
        given=GivenAnswer(question_id, tuple(letters), rev),
        now=attempt.started_at + after,
    )
