"""Takes identity numbers in, lets staff or a registry look at them, opens one on the record."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import identity as rules
from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.events import IdentityChanged
from lms.accounts.gateway import Keys
from lms.accounts.models import (
    CheckMethod,
    CheckResult,
    Identity,
    IdentityCheck,
    IdentityState,
)
from lms.accounts.service import consents, holds
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message, NotFound
from lms.db.bus import emit
from lms.db.session import savepoint
from lms.jobs.service import JobRequest, enqueue

ASK_REGISTRY = "accounts.registry"
# One sentence for every number that is somebody else's: it tells nothing about them.
_TAKEN = Message(
    "id_taken",
    "This number cannot be used here. Bring your card to the training office, or call 12333.",
)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking: ``number`` is what the card says, ``words`` why it was refused."""

    method: CheckMethod
    result: CheckResult
    by_id: int | None
    number: str | None = None
    words: str | None = None


def declare(
    session: Session, *, person_id: int, number: str, by_id: int, keys: Keys, now: datetime
) -> None:
    """Take the number a person or a helper typed, well-formed already, to be looked at later.

    Raises ``InvalidInput`` for a child's number and for one that is somebody else's, ``Conflict``
    where the card was looked at already, the person's proofs are locked or consent is missing.
    """
    holds.require_free(session, person_id)
    consents.require(session, person_id, SENSITIVE)
    held = queries.identity_of(session, person_id)
    if held is not None and held.state == IdentityState.VERIFIED:
        raise Conflict(
            "identity_verified",
            "Your card was looked at already. If the number changed, bring it to the office.",
        )
    row = _write(session, person_id, number, by_id, keys=keys, now=now)
    _tell(session, row, now=now)
    if keys.asks_registry:
        key = f"{ASK_REGISTRY}:{person_id}:{row.number_index[:32]}"
        enqueue(session, JobRequest(ASK_REGISTRY, key, {"person": person_id}))


def look(session: Session, *, person_id: int, found: Look, keys: Keys, now: datetime) -> Identity:
    """Write down that somebody looked at the card, or a registry answered.

    Whoever shows the card gets the number, even if somebody else typed it before without showing
    one. Raises ``Conflict`` for a number that was verified for somebody else, for one nobody typed
    yet, and for a person not of age without a guardian's word.
    """
    if found.by_id == person_id:
        raise Forbidden("identity_of_oneself", "Nobody looks at their own card.")
    consents.require(session, person_id, SENSITIVE)
    row = queries.identity_of(session, person_id)
    if found.number is not None and not _is_number(row, found.number, keys):
        _make_room(session, person_id, found, keys=keys, now=now)
        row = _write(session, person_id, found.number, found.by_id or 0, keys=keys, now=now)
    if row is None:
        raise Conflict("identity_missing", "There is no number yet. Please type it from the card.")
    _require_guardian(session, row, found, today=local_day(now))
    is_verified = found.result is CheckResult.VERIFIED
    row.state = IdentityState.VERIFIED if is_verified else IdentityState.REFUSED
    row.method, row.checked_at, row.checked_by_id = found.method, now, found.by_id
    session.flush()
    _note(session, row, found, now=now)
    _tell(session, row, now=now)
    return row


def look_again(
    session: Session, asked: Identity, *, found: Look, keys: Keys, now: datetime
) -> None:
    """Write down what a registry answered, unless the number changed while it was asked."""
    row = queries.identity_of(session, asked.person_id)
    same = row is not None and row.number_index == asked.number_index
    if row is not None and same and row.state == IdentityState.DECLARED:
        look(session, person_id=row.person_id, found=found, keys=keys, now=now)


