"""The second factor of staff: set up, asked for, used once per step, reset."""

from datetime import datetime

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.gateway import Keys
from lms.accounts.models import Person, SignIn, TotpSecret
from lms.accounts.service.sign_ins import close_all
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message

WRONG = Message(
    "otp_wrong",
    "That is not the number the app shows now. Please wait for the next one and try it.",
)
_STEP_SECONDS = 30
# Clocks of phones run a little off: one step to either side.
_STEPS = (-1, 0, 1)


def begin(session: Session, person_id: int, *, keys: Keys, now: datetime) -> None:
    """Make a fresh secret to be set up. Raises ``Conflict`` where one is in use."""
    row = queries.totp_of(session, person_id)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("second_factor_on", "The second step is already on.")
    sealed = keys.vault.seal(pyotp.random_base32(), place=place(person_id))
    if row is None:
        session.add(TotpSecret(person_id=person_id, secret=sealed, created_at=now))
    else:
        row.secret, row.created_at, row.last_step = sealed, now, 0
    session.flush()


def address(person: Person, row: TotpSecret, *, keys: Keys) -> str:
    """Return the ``otpauth://`` address the app reads from the QR code."""
    secret = keys.vault.open(row.secret, place=place(row.person_id))
    return pyotp.TOTP(secret).provisioning_uri(
        name=person.phone or person.name, issuer_name="Xiangbo"
    )


def plain_secret(row: TotpSecret, *, keys: Keys) -> str:
    """Return the secret as text in groups of four, for apps that cannot read the QR code."""
    secret = keys.vault.open(row.secret, place=place(row.person_id))
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def confirm(session: Session, actor: Actor, otp: str, *, keys: Keys, now: datetime) -> None:
    """Turn the second step on once the app shows a right number. Raises ``InvalidInput``."""
    row = queries.totp_of(session, actor.person_id)
    if row is None or not accept(session, actor.person_id, otp, keys=keys, now=now):
        raise InvalidInput({"otp": WRONG})
    row.confirmed_at = row.confirmed_at or now
    own = queries.own_sign_in(session, actor.sign_in_id, actor.person_id)
    own.second_factor_at = now
    own.confirmed_at = now


def accept(session: Session, person_id: int, otp: str, *, keys: Keys, now: datetime) -> bool:
    """Tell whether the number is right; each step is good once, whoever overheard it."""
    row = queries.totp_of(session, person_id)
    if row is None:
        return False
    app = pyotp.TOTP(keys.vault.open(row.secret, place=place(person_id)))
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in (current + shift for shift in _STEPS):
        if pyotp.utils.strings_equal(app.generate_otp(step), otp):
            return _use_step(session, person_id, step)
    return False


def reset(session: Session, actor: Actor | None, person_id: int, *, now: datetime) -> None:
    """Take a lost second factor away; the person signs in anew and sets up another."""
    queries.person(session, person_id)
    session.execute(delete(TotpSecret).where(TotpSecret.person_id == person_id))
    close_all(session, person_id, now=now)
    record(
        session,
        actor_id=actor.person_id if actor else None,
        action="second_factor.reset",
        subject=f"person:{person_id}",
        at=now,
    )


def remove_own(session: Session, actor: Actor, *, now: datetime) -> None:
    """Turn one's own second step off."""
    session.execute(delete(TotpSecret).where(TotpSecret.person_id == actor.person_id))
    session.execute(
        update(SignIn).where(SignIn.id == actor.sign_in_id).values(second_factor_at=None)
    )
    record(
        session,
        actor_id=actor.person_id,
        action="second_factor.removed",
        subject=f"person:{actor.person_id}",
        at=now,
    )


def _use_step(session: Session, person_id: int, step: int) -> bool:
    fresh = (TotpSecret.person_id == person_id) & (TotpSecret.last_step < step)
    used = update(TotpSecret).where(fresh).values(last_step=step)
    return session.connection().execute(used).rowcount == 1


def place(person_id: int) -> str:
    """Return what a sealed secret is bound to."""
    return f"totp_secret:{person_id}:secret"
