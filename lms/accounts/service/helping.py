"""Signs a villager up at the village office, with what they agreed to and how."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import texts
from lms.accounts.domain.identity import NewGuardian
from lms.accounts.domain.people import NewPerson
from lms.accounts.domain.proofs import Verdict
from lms.accounts.gateway import Keys
from lms.accounts.models import CheckMethod, CheckResult, CodePurpose, ConsentWay, Person
from lms.accounts.service import codes, guardians, identities
from lms.accounts.service.consents import Given, agree
from lms.accounts.service.doors import create_person
from lms.accounts.service.identities import Look
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import InvalidInput, Message


@dataclass(frozen=True, slots=True)
class Helped:
    """What a helper typed for a villager who sits beside them.

    Without a phone the consent stands on paper; with one, ``code`` is what the villager read out.
    ``is_seen`` says that the card was looked at.
    """

    new: NewPerson
    phone: str | None
    number: str | None
    is_seen: bool
    agrees_to_handover: bool
    guardian: NewGuardian | None = None
    code: str | None = None
    network: str | None = None


def sign_up(
    session: Session, helper: Actor, helped: Helped, *, keys: Keys, now: datetime
) -> int | InvalidInput:
    """Make the person and write down what they agreed to; return their id, or what was wrong.

    The code that the villager reads out proves the number and that they agree. A wrong one is
    counted, so it is returned to be raised after the commit.
    """
    if helped.phone is not None:
        refusal = _prove(session, helped.phone, helped.code or "", keys=keys, now=now)
        if refusal is not None:
            return refusal
    person = create_person(session, phone=helped.phone, new=helped.new, now=now)
    way = ConsentWay.CODE if helped.phone else ConsentWay.PAPER
    given = Given(way, helper.person_id, helped.network)
    agree(session, person_id=person.id, subjects=_texts(helped), given=given, now=now)
    record(
        session,
        actor_id=helper.person_id,
        action="person.signed_up",
        subject=f"person:{person.id}",
        details={"way": way.value, "texts": list(_texts(helped))},
        at=now,
    )
    _identify(session, helper, helped, person, keys=keys, now=now)
    return person.id


def _texts(helped: Helped) -> tuple[str, ...]:
    more = [texts.SENSITIVE] if helped.number else []
    more += [texts.HANDOVER] if helped.agrees_to_handover else []
    return (*texts.TO_SIGN_UP, *more)


def _prove(
    session: Session, phone: str, code: str, *, keys: Keys, now: datetime
) -> InvalidInput | None:
    if queries.person_of_phone(session, phone) is not None:
        taken = Message("phone_taken", "Somebody signs in with this number already.")
        return InvalidInput({"phone": taken})
    found = codes.try_code(
        session, phone=phone, purpose=CodePurpose.HELPER, code=code, keys=keys, now=now
    )
    if isinstance(found, Verdict):
        return codes.fault(found)
    codes.redeem(found, now=now)
    return None


def _identify(
    session: Session,
    helper: Actor,
    helped: Helped,
    person: Person,
    *,
    keys: Keys,
    now: datetime,
) -> None:
    if helped.number is None:
        return
    if helped.guardian is not None:
        guardians.agree_in_person(
            session, person_id=person.id, new=helped.guardian, by_id=helper.person_id, now=now
        )
    if not helped.is_seen:
        identities.declare(
            session,
            person_id=person.id,
            number=helped.number,
            by_id=helper.person_id,
            keys=keys,
            now=now,
        )
        return
    seen = Look(CheckMethod.IN_PERSON, CheckResult.VERIFIED, helper.person_id, number=helped.number)
    identities.look(session, person_id=person.id, found=seen, keys=keys, now=now)
