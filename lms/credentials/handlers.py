"""What other features' events mean for badges."""

from sqlalchemy.orm import Session

from lms.credentials.service import issuing
from lms.credentials.service.revoking import revoke_refunded
from lms.enrollment.events import CourseCompleted
from lms.payments.events import SeatChanged


def course_completed(session: Session, completed: CourseCompleted) -> None:
    """Write down, in the same transaction, that a badge is due."""
    issuing.intend(
        session,
        enrollment_id=completed.enrollment_id,
        person_id=completed.person_id,
        course_id=completed.course_id,
        at=completed.at,
    )


def seat_changed(session: Session, changed: SeatChanged) -> None:
    """Take back the badge of a seat whose money went back; to give it back, two people decide."""
    if changed.is_lost:
        revoke_refunded(session, enrollment_id=changed.enrollment_id, now=changed.at)
