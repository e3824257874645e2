"""Changes that join features."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessment import service as assessment_service
from lms.assessment.models import Attempt
from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.enrollment import queries as enrollment_queries
from lms.enrollment import service as enrollment_service
from lms.enrollment.domain import ClassState
from lms.learning import queries
from lms.progress import queries as progress_queries
from lms.progress.service import require_open


def join_course(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    training_class_id: int | None = None,
    now: datetime,
) -> int:
    """Enroll the actor in the course at the address and return the enrollment's id.

    In a class they get its version of the course. Who takes the course already stays where they
    are. Raises ``NotFound`` where the actor sees no such course or it has no such class,
    ``Conflict`` for a class that takes nobody in and ``PaymentRequired`` where it costs money.
    """
    found = queries.visible_course(session, slug=slug, person_id=actor.person_id)
    if found is None:
        raise NotFound
    course, own = found
    if own is not None or training_class_id is None:
        return enrollment_service.enroll(session, actor=actor, course=course, now=now)
    joined = enrollment_queries.class_of_course(
        session, training_class_id=training_class_id, course_id=course.course_id
    )
    if joined is None:
        raise NotFound
    if joined.state != ClassState.OPEN:
        raise Conflict("class_not_open", "This class takes nobody in at the moment.")
    return enrollment_service.enroll(
        session,
        actor=actor,
        course=revision_tree(session, joined.revision_id),
        training_class_id=joined.id,
        now=now,
    )


def start_quiz(session: Session, *, actor: Actor, item_id: int, now: datetime) -> Attempt:
    """Return the actor's open attempt at the quiz item, or start the next one.

    Raises ``NotFound`` where there is no such quiz, ``Forbidden`` where the actor is not enrolled
    or the final test is not open yet, and ``Conflict`` where no try is left.
    """
    target = progress_queries.item_target(session, person_id=actor.person_id, item_id=item_id)
    if target is None:
        if progress_queries.is_item_known(session, item_id):
            raise Forbidden("not_enrolled", "Please join the course first.")
        raise NotFound
    require_open(session, target=target)
    items = revision_tree(session, target.revision_id).items()
    return assessment_service.start_attempt(
        session,
        actor=actor,
        item=next(item for item in items if item.id == item_id),
        enrollment_id=target.enrollment_id,
        now=now,
    )
