"""Makes sound identity numbers, and people who gave theirs."""

from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from lms.accounts.domain import identity as rules
from lms.accounts.gateway import Keys
from lms.accounts.models import CheckMethod, CheckResult, Consent, Person
from lms.accounts.service import consents, identities
from lms.accounts.service.consents import Given
from lms.accounts.service.identities import Look
from lms.db.session import now

BORN = date(1988, 5, 20)
_orders = count(1)


def make_number(born: date = BORN, *, order: int | None = None, place: str = "330822") -> str:
    """Return a sound number; each call another one, of a woman unless the order is odd."""
    third = order if order is not None else next(_orders) * 2 % 1000
    body = f"{place}{born:%Y%m%d}{third:03d}"
    return body + rules.check_sign(body)


def agree(session: Session, person: Person, *subjects: str) -> None:
    """Let the person agree with their own hand."""
    consents.agree(session, person_id=person.id, subjects=subjects, given=Given(), now=now(session))


def make_identity(
    session: Session,
    person: Person,
    keys: Keys,
    *,
    number: str | None = None,
    checked_by: Person | None = None,
) -> str:
    """Give the person a number, looked at by somebody where one is named; return it."""
    number = number or make_number()
    if not session.query(Consent).filter_by(person_id=person.id, subject="sensitive").count():
        agree(session, person, "sensitive")
    if checked_by is None:
        identities.declare(
            session,
            person_id=person.id,
            number=number,
            by_id=person.id,
            keys=keys,
            now=now(session),
        )
    else:
        look = Look(CheckMethod.IN_PERSON, CheckResult.VERIFIED, checked_by.id, number=number)
        identities.look(session, person_id=person.id, found=look, keys=keys, now=now(session))
    return number
