"""Reads the quizzes a person took and what to know before the next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Quiz
from lms.catalog.models import Item
from lms.catalog.outline import Words
from lms.catalog.queries import item_in_all_versions


@dataclass(frozen=True, slots=True)
class OwnAttempt:
    """A quiz the person handed in."""

    id: int
    title: Words
    number: int
    percent: int
    passed: bool
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """What a learner should know before starting a quiz."""

    draw: int
    pass_percent: int
    max_attempts: int | None
    time_limit_s: int | None
    attempts: tuple[OwnAttempt, ...]
    has_open: bool

    @property
    def tries_left(self) -> int | None:
        """Return how many tries are left; ``None`` where there is no limit."""
        if self.max_attempts is None:
            return None
        return max(0, self.max_attempts - len(self.attempts) - self.has_open)

    @property
    def may_try(self) -> bool:
        """Tell whether there is a quiz to start or go on with; a capped one ends with a pass."""
        if self.has_open or self.tries_left is None:
            return True
        return self.tries_left > 0 and not any(attempt.passed for attempt in self.attempts)


def quiz_facts(session: Session, *, person_id: int, item_id: int) -> QuizFacts:
    """Return the rules of a quiz item and the person's tries at it."""
    quiz = session.execute(
        select(Quiz.draw, Quiz.pass_percent, Quiz.max_attempts, Quiz.time_limit_s, Quiz.title)
        .join(Item, Item.quiz_id == Quiz.id)
        .where(Item.id == item_id)
    ).one()
    tries = session.execute(
        select(Attempt.id, Attempt.number, Attempt.percent, Attempt.passed, Attempt.submitted_at)
        .where(
            Attempt.person_id == person_id,
            Attempt.item_id.in_(item_in_all_versions(item_id)),
        )
        .order_by(Attempt.number)
    ).all()
    handed_in = tuple(
        OwnAttempt(each.id, quiz.title, each.number, each.percent, each.passed, each.submitted_at)
        for each in tries
        if each.submitted_at is not None
    )
    return QuizFacts(
        draw=quiz.draw,
        pass_percent=quiz.pass_percent,
        max_attempts=quiz.max_attempts,
        time_limit_s=quiz.time_limit_s,
        attempts=handed_in,
        has_open=len(handed_in) < len(tries),
    )
