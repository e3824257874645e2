"""Takes bank accounts in, lets staff look whose they are, opens one on the record."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import bank as rules
from lms.accounts.domain.bank import NewAccount
from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.events import PayeeChanged
from lms.accounts.gateway import Keys
from lms.accounts.models import BankAccount, BankState
from lms.accounts.service import consents, holds
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message, NotFound
from lms.db.bus import emit
from lms.db.session import savepoint

KIND = "account"
_TAKEN = Message(
    "account_taken",
    "This account cannot be used here. Please give the one of your own social security card.",
)


def declare(
    session: Session, *, person_id: int, new: NewAccount, by_id: int, keys: Keys, now: datetime
) -> None:
    """Take the account a person or a helper typed; it takes the place of the one before.

    Raises ``InvalidInput`` for somebody else's, ``Conflict`` where the person's proofs are locked
    or consent is missing.
    """
    holds.require_free(session, person_id)
    consents.require(session, person_id, SENSITIVE)
    row = queries.bank_of(session, person_id) or BankAccount(person_id=person_id)
    row.number = keys.vault.seal(new.number, place=place(person_id))
    row.number_index = keys.index.of(KIND, new.number)
    row.mask = rules.masked_account(new.number)
    row.bank, row.holder = new.bank, new.holder
    row.state, row.entered_at, row.entered_by_id = BankState.DECLARED, now, by_id
    row.checked_at = row.checked_by_id = None
    try:
        with savepoint(session):
            session.add(row)
    except IntegrityError:
        raise InvalidInput({"number": _TAKEN}) from None
    emit(session, PayeeChanged(person_id, name_matches=None, by_id=None, at=now))
    record(
        session,
        actor_id=by_id,
        action="account.changed",
        subject=f"person:{person_id}",
        at=now,
    )


def look(session: Session, actor: Actor, *, person_id: int, is_own: bool, now: datetime) -> None:
    """Write down whether staff saw that the account is in the person's own name."""
    if actor.person_id == person_id:
        raise Forbidden("account_of_oneself", "Nobody looks at their own account.")
    row = queries.bank_of(session, person_id)
    if row is None:
        raise Conflict("account_none", "There is no account yet.")
    row.state = BankState.CONFIRMED if is_own else BankState.REFUSED
    row.checked_at, row.checked_by_id = now, actor.person_id
    session.flush()
    emit(session, PayeeChanged(person_id, name_matches=is_own, by_id=actor.person_id, at=now))
    record(
        session,
        actor_id=actor.person_id,
        action=f"account.{row.state}",
        subject=f"person:{person_id}",
        at=now,
    )


def reveal(
    session: Session, actor: Actor, *, person_id: int, purpose: str, keys: Keys, now: datetime
) -> str:
    """Return the whole number; that it was read, and what for, is written down first."""
    row = queries.bank_of(session, person_id)
    if row is None:
        raise NotFound
    record(
        session,
        actor_id=actor.person_id,
        action="account.read",
        subject=f"person:{person_id}",
        details={"purpose": purpose},
        at=now,
    )
    return keys.vault.open(row.number, place=place(person_id))


def place(person_id: int) -> str:
    """Return what a sealed number is bound to."""
    return f"bank_account:{person_id}:number"
