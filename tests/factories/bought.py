"""Makes somebody who paid for a course, completed it, has its badge and claims the subsidy."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.accounts.gateway import keys_of
from lms.catalog.service.registry import programme_for
from lms.core.access import Actor
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.progress.models import ItemCompletion
from lms.settings import Settings
from lms.subsidy.domain.dated import FactKey
from tests.factories.accounts import make_sign_in
from tests.factories.assessment import make_graded_attempt
from tests.factories.catalog import MadeCourse, make_institution
from tests.factories.claims import (
    RULES,
    Claimant,
    make_known_payee,
    make_passed,
    make_rules,
)
from tests.factories.credentials import Graduate, issue_all, make_badge_course, make_pending
from tests.factories.enrollment import COMPLETED
from tests.factories.orders import PRICE
from tests.factories.subsidy import CODE, Subsidised, make_fact

PROGRAMME = "anchor-l5"
# The usual rules, and that a course of the programme is to be completed.
_INTEGRITY = "- {{id: INTEGRITY}}"
_RULES = RULES.replace(_INTEGRITY, f"{_INTEGRITY}\n    - {{{{id: ATTENDANCE, min_percent: 100}}}}")


@dataclass(frozen=True)
class Claimed:
    """A claim that two people passed, and the badge of the same course."""

    claim_id: int
    badge_id: str


def make_priced_course(session: Session) -> MadeCourse:
    """Make a course for 29 yuan that leads to a badge and to the subsidy of ``anchor-l5``."""
    make_rules(session, text=_RULES)
    institution = make_institution(session, code=CODE)
    return make_badge_course(session, price_fen=PRICE, institution_id=institution.id)


def make_claimed(
    database: Database,
    settings: Settings,
    *,
    bought: Graduate,
    two: tuple[Actor, Actor],
) -> Claimed:
    """Let who has the seat complete the course, get the badge, and claim the subsidy."""
    person = bought.person
    with database.transaction() as session:
        enrollment = session.merge(bought.enrollment)
        _complete(session, enrollment, bought.course)
        badge_id = make_pending(session, bought)
    issue_all(database, settings)
    with database.transaction() as session:
        make_known_payee(session, person, keys_of(settings))
        make_fact(session, person, FactKey.PAST_SUBSIDIES, [])
        actor = Actor(person.id, person.name, (), make_sign_in(session, person).id)
        study = Subsidised(person, bought.course, enrollment, programme_for(session, PROGRAMME))
        return Claimed(make_passed(session, Claimant(person, actor, study), *two).id, badge_id)


def _complete(session: Session, enrollment: Enrollment, course: MadeCourse) -> None:
    for name in ("A01/text", "FINAL/final"):
        lesson_key, item_key = name.split("/")
        own = {"enrollment_id": enrollment.id, "lesson_key": lesson_key, "item_key": item_key}
        session.add(ItemCompletion(**own, completed_at=COMPLETED))
    make_graded_attempt(session, enrollment, course, "FINAL/final", percent=80)
    enrollment.status, enrollment.completed_at = EnrollmentStatus.COMPLETED, COMPLETED
    session.flush()
