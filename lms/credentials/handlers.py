"""What other features' events mean for badges."""

from sqlalchemy.orm import Session

from lms.credentials.service import issuing
from lms.enrollment.events import CourseCompleted


def course_completed(session: Session, completed: CourseCompleted) -> None:
    """Write down, in the same transaction, that a badge is due."""
    issuing.intend(
        session,
        enrollment_id=completed.enrollment_id,
        person_id=completed.person_id,
        course_id=completed.course_id,
        at=completed.at,
    )