def reveal(
    session: Session, actor: Actor, *, person_id: int, purpose: str, keys: Keys, now: datetime
) -> str:
    """Return the whole number; that it was read, and what for, is written down first.

    Raises ``NotFound`` where there is none and ``Conflict`` where the person took consent back.
    """
    row = queries.identity_of(session, person_id)
    if row is None:
        raise NotFound
    consents.require(session, person_id, SENSITIVE)
    record(
        session,
        actor_id=actor.person_id,
        action="identity.read",
        subject=f"person:{person_id}",
        details={"purpose": purpose},
        at=now,
    )
    return keys.vault.open(row.number, place=place(person_id))


def place(person_id: int) -> str:
    """Return what a sealed number is bound to."""
    return f"identity:{person_id}:number"


def _is_number(row: Identity | None, number: str, keys: Keys) -> bool:
    return row is not None and row.number_index == keys.index.of(rules.INDEX_KIND, number)


def _write(
    session: Session, person_id: int, number: str, by_id: int, *, keys: Keys, now: datetime
) -> Identity:
    born = rules.birth_date_of(number)
    fault = rules.age_fault(born, today=local_day(now))
    if fault is not None:
        raise InvalidInput({"number": fault})
    row = queries.identity_of(session, person_id) or Identity(person_id=person_id)
    index = keys.index.of(rules.INDEX_KIND, number)
    if queries.person_of_number(session, index) not in (None, person_id):
        raise InvalidInput({"number": _TAKEN})
    row.number = keys.vault.seal(number, place=place(person_id))
    row.number_index, row.mask = index, rules.masked_number(number)
    row.birth_date, row.sex = born, rules.sex_of(number)
    row.state, row.entered_at, row.entered_by_id = IdentityState.DECLARED, now, by_id
    row.method = row.checked_at = row.checked_by_id = None
    try:
        with savepoint(session):
            session.add(row)
    except IntegrityError:
        # Somebody else typed it at the same moment.
        raise InvalidInput({"number": _TAKEN}) from None
    return row


def _make_room(session: Session, person_id: int, found: Look, *, keys: Keys, now: datetime) -> None:
    """Take the number from whoever typed it without ever showing a card."""
    other_id = queries.person_of_number(
        session, keys.index.of(rules.INDEX_KIND, found.number or "")
    )
    if other_id in (None, person_id):
        return
    other = session.get_one(Identity, other_id, with_for_update=True)
    if other.state == IdentityState.VERIFIED:
        raise Conflict(
            "identity_elsewhere",
            "This card was shown for another account already. Please look for that account.",
        )
    release = Look(CheckMethod.RELEASE, CheckResult.RELEASED, found.by_id)
    _note(session, other, release, now=now)
    session.delete(other)
    session.flush()
    emit(session, IdentityChanged(other.person_id, None, None, None, by_id=None, at=now))


def _require_guardian(session: Session, row: Identity, found: Look, *, today: date) -> None:
    if found.result is not CheckResult.VERIFIED:
        return
    if not rules.needs_guardian(row.birth_date, today=today):
        return
    if queries.guardian_of(session, row.person_id) is None:
        raise Conflict("guardian_missing", "Under 18, a parent or guardian has to agree first.")


def _note(session: Session, row: Identity, found: Look, *, now: datetime) -> None:
    session.add(
        IdentityCheck(
            person_id=row.person_id,
            mask=row.mask,
            method=found.method,
            result=found.result,
            words=found.words,
            by_id=found.by_id,
            at=now,
        )
    )
    session.flush()
    record(
        session,
        actor_id=found.by_id,
        action=f"identity.{found.result.value}",
        subject=f"person:{row.person_id}",
        details={"method": found.method.value},
        at=now,
    )


def _tell(session: Session, row: Identity, *, now: datetime) -> None:
    """Tell what is known now; a number nobody looked at says sex and birthday all the same."""
    known = {IdentityState.VERIFIED: True, IdentityState.REFUSED: False}
    is_verified = known.get(IdentityState(row.state))
    emit(
        session,
        IdentityChanged(
            row.person_id, is_verified, row.sex, row.birth_date, by_id=row.checked_by_id, at=now
        ),
    )
