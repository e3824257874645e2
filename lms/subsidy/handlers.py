"""What other features' events mean for subsidies: something may have changed, so it is due."""

from sqlalchemy.orm import Session

from lms.assessment.events import AttemptGraded
from lms.enrollment.events import CourseCompleted, Enrolled
from lms.progress.events import ItemCompleted, LeaseEnded
from lms.subsidy import service


def studied(
    session: Session, happened: Enrolled | ItemCompleted | LeaseEnded | CourseCompleted
) -> None:
    """Mark what the person studies for: joined, went on for a while, or completed something."""
    service.mark_due(session, person_id=happened.person_id, since=happened.at)


def graded(session: Session, happened: AttemptGraded) -> None:
    """Mark what the person studies for: an attempt has its grade, passed or not."""
    service.mark_due(session, person_id=happened.person_id, since=happened.at)
