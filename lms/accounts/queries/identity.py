"""Reads identities, bank accounts, guardians and consents; opens no number."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import (
    BankAccount,
    Consent,
    Guardian,
    Identity,
    IdentityCheck,
    Person,
    SignIn,
)
from lms.core.errors import NotFound

_AT_ONCE = 1_000


def identity_of(session: Session, person_id: int) -> Identity | None:
    """Return the person's identity number, sealed, with what is known of it."""
    return session.get(Identity, person_id)


def bank_of(session: Session, person_id: int) -> BankAccount | None:
    """Return the person's bank account, sealed."""
    return session.get(BankAccount, person_id)


def guardian_of(session: Session, person_id: int) -> Guardian | None:
    """Return who agreed for a person not of age."""
    return session.get(Guardian, person_id)


def checks_of(session: Session, person_id: int) -> Sequence[IdentityCheck]:
    """Return who looked at the person's identity and what came of it, newest first."""
    return session.scalars(
        select(IdentityCheck)
        .where(IdentityCheck.person_id == person_id)
        .order_by(IdentityCheck.id.desc())
    ).all()


def person_locked(session: Session, person_id: int) -> Person:
    """Return the person, locked: identity and account change one at a time. Raises ``NotFound``."""
    found = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if found is None:
        raise NotFound
    return found


def person_of_number(session: Session, digest: str) -> int | None:
    """Return whose identity number has the keyed digest."""
    return session.scalar(select(Identity.person_id).where(Identity.number_index == digest))


def people_of_numbers(session: Session, digests: Sequence[str]) -> dict[str, int]:
    """Return, by keyed digest, whose identity numbers they are; those of nobody are left out."""
    found: dict[str, int] = {}
    for first in range(0, len(digests), _AT_ONCE):
        part = digests[first : first + _AT_ONCE]
        rows = session.execute(
            select(Identity.number_index, Identity.person_id).where(Identity.number_index.in_(part))
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def live_consents(session: Session, person_id: int) -> Sequence[Consent]:
    """Return what the person agrees to now."""
    return session.scalars(
        select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    ).all()


def consents_of(session: Session, person_id: int) -> Sequence[Consent]:
    """Return all the person ever agreed to, newest first."""
    return session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    ).all()


def is_browser_known(session: Session, person_id: int, browser_hash: str) -> bool:
    """Tell whether the person signed in with this browser before."""
    found = exists().where(SignIn.person_id == person_id, SignIn.browser_hash == browser_hash)
    return bool(session.scalar(select(found)))


def last_seen(session: Session, person_id: int) -> datetime | None:
    """Return when the person was last here, as far as is remembered."""
    return session.scalar(
        select(func.max(SignIn.last_seen_at)).where(SignIn.person_id == person_id)
    )


def last_sign_of_life(session: Session, person: Person) -> datetime:
    """Return when the person was last here, as far as is remembered; else when they were added."""
    return last_seen(session, person.id) or person.created_at
