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
from lms.enrollment.models import TrainingClass
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
    ``Conflict`` for a class that takes nobody in or is full and ``PaymentRequired`` where it costs
    money.
    """
    found = queries.visible_course(session, slug=slug, person_id=actor.person_id)
    if found is None:
        raise NotFound
    course, own = found
    if own is not None or training_class_id is None:
        return enrollment_service.enroll(session, actor=actor, course=course, now=now)
    joined = _class_of(session, training_class_id, course.course_id)
    if joined.state != ClassState.OPEN:
        raise Conflict("class_not_open", "This class takes nobody in at the moment.")
    enrollment_service.require_seat(session, joined)
    return enrollment_service.enroll(
        session,
        actor=actor,
        course=revision_tree(session, joined.revision_id),
        training_class_id=joined.id,
        now=now,
    )


def wait_for_seat(
    session: Session, *, actor: Actor, slug: str, training_class_id: int, now: datetime
) -> None:
    """Put the actor in the line for a seat of a full class of the course at the address.

    Raises ``NotFound`` as ``join_course`` does, ``Conflict`` where there is nothing to wait for.
    """
    found = queries.visible_course(session, slug=slug, person_id=actor.person_id)
    if found is None:
        raise NotFound
    course = found[0]
    enrollment_service.wait(
        session,
        actor=actor,
        training_class=_class_of(session, training_class_id, course.course_id),
        price_fen=course.price_fen,
        now=now,
    )


def _class_of(session: Session, training_class_id: int, course_id: int) -> TrainingClass:
    """Lock and return a class of the course. Raises ``NotFound``."""
    found = enrollment_queries.class_of_course(
        session, training_class_id=training_class_id, course_id=course_id
    )
    if found is None:
        raise NotFound
    return found


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
