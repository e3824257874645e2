"""What other features' events mean for progress."""

from sqlalchemy.orm import Session

from lms.accounts.events import SignInEnded
from lms.assessment.events import AttemptGraded
from lms.enrollment.events import Attended, ClassFilled, Enrolled, Moved
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


def sign_in_ended(session: Session, ended: SignInEnded) -> None:
    """End the lease of a browser that was signed out: its late beats still count, new ones not."""
    service.end_leases_of_sign_in(session, sign_in_id=ended.sign_in_id)


def enrolled(session: Session, joined: Enrolled) -> None:
    """Count what was studied before: who comes back has not lost it."""
    service.complete_what_was_seen(session, joined)


def class_filled(session: Session, filled: ClassFilled) -> None:
    """Count what was studied before, of those who ever did: most of a roster are new here."""
    studied = queries.who_studied(session, [person_id for _, person_id in filled.joined])
    for enrollment_id, person_id in filled.joined:
        if person_id in studied:
            enrolled(session, Enrolled(enrollment_id, person_id, filled.revision_id, filled.at))


def moved(session: Session, went: Moved) -> None:
    """Keep what was completed, take over what was seen of the newer version, and look anew."""
    service.complete_what_was_seen(session, went)
    service.derive_completion(session, enrollment_id=went.enrollment_id, now=went.at)


def attended(session: Session, event: Attended) -> None:
    """Spend the learner's time up to where they sit in a room; a correction gives it back."""
    service.spend_time_in_rooms(session, person_id=event.person_id)
