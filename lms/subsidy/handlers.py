"""What other features' events mean for subsidies: something may have changed, so it is due."""

from sqlalchemy.orm import Session

from lms.assessment.events import AttemptGraded
from lms.enrollment.events import CourseCompleted, Enrolled, Moved
from lms.progress.events import ItemCompleted, LeaseEnded, TimeGranted
from lms.subsidy import service


def studied(
    session: Session,
    happened: Enrolled | Moved | ItemCompleted | LeaseEnded | TimeGranted | CourseCompleted,
) -> None:
    """Mark what the person studies for: joined, went on, completed or was granted something."""
    service.mark_due(session, person_id=happened.person_id, since=happened.at)


def graded(session: Session, happened: AttemptGraded) -> None:
    """Mark what the person studies for: an attempt has its grade, passed or not."""
    service.mark_due(session, person_id=happened.person_id, since=happened.at)
