"""Takes the quizzes of a learner as a person does: draw, answer, hand in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment import service as assessment
from lms.assessment.domain import GivenAnswer, letters_of
from lms.assessment.models import Attempt, AttemptQuestion, Quiz
from lms.assessment.queries.attempts import answer_keys
from lms.catalog.outline import ItemView
from lms.core.access import Actor
from lms.demo.domain import right_answers


@dataclass(frozen=True, slots=True)
class Sitting:
    """A quiz somebody takes: from when to when, and a number that varies the result."""

    item: ItemView
    begins_at: datetime
    ends_at: datetime
    luck: int


def take_quizzes(
    session: Session, actor: Actor, enrollment_id: int, sittings: Iterable[Sitting]
) -> None:
    """Pass the quizzes; what is not known is left open."""
    for sitting in sittings:
        attempt = assessment.start_attempt(
            session,
            actor=actor,
            item=sitting.item,
            enrollment_id=enrollment_id,
            now=sitting.begins_at,
        )
        given = _answers(session, attempt, sitting.luck)
        assessment.save_page(
            session, actor=actor, attempt_id=attempt.id, given=given, now=sitting.begins_at
        )
        assessment.hand_in(session, actor=actor, attempt_id=attempt.id, now=sitting.ends_at)


def _answers(session: Session, attempt: Attempt, luck: int) -> list[GivenAnswer]:
    orders = {
        row.question_id: row.option_order
        for row in session.scalars(
            select(AttemptQuestion)
            .where(AttemptQuestion.attempt_id == attempt.id)
            .order_by(AttemptQuestion.position)
        )
    }
    right = {key.question_id: key.correct for key in answer_keys(session, attempt.id)}
    needed = session.get_one(Quiz, attempt.quiz_id).pass_percent
    known = list(orders)[: right_answers(len(orders), needed, luck)]
    return [GivenAnswer(key, letters_of(right[key], orders[key]), 1) for key in known]
