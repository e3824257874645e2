"""Grades attempts and closes them: handed in, or over because their time was."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessment.domain import AttemptState, grade, is_late, may_become
from lms.assessment.events import AttemptGraded
from lms.assessment.models import Attempt, Quiz
from lms.assessment.queries import attempts as queries
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden
from lms.db.bus import emit
from lms.enrollment.domain import LIVE


def submit_attempt(session: Session, *, actor: Actor, attempt_id: int, now: datetime) -> Attempt:
    """Grade the actor's open attempt and close it; too late, what was saved in time is graded.

    The caller owns the transaction. Raises ``NotFound`` for anyone else's attempt, ``Conflict``
    for one already closed, which says the result, and ``Forbidden`` where the enrollment ended.
    """
    attempt, status = queries.own_attempt_for_update(
        session, person_id=actor.person_id, attempt_id=attempt_id
    )
    if attempt.state != AttemptState.OPEN:
        raise _closed_already(attempt)
    require_enrolled(status)
    close(session, attempt, now)
    return attempt


def hand_in(session: Session, *, actor: Actor, attempt_id: int, now: datetime) -> None:
    """Grade the actor's attempt; a second tap finds it done. Raises as ``submit_attempt``."""
    attempt, status = queries.own_attempt_for_update(
        session, person_id=actor.person_id, attempt_id=attempt_id
    )
    if attempt.state == AttemptState.OPEN:
        require_enrolled(status)
        close(session, attempt, now)


def close_if_overdue(session: Session, *, attempt_id: int, now: datetime) -> None:
    """Close the attempt where it is open and its time is over."""
    attempt = queries.attempt_for_update(session, attempt_id)
    if attempt.state == AttemptState.OPEN and is_late(attempt.deadline_at, now):
        close(session, attempt, now)


def close_overdue_attempts(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Close attempts that were left open past their time; return how many, ``limit`` at most."""
    ids = queries.overdue(session, at=now, limit=limit)
    for attempt_id in ids:
        close_if_overdue(session, attempt_id=attempt_id, now=now)
    return len(ids)


def require_enrolled(status: str) -> None:
    """Raise ``Forbidden`` where the attempt's enrollment is over."""
    if status not in LIVE:
        raise Forbidden(
            "not_enrolled", "You are no longer enrolled in this course. Your answers are kept."
        )


def _closed_already(attempt: Attempt) -> Conflict:
    score = {"points": attempt.points or 0, "max_points": attempt.max_points or 0}
    if attempt.passed:
        return Conflict(
            "attempt_already_submitted",
            "You handed this in already and passed: %(points)s of %(max_points)s right.",
            **score,
        )
    return Conflict(
        "attempt_already_submitted",
        "You handed this in already and did not pass: %(points)s of %(max_points)s right.",
        **score,
    )


def close(session: Session, attempt: Attempt, now: datetime) -> None:
    """Grade what is saved and close the attempt, whose row the caller has locked."""
    late = is_late(attempt.deadline_at, now)
    wanted = AttemptState.EXPIRED if late else AttemptState.SUBMITTED
    if not may_become(AttemptState(attempt.state), wanted):
        raise _closed_already(attempt)
    quiz = session.get_one(Quiz, attempt.quiz_id)
    keys = queries.answer_keys(session, attempt.id)
    graded = grade(keys, queries.answers(session, attempt.id), quiz.pass_percent)
    attempt.state = wanted
    # A clock that was set back must not lose a hand-in.
    ended = max(now, attempt.started_at)
    attempt.submitted_at = attempt.deadline_at if late and attempt.deadline_at else ended
    attempt.points, attempt.max_points = graded.points, graded.max_points
    attempt.percent, attempt.passed = graded.percent, graded.passed
    session.flush()
    emit(
        session,
        AttemptGraded(
            attempt_id=attempt.id,
            person_id=attempt.person_id,
            enrollment_id=attempt.enrollment_id,
            item_id=attempt.item_id,
            passed=graded.passed,
            at=attempt.submitted_at,
        ),
    )
