"""Reads what the page before a quiz says: what is asked, what was tried, what is left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.domain import AttemptState, Tries
from lms.assessment.models import Attempt, Question, Quiz
from lms.catalog.models import Item
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt that has its grade."""

    id: int
    number: int
    percent: int
    passed: bool
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class StartView:
    """What a learner is told before a quiz; ``past`` lists the newest attempt first."""

    item_id: int
    questions: int
    pass_percent: int
    time_limit_s: int | None
    tries: Tries
    open_attempt_id: int | None
    past: tuple[PastAttempt, ...]

    @property
    def passed(self) -> PastAttempt | None:
        """Return the newest attempt that passed."""
        return next((attempt for attempt in self.past if attempt.passed), None)


def start_view(session: Session, *, person_id: int, item_id: int) -> StartView | None:
    """Return what to say before the quiz, ``None`` where the person is not enrolled in it."""
    row = session.execute(
        select(Quiz, Enrollment.id)
        .join(Item, Item.quiz_id == Quiz.id)
        .join(Enrollment, Enrollment.revision_id == Item.revision_id)
        .where(Item.id == item_id, Enrollment.person_id == person_id, Enrollment.status.in_(LIVE))
    ).one_or_none()
    if row is None:
        return None
    quiz, enrollment_id = row
    current = select(func.count(Question.id)).where(
        Question.bank_id == quiz.bank_id, Question.retired_at.is_(None)
    )
    attempts = session.scalars(
        select(Attempt)
        .where(Attempt.enrollment_id == enrollment_id, Attempt.item_id == item_id)
        .order_by(Attempt.number.desc())
    ).all()
    open_id = next((each.id for each in attempts if each.state == AttemptState.OPEN), None)
    return StartView(
        item_id=item_id,
        questions=min(quiz.draw, session.scalar(current) or 0),
        pass_percent=quiz.pass_percent,
        time_limit_s=quiz.time_limit_s,
        tries=Tries(
            most=quiz.max_attempts,
            started=len(attempts),
            has_open=open_id is not None,
            has_passed=any(each.passed for each in attempts),
        ),
        open_attempt_id=open_id,
        past=tuple(
            PastAttempt(each.id, each.number, each.percent, bool(each.passed), each.submitted_at)
            for each in attempts
            if each.percent is not None and each.submitted_at is not None
        ),
    )


def has_open_attempt(session: Session, *, person_id: int, item_id: int) -> bool:
    """Tell whether the person is in the middle of the quiz."""
    found = session.scalar(
        select(Attempt.id).where(
            Attempt.person_id == person_id,
            Attempt.item_id == item_id,
            Attempt.state == AttemptState.OPEN,
        )
    )
    return found is not None
