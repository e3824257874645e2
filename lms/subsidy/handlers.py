"""What other features' events mean for subsidies: facts of who somebody is, and what is due."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.events import (
    HandoverConsentChanged,
    IdentityChanged,
    PayeeChanged,
    PeopleTakenIn,
)
from lms.assessment.events import AttemptGraded
from lms.catalog.events import ListingChanged
from lms.core.clock import local_day
from lms.credentials.events import BadgeRevoked
from lms.enrollment.events import (
    Attended,
    ClassChanged,
    ClassFilled,
    CourseCompleted,
    Enrolled,
    Moved,
    Seated,
)
from lms.enrollment.queries import members_of
from lms.payments.events import Refunded, SeatChanged
from lms.progress.events import FlagChanged, ItemCompleted, LeaseEnded, TimeGranted
from lms.subsidy import service
from lms.subsidy.domain.claim_states import Cause
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.events import Decided


def studied(
    session: Session,
    happened: Enrolled
    | Moved
    | ItemCompleted
    | LeaseEnded
    | TimeGranted
    | CourseCompleted
    | FlagChanged
    | Attended
    | Seated
    | SeatChanged,
) -> None:
    """Mark what the person studies for: joined, went on, completed, was granted or lost it."""
    service.mark_due(session, person_id=happened.person_id, since=happened.at)


def graded(session: Session, happened: AttemptGraded) -> None:
    """Mark what the person studies for: an attempt has its grade, passed or not."""
    service.mark_due(session, person_id=happened.person_id, since=happened.at)


def class_changed(session: Session, happened: ClassChanged) -> None:
    """Mark everybody of the class: its first day or a session of it is another."""
    people = members_of(session, happened.training_class_id)
    service.mark_many(session, people=people, since=happened.at)


def listing_changed(session: Session, happened: ListingChanged) -> None:
    """Let a job mark whoever studies for the programme: it may be listed now, or no longer."""
    key = f"listing:{happened.listing_id}:{happened.at.isoformat()}"
    service.order_marks(session, programme_id=happened.programme_id, key=key)


def identity_changed(session: Session, happened: IdentityChanged) -> None:
    """Write down who somebody is; whose number was taken away is known by nothing any more."""
    if happened.by_id is not None:
        source = FactSource.STAFF
    else:
        source = FactSource.REGISTRY if happened.is_verified else FactSource.DECLARED
    born = happened.birth_date.isoformat() if happened.birth_date else None
    values = {
        FactKey.REAL_NAME_VERIFIED: happened.is_verified,
        FactKey.SEX: happened.sex,
        FactKey.BIRTH_DATE: born,
    }
    _write(session, happened, values, source, happened.by_id)


def people_taken_in(session: Session, happened: PeopleTakenIn) -> None:
    """Write down sex and birthday of everybody on a list, as their numbers say."""
    values = {
        person_id: {FactKey.SEX: sex, FactKey.BIRTH_DATE: born.isoformat()}
        for person_id, sex, born in happened.people
    }
    service.record_many(
        session,
        values,
        source=FactSource.IMPORT,
        valid_from=local_day(happened.at),
        by_id=happened.by_id,
        now=happened.at,
    )


def class_filled(session: Session, happened: ClassFilled) -> None:
    """Mark what everybody of a roster studies for now."""
    people = [person_id for _, person_id in happened.joined]
    service.mark_everybody(session, people=people, since=happened.at)


def payee_changed(session: Session, happened: PayeeChanged) -> None:
    """Write down whether the account is in the person's own name."""
    source = FactSource.DECLARED if happened.by_id is None else FactSource.STAFF
    values = {FactKey.PAYEE_NAME_MATCHES: happened.name_matches}
    _write(session, happened, values, source, happened.by_id)


def consent_changed(session: Session, happened: HandoverConsentChanged) -> None:
    """Write down whether data may go to the bureau."""
    values = {FactKey.CONSENT: happened.is_given}
    _write(session, happened, values, FactSource.DECLARED, happened.person_id)


def decided(session: Session, happened: Decided) -> None:
    """Note on claims that were looked at what a newer decision says against them."""
    service.note_decided(session, happened.pairs, at=happened.at)


def badge_revoked(session: Session, happened: BadgeRevoked) -> None:
    """Note on claims that a badge they rest on was taken back."""
    subject = f"credential:{happened.credential_id}"
    service.note_of_enrollment(
        session, happened.enrollment_id, Cause.BADGE_REVOKED, subject, at=happened.at
    )


def refunded(session: Session, happened: Refunded) -> None:
    """Note on claims that money paid for a course went back."""
    subject = f"refund:{happened.refund}"
    service.note_of_enrollment(
        session, happened.enrollment_id, Cause.REFUNDED, subject, at=happened.at
    )


def _write(
    session: Session,
    happened: IdentityChanged | PayeeChanged | HandoverConsentChanged,
    values: Mapping[FactKey, object],
    source: FactSource,
    by_id: int | None,
) -> None:
    at: datetime = happened.at
    for key, value in values.items():
        fact = service.NewFact(key, value, source, local_day(at), by_id)
        service.record_fact(session, person_id=happened.person_id, fact=fact, now=at)
