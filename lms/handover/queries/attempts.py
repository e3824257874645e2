"""Reads attempts at quizzes with every question, answer and right option."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, AttemptQuestion, Option, Question, Quiz, Response
from lms.catalog.models import Item, Lesson
from lms.handover.queries.people import Subject


def attempts(session: Session, subject: Subject) -> Iterator[dict[str, Any]]:
    """Yield the attempts that are over; one that is open is the learner's own until then."""
    rows = session.execute(
        select(Attempt, Quiz, Lesson.key)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Item, Item.id == Attempt.item_id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .where(Attempt.enrollment_id.in_(subject.enrollment_ids), Attempt.submitted_at.is_not(None))
        .order_by(Attempt.id)
    )
    for own, quiz, lesson_key in rows.all():
        yield {
            "id": own.id,
            "enrollment_id": own.enrollment_id,
            "lesson_key": lesson_key,
            "quiz": {"id": quiz.id, "title": quiz.title},
            "pass_percent": quiz.pass_percent,
            "number": own.number,
            "state": own.state,
            "seed": own.seed,
            "started_at": own.started_at,
            "deadline_at": own.deadline_at,
            "submitted_at": own.submitted_at,
            "points": own.points,
            "max_points": own.max_points,
            "percent": own.percent,
            "passed": own.passed,
            "questions": list(_questions(session, own.id)),
        }


def _questions(session: Session, attempt_id: int) -> Iterator[dict[str, Any]]:
    rows = session.execute(
        select(AttemptQuestion, Question, Response)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .outerjoin(
            Response,
            and_(
                Response.attempt_id == AttemptQuestion.attempt_id,
                Response.question_id == AttemptQuestion.question_id,
            ),
        )
        .where(AttemptQuestion.attempt_id == attempt_id)
        .order_by(AttemptQuestion.position)
    ).all()
    options = _options(session, [row.Question.id for row in rows])
    for served, question, given in rows:
        yield {
            "id": question.id,
            "key": question.key,
            "version": question.version,
            "kind": question.kind,
            "stem": question.stem,
            "option_order": served.option_order,
            "options": options[question.id],
            "answer": given.answer if given else None,
            "saved_at": given.saved_at if given else None,
        }


def _options(session: Session, questions: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = session.scalars(
        select(Option).where(Option.question_id.in_(questions)).order_by(Option.position)
    )
    for option in rows:
        made = {"key": option.key, "text": option.text, "right": option.is_correct}
        found[option.question_id].append(made)
    return found
