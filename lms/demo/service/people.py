"""Makes counties, staff with their roles, and learners; whoever is there already stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import County, Person, RoleGrant
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.demo.domain import CHANGSHAN, JIANGSHAN, PLACES, Learner, Place

# So long ago everybody came here.
HERE_SINCE = timedelta(days=400)
_EVERYWHERE = Scope(ScopeKind.PLATFORM)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who lives in a county, with a role there or everywhere; ``None``: none yet."""

    phone: str
    name: str
    role: Role | None
    place: Place
    is_everywhere: bool = False

    @property
    def scope(self) -> Scope:
        """Return where the role holds."""
        return _EVERYWHERE if self.is_everywhere else Scope(ScopeKind.COUNTY, self.place.code)


TEACHER_OF_CLASSES = "13800090003"
STAFF = (
    StaffMember("13800090001", "徐建平", Role.INSTRUCTOR, CHANGSHAN),
    StaffMember("13800090002", "姜海燕", Role.INSTRUCTOR, CHANGSHAN),
    # Gets a role in the classes she teaches, and sees nothing else.
    StaffMember(TEACHER_OF_CLASSES, "祝晓兰", None, JIANGSHAN),
    StaffMember("13800091001", "何志强", Role.MENTOR, CHANGSHAN),
    StaffMember("13800091002", "周志英", Role.MENTOR, JIANGSHAN),
    StaffMember("13800099001", "周敏", Role.ADMINISTRATOR, CHANGSHAN),
    StaffMember("13800099002", "程晓红", Role.ADMINISTRATOR, CHANGSHAN),
    StaffMember("13800099003", "毛国平", Role.ADMINISTRATOR, JIANGSHAN),
    # Two, because rules for subsidies are proposed by one and accepted by another.
    StaffMember("13800097001", "樊丽萍", Role.ADMINISTRATOR, CHANGSHAN, is_everywhere=True),
    StaffMember("13800097002", "邵志远", Role.ADMINISTRATOR, JIANGSHAN, is_everywhere=True),
    StaffMember("13800098001", "郑文英", Role.SUPERVISOR, CHANGSHAN),
)


@dataclass(frozen=True, slots=True)
class AtWork:
    """By which numbers sign in who plans classes of a county, teaches them, looks at cards.

    ``second`` is the other one who decides about claims and payments.
    """

    office: str
    teacher: str
    desk: str
    second: str


AT_WORK = {
    CHANGSHAN: AtWork("13800099001", "13800090001", "13800091001", "13800099002"),
    JIANGSHAN: AtWork("13800099003", TEACHER_OF_CLASSES, "13800091002", "13800097002"),
}


def make_counties(session: Session) -> None:
    """Make the two demo counties; the first one is where people belong by default."""
    for place in PLACES:
        if session.get(County, place.code) is None:
            session.add(County(code=place.code, name_zh=place.name_zh, name_en=place.name_en))
    session.flush()


def make_staff(session: Session, *, password_hash: str, now: datetime) -> None:
    """Make the staff, each with their role."""
    for member in STAFF:
        person = session.scalar(select(Person).where(Person.phone == member.phone))
        if person is None:
            person = Person(
                phone=member.phone,
                name=member.name,
                county_code=member.place.code,
                town=member.place.towns[0],
                created_at=now - HERE_SINCE,
            )
            session.add(person)
        person.password_hash = password_hash
        session.flush()
        if member.role is not None:
            _grant(session, person.id, Grant(member.role, member.scope), now)


def make_learners(
    session: Session, learners: Sequence[Learner], *, password_hash: str, now: datetime
) -> dict[int, int]:
    """Make those learners who are missing; return each one's person id by their number."""
    phones = {learner.phone: learner.number for learner in learners}
    known = _ids(session, phones)
    missing = [learner for learner in learners if learner.phone not in known]
    if missing:
        session.execute(
            insert(Person),
            [
                {
                    "phone": learner.phone,
                    "name": learner.name,
                    "password_hash": password_hash,
                    "county_code": learner.county_code,
                    "town": learner.town,
                    "created_at": now - HERE_SINCE,
                }
                for learner in missing
            ],
        )
        known = _ids(session, phones)
    return {phones[phone]: person_id for phone, person_id in known.items()}


def _ids(session: Session, phones: dict[str, int]) -> dict[str, int]:
    rows = session.execute(select(Person.phone, Person.id).where(Person.phone.in_(phones)))
    return {str(phone): person_id for phone, person_id in rows}


def actor(session: Session, phone: str) -> Actor:
    """Return who signs in with the number as somebody who acts."""
    person = session.scalars(select(Person).where(Person.phone == phone)).one()
    return Actor(person.id, person.name, queries.grants_of(session, person.id), 0)


def _grant(session: Session, person_id: int, grant: Grant, now: datetime) -> None:
    held = session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == grant.role,
            RoleGrant.scope_kind == grant.scope.kind,
            RoleGrant.scope_id == grant.scope.id,
            RoleGrant.revoked_at.is_(None),
        )
    )
    if held is None:
        session.add(
            RoleGrant(
                person_id=person_id,
                role=grant.role,
                scope_kind=grant.scope.kind,
                scope_id=grant.scope.id,
                granted_at=now,
            )
        )
        session.flush()
