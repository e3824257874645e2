"""Makes counties, staff with their roles, and learners; whoever is there already stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person, RoleGrant
from lms.core.access import Role
from lms.demo.domain import CHANGSHAN, JIANGSHAN, PLACES, Learner, Place


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody with a role in a county."""

    phone: str
    name: str
    role: Role
    place: Place


STAFF = (
    StaffMember("13800090001", "徐建平", Role.INSTRUCTOR, CHANGSHAN),
    StaffMember("13800090002", "姜海燕", Role.INSTRUCTOR, CHANGSHAN),
    StaffMember("13800091001", "何志强", Role.MENTOR, CHANGSHAN),
    StaffMember("13800099001", "周敏", Role.ADMINISTRATOR, CHANGSHAN),
    StaffMember("13800099002", "程晓红", Role.ADMINISTRATOR, CHANGSHAN),
    StaffMember("13800099003", "毛国平", Role.ADMINISTRATOR, JIANGSHAN),
    StaffMember("13800098001", "郑文英", Role.SUPERVISOR, CHANGSHAN),
)


def make_counties(session: Session) -> None:
    """Make the two demo counties; the first one is where people belong by default."""
    for place in PLACES:
        if session.get(County, place.code) is None:
            session.add(County(code=place.code, name_zh=place.name_zh, name_en=place.name_en))
    session.flush()


def make_staff(session: Session, *, password_hash: str, now: datetime) -> None:
    """Make the staff, each with a role in their county."""
    for member in STAFF:
        person = session.scalar(select(Person).where(Person.phone == member.phone))
        if person is None:
            person = Person(
                phone=member.phone,
                name=member.name,
                county_code=member.place.code,
                town=member.place.towns[0],
                created_at=now,
            )
            session.add(person)
        person.password_hash = password_hash
        session.flush()
        _grant(session, person.id, member, now)


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
                    "created_at": now,
                }
                for learner in missing
            ],
        )
        known = _ids(session, phones)
    return {phones[phone]: person_id for phone, person_id in known.items()}


def _ids(session: Session, phones: dict[str, int]) -> dict[str, int]:
    rows = session.execute(select(Person.phone, Person.id).where(Person.phone.in_(phones)))
    return {str(phone): person_id for phone, person_id in rows}


def _grant(session: Session, person_id: int, member: StaffMember, now: datetime) -> None:
    held = session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == member.role,
            RoleGrant.revoked_at.is_(None),
        )
    )
    if held is None:
        session.add(
            RoleGrant(
                person_id=person_id,
                role=member.role,
                scope_kind="county",
                scope_id=member.place.code,
                granted_at=now,
            )
        )
        session.flush()
