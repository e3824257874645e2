"""Makes a learner with every kind of evidence, written by the site itself."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.assessment.models import Quiz
from lms.audit.service import record
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.ids import new_token
from lms.db.session import Database, now
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.progress.domain.units import datetime_to_ms
from lms.subsidy.gateway import shelf
from lms.subsidy.service.decisions import decide_people
from tests.factories.accounts import COUNTY, make_sign_in, make_staff
from tests.factories.assessment import Taker, answer_some, make_attempt, submit
from tests.factories.catalog import lesson, make_course, reading
from tests.factories.credentials import Graduate, make_pending
from tests.factories.enrollment import make_enrollment
from tests.factories.progress import Entry, make_check, make_day
from tests.factories.subsidy import Subsidised, make_known, make_subsidised

DAY = date(2026, 5, 18)
_COUNTY = Scope(ScopeKind.COUNTY, COUNTY)


def make_supervisor(
    session: Session, *, scope: Scope = _COUNTY, proved: timedelta = timedelta(0)
) -> Actor:
    """Make a supervisor of the scope; ``proved`` is how long ago they proved who they are."""
    person = make_staff(session, Role.SUPERVISOR, scope, name="审计员")
    sign_in = make_sign_in(session, person, confirmed_at=now(session) - proved)
    grants = (Grant(Role.SUPERVISOR, scope),)
    return Actor(person.id, person.name, grants, sign_in.id)


def make_studied(session: Session) -> Subsidised:
    """Make a learner with a ledger of two courses, from before entries were chained."""
    own = make_subsidised(session)
    make_known(session, own.person)
    entries = [Entry(credited=40, refused={"too_fast": 5, "daily_cap": 2}), Entry(credited=20)]
    lease = make_day(session, own.enrollment, own.course, "A02/text", DAY, entries)
    other = make_course(session, lessons=[lesson("B01", reading(minutes=50))])
    elsewhere = make_enrollment(session, course=other, person=own.person)
    make_day(session, elsewhere, other, "B01/text", DAY + timedelta(days=1), [Entry(credited=30)])
    shown = datetime_to_ms(own.enrollment.enrolled_at)
    make_check(session, own.enrollment, lease, shown_at_ms=shown)
    return own


def taker_of(session: Session, own: Subsidised) -> Taker:
    """Return the learner as somebody who may take the quiz of the first lesson."""
    sign_in = make_sign_in(session, own.person, token=(token := new_token()))
    actor = Actor(own.person.id, own.person.name, (), sign_in.id, "zh")
    tree = revision_tree(session, own.course.revision.id)
    item = next(item for item in tree.items() if item.kind == "quiz")
    quiz = session.get_one(Quiz, item.quiz_id)
    return Taker(actor, token, own.enrollment, own.course, item, quiz)


def make_tried(database: Database, own: Subsidised) -> None:
    """Let the learner take a quiz, with one of five answers wrong."""
    with database.transaction() as session:
        taker = taker_of(session, own)
        attempt = make_attempt(session, taker)
        answer_some(session, taker, attempt, right=4)
    submit(database, taker, attempt.id)


def make_judged(database: Database, own: Subsidised) -> str:
    """Decide what the learner may get, write acts down and let a badge be due; return its id."""
    with database.transaction() as session:
        at = now(session)
        decide_people(session, people=[own.person.id], shelf=shelf(), now=at)
        enrollment = session.get_one(Enrollment, own.enrollment.id)
        enrollment.status, enrollment.completed_at = EnrollmentStatus.COMPLETED, at
        session.flush()
        for subject in (f"person:{own.person.id}", "course:other", f"person:{own.person.id}"):
            _note(session, subject, at)
        return make_pending(session, Graduate(own.person, own.course, enrollment))


def _note(session: Session, subject: str, at: datetime) -> None:
    said = {"why": "名字写错了 “林”", "fields": ["name"]}
    record(session, actor_id=None, action="person.corrected", subject=subject, details=said, at=at)
