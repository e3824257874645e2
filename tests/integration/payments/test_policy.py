"""What money that goes back means for seat, badge, eligibility and claim; see docs/orders.md."""

import pytest
from sqlalchemy import select

from lms.credentials.models import Credential
from lms.credentials.queries import unbadged_completions
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from lms.subsidy.models import EligibilityDue, SubsidyClaimCause
from lms.subsidy.queries.dossiers import dossiers
from tests.factories.credentials import make_badge
from tests.factories.orders import Paid, learn, make_paid


@pytest.fixture
def badge(database: Database, settings: Settings) -> Credential:
    """A valid badge of somebody who paid for the course."""
    return make_badge(database, settings)


@pytest.fixture
def paid(database: Database, badge: Credential) -> Paid:
    with database.transaction() as session:
        return make_paid(session, session.get_one(Enrollment, badge.enrollment_id))


def state_of(database: Database, badge: Credential) -> str:
    with database.snapshot() as session:
        return session.get_one(Credential, badge.id).state


def courses_of(database: Database, badge: Credential) -> list[int]:
    """Return the enrollments whose study counts for a subsidy."""
    with database.snapshot() as session:
        found = dossiers(session, [badge.person_id]).people[badge.person_id]
    return [each.enrollment_id for each in found.courses]


def test_all_of_it_back_revokes_the_badge_and_counts_for_no_subsidy(
    database: Database, badge: Credential, paid: Paid
) -> None:
    assert courses_of(database, badge) == [badge.enrollment_id]
    learn(database, paid.back())
    assert state_of(database, badge) == "revoked"
    assert courses_of(database, badge) == []
    with database.snapshot() as session:
        # What somebody completed they completed; it is looked at anew what it is good for.
        assert session.get_one(Enrollment, badge.enrollment_id).status == EnrollmentStatus.COMPLETED
        assert badge.person_id in session.scalars(select(EligibilityDue.person_id)).all()
        assert unbadged_completions(session, limit=10) == []


def test_nothing_is_noted_on_claims_of_others(
    database: Database, badge: Credential, paid: Paid
) -> None:
    learn(database, paid.back())
    with database.snapshot() as session:
        assert session.scalars(select(SubsidyClaimCause)).all() == []
