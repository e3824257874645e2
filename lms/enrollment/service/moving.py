"""Moves enrollments to a newer version of their course, and keeps what was completed and earned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.errors import Conflict, NotFound
from lms.core.ids import new_uuid
from lms.db.bus import emit
from lms.enrollment import queries
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.events import Moved
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import Group
from lms.jobs.models import Job
from lms.jobs.service import JobRequest, cancel, enqueue

MOVE = "enrollment.move"


@dataclass(frozen=True, slots=True)
class Order:
    """Who is to be moved where, who said so and when."""

    group: Group
    revision_id: int
    actor_id: int
    asked_at: datetime

    def as_args(self) -> dict[str, Any]:
        """Return it as a job keeps it."""
        group = self.group
        return {
            "course": group.course_id,
            "revision": self.revision_id,
            "class": group.training_class_id,
            "from": group.revision_id,
            "enrollment": group.enrollment_id,
            "scopes": [[scope.kind.value, scope.id] for scope in group.scopes],
            "actor": self.actor_id,
            "asked_at": self.asked_at.isoformat(),
        }


def order_of(args: Mapping[str, Any]) -> Order:
    """Return the order a job keeps."""
    scopes = tuple(Scope(ScopeKind(kind), of) for kind, of in args["scopes"])
    group = Group(args["course"], scopes, args["class"], args["from"], args["enrollment"])
    asked_at = datetime.fromisoformat(args["asked_at"])
    return Order(group, args["revision"], args["actor"], asked_at)


def ask_to_move(
    session: Session, *, actor: Actor, group: Group, number: int, now: datetime
) -> Order:
    """Order that a group is moved to the course's published version; a job does it.

    ``number`` is the version the preview spoke of. A class is pinned to it at once, so that
    whoever joins from now on has it. Raises ``NotFound`` for a class or enrollment out of reach,
    ``Conflict`` where another version was published meanwhile or there is nobody to move.
    """
    published = queries.published(session, group.course_id)
    if published is None or published.number != number:
        raise Conflict(
            "version_changed",
            "Another version was published meanwhile. Nobody was moved; please look again.",
        )
    pinned = _pin(session, group, published.id)
    count = queries.count_to_move(session, group, published.id)
    if not count and not pinned:
        raise Conflict("nobody_to_move", "Nobody is left to be moved here.")
    order = Order(group, published.id, actor.person_id, now)
    # Each order is a job of its own: a stopped one is ordered again and finds who is left.
    enqueue(session, JobRequest(MOVE, f"{MOVE}:{new_uuid()}", order.as_args(), actor.person_id))
    _write_down(session, order, "ordered", count, now)
    return order


def _pin(session: Session, group: Group, revision_id: int) -> bool:
    """Pin the group's class, where it is one, to the revision; tell whether that is news."""
    if group.training_class_id is None:
        return False
    training_class = session.scalar(
        select(TrainingClass)
        .where(
            TrainingClass.id == group.training_class_id,
            TrainingClass.course_id == group.course_id,
            queries.class_in_scope(group.scopes),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if training_class is None:
        raise NotFound
    if training_class.revision_id == revision_id:
        return False
    training_class.revision_id = revision_id
    session.flush()
    return True


def move_one(session: Session, *, enrollment_id: int, revision_id: int, now: datetime) -> bool:
    """Move one active enrollment to the revision; false where it is there or not active.

    What was completed hangs on the enrollment and the stable keys of items, what was earned on
    the person and the material: both stay. A test that is open and a lease go on as they are.
    """
    row = session.execute(
        update(Enrollment)
        .where(
            Enrollment.id == enrollment_id,
            Enrollment.status == EnrollmentStatus.ACTIVE,
            Enrollment.revision_id != revision_id,
        )
        .values(revision_id=revision_id, moved_at=now)
        .returning(Enrollment.person_id)
    ).one_or_none()
    if row is None:
        return False
    emit(session, Moved(enrollment_id, row.person_id, revision_id, now))
    return True


def record_moved(session: Session, order: Order, *, now: datetime) -> int:
    """Write down that everybody was moved; return how many, over all runs of the job."""
    moved = queries.count_moved(session, order.group, order.revision_id, since=order.asked_at)
    _write_down(session, order, "moved", moved, now)
    return moved


def stop_moving(session: Session, *, actor: Actor, course_id: int, job_id: str) -> None:
    """Stop a move the actor ordered; who was moved stays so.

    Raises ``NotFound`` for anybody else's and ``Conflict`` where it is over.
    """
    found = session.scalar(
        select(Job).where(Job.id == job_id, Job.kind == MOVE, Job.owner_id == actor.person_id)
    )
    may = actor.may(Permission.ENROLLMENT_MOVE)
    if found is None or not may or found.args["course"] != course_id:
        raise NotFound
    if not cancel(session, job_id):
        raise Conflict("move_over", "This is done already.")


def _write_down(session: Session, order: Order, step: str, people: int, now: datetime) -> None:
    group = order.group
    record(
        session,
        actor_id=order.actor_id,
        action=f"version.{step}",
        subject=f"course:{group.course_id}",
        details={
            "to": order.revision_id,
            "from": group.revision_id,
            "class": group.training_class_id,
            "enrollment": group.enrollment_id,
            "people": people,
        },
        at=now,
    )
