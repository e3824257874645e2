"""Changes that join features."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment import service as assessment_service
from lms.assessment.models import Attempt
from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.enrollment import queries as enrollment_queries
from lms.enrollment import service as enrollment_service
from lms.enrollment.domain import ClassState, is_door_code
from lms.enrollment.models import AttendanceEntry, Enrollment, TrainingClass
from lms.learning import queries
from lms.progress import queries as progress_queries
from lms.progress.service import arrive, require_open


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


def come_in(
    session: Session,
    *,
    actor: Actor,
    class_session_id: int,
    code: str,
    secret: str,
    now: datetime,
) -> tuple[AttendanceEntry, bool]:
    """Sign the actor in at the door of a session; tell whether that is new.

    Raises ``NotFound``, and ``Conflict`` for a code that hangs there no more and as ``arrive``.
    """
    row = enrollment_queries.class_session(session, class_session_id)
    if row is None:
        raise NotFound
    if not is_door_code(secret, row.id, code, now):
        raise Conflict("door_code_old", "The code at the door has changed. Please scan it again.")
    return arrive(session, actor=actor, row=row, now=now)


def sign_class(
    session: Session, *, actor: Actor, enrollment_id: int, address_prefix: str, now: datetime
) -> None:
    """Keep the actor's signature below what they were shown of their class.

    Raises ``NotFound`` for anybody else's, ``Conflict`` before it is over and the second time.
    """
    file = _file_to_sign(session, actor, enrollment_id, now)
    enrollment_service.sign_class(
        session,
        enrollment_id=enrollment_id,
        shown=file.shown(),
        address_prefix=address_prefix,
        now=now,
    )


def object_to_class(
    session: Session, *, actor: Actor, enrollment_id: int, words: str, now: datetime
) -> None:
    """Keep what the actor says is not right with their class. Raises as ``sign_class`` does."""
    file = _file_to_sign(session, actor, enrollment_id, now)
    enrollment_service.object_to_class(
        session, enrollment_id=enrollment_id, shown=file.shown(), words=words, now=now
    )


def _file_to_sign(
    session: Session, actor: Actor, enrollment_id: int, now: datetime
) -> queries.ClassFile:
    session.scalar(select(Enrollment.id).where(Enrollment.id == enrollment_id).with_for_update())
    file = queries.class_file(
        session, person_id=actor.person_id, enrollment_id=enrollment_id, at=now
    )
    if not file.own.may_sign:
        raise Conflict("class_goes_on", "The class is not over yet. Please sign after it.")
    return file


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
