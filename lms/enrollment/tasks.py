"""What the worker does about enrollments and classes: moves many people, follows the days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.enrollment import queries, service
from lms.enrollment.domain import ClassState
from lms.enrollment.models import TrainingClass
from lms.jobs.tasks import JobContext
from lms.settings import Settings

# So many are looked up by one statement; each is moved in a transaction of its own.
_BATCH = 100


def move(context: JobContext) -> Mapping[str, Any]:
    """Move everybody of an order, each in a transaction.

    It may be stopped and run again: who was moved is found moved.
    """
    order = service.order_of(context.args)
    group, revision_id = order.group, order.revision_id
    with context.database.snapshot() as session:
        total = queries.count_to_move(session, group, revision_id)
    done = after = 0
    while True:
        with context.database.snapshot() as session:
            ids = queries.next_to_move(session, group, revision_id, after=after, limit=_BATCH)
        if not ids:
            break
        for enrollment_id in ids:
            with context.database.transaction() as session:
                service.move_one(
                    session, enrollment_id=enrollment_id, revision_id=revision_id, now=now(session)
                )
        done, after = done + len(ids), ids[-1]
        context.report(done, max(done, total))
    with context.database.transaction() as session:
        context.go_on(session)
        return {"people": service.record_moved(session, order, now=now(session))}


def follow_the_days(database: Database, _settings: Settings) -> int:
    """Let classes begin on their first day and end after their last; return how many moved.

    One that was opened on its first day or later takes people in until staff say otherwise.
    """
    with database.snapshot() as session:
        due = _due(session, local_day(now(session)))
    for class_id, _ in due:
        with database.transaction() as session:
            locked = queries.locked_class(session, class_id)
            at = now(session)
            step = locked and _step(locked, local_day(at))
            if locked and step:
                service.move_on(session, actor=None, training_class=locked, state=step, now=at)
    return len(due)


def _due(session: Session, today: date) -> list[tuple[int, ClassState]]:
    moving = TrainingClass.state.in_((ClassState.OPEN, ClassState.RUNNING))
    rows = session.scalars(select(TrainingClass).where(moving, TrainingClass.starts_on <= today))
    steps = ((row.id, _step(row, today)) for row in rows)
    return [(class_id, step) for class_id, step in steps if step]


def _step(row: TrainingClass, today: date) -> ClassState | None:
    """Return where the day takes the class, ``None`` where it stays."""
    is_open = row.state == ClassState.OPEN
    if not is_open and row.state != ClassState.RUNNING:
        return None
    if row.ends_on is not None and row.ends_on < today:
        return ClassState.ENDED
    if is_open and local_day(row.created_at) < row.starts_on <= today:
        return ClassState.RUNNING
    return None
