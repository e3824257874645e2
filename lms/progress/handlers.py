"""What other features' events mean for progress."""

from sqlalchemy.orm import Session

from lms.assessment.events import AttemptGraded
from lms.progress import queries, service


def quiz_passed(session: Session, graded: AttemptGraded) -> None:
    """Complete the quiz item of a passed attempt."""
    if not graded.passed:
        return
    address = queries.item_address(session, graded.item_id)
    service.complete_item(
        session,
        enrollment_id=graded.enrollment_id,
        lesson_key=address.lesson_key,
        item_key=address.item_key,
        now=graded.at,
    )
