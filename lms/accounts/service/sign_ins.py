"""Opens and ends signed-in browsers, with one row each that a server-side revocation ends."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import proofs
from lms.accounts.domain.devices import Visit
from lms.accounts.events import SignInEnded
from lms.accounts.models import HalfSignIn, Person, PersonState, SignIn, TotpSecret
from lms.core.access import STAFF, Actor
from lms.core.errors import Forbidden, LmsError
from lms.core.ids import digest, new_token
from lms.db.bus import emit


@dataclass(frozen=True, slots=True)
class Entered:
    """A browser is signed in; the token goes into its cookie and is stored nowhere."""

    token: str
    person_id: int


@dataclass(frozen=True, slots=True)
class SecondFactorDue:
    """The first proof was right; the token stands for it until the second follows."""

    token: str


@dataclass(frozen=True, slots=True)
class NameDue:
    """The number is proven and new here; the code's id stands for the proof."""

    code_id: int


@dataclass(frozen=True, slots=True)
class OwnerDue:
    """The number is proven, but was silent so long that it may be somebody else's by now."""

    code_id: int


@dataclass(frozen=True, slots=True)
class AgreeDue:
    """The number is proven, but its person never agreed to the texts by their own hand."""

    code_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Not let in; what was counted on the way has to be committed before it is raised."""

    error: LmsError


Outcome = Entered | SecondFactorDue | NameDue | OwnerDue | AgreeDue | Refused


def admit(session: Session, person: Person, visit: Visit, *, now: datetime) -> Outcome:
    """Let a person in who gave the first proof, or ask for the second one."""
    if person.state != PersonState.ACTIVE:
        return Refused(
            Forbidden("account_locked", "This number cannot sign in now. Please call 12333.")
        )
    second = queries.totp_of(session, person.id)
    if second is None or second.confirmed_at is None:
        return open_sign_in(session, person, visit, now=now)
    return _half(session, second, now=now)


def open_sign_in(
    session: Session,
    person: Person,
    visit: Visit,
    *,
    now: datetime,
    second_factor_at: datetime | None = None,
) -> Entered:
    """Open a fresh row; the one this browser had ends, so no token outlives a sign-in."""
    token = new_token()
    roles = {grant.role for grant in queries.grants_of(session, person.id)}
    life = proofs.STAFF_SIGNED_IN_FOR if roles & STAFF else proofs.LEARNER_SIGNED_IN_FOR
    if visit.replaces is not None:
        _revoke(session, SignIn.id == visit.replaces, now=now)
    session.add(
        SignIn(
            token_hash=digest(token),
            person_id=person.id,
            device=visit.device.code,
            device_hash=visit.device_hash,
            browser_hash=visit.browser_hash,
            created_at=now,
            last_seen_at=now,
            expires_at=now + life,
            second_factor_at=second_factor_at,
        )
    )
    session.flush()
    return Entered(token, person.id)


def close(session: Session, actor: Actor, *, now: datetime) -> None:
    """End the actor's own browser."""
    _revoke(session, SignIn.id == actor.sign_in_id, now=now)


def close_one(session: Session, actor: Actor, sign_in_id: int, *, now: datetime) -> None:
    """End one of the actor's browsers. Raises ``NotFound`` for anyone else's."""
    own = queries.own_sign_in(session, sign_in_id, actor.person_id)
    _revoke(session, SignIn.id == own.id, now=now)


def close_others(session: Session, actor: Actor, *, now: datetime) -> None:
    """End all of the actor's browsers but this one."""
    mine = (SignIn.person_id == actor.person_id) & (SignIn.id != actor.sign_in_id)
    _revoke(session, mine, now=now)


def close_all(session: Session, person_id: int, *, now: datetime) -> None:
    """End every browser of a person, half sign-ins included."""
    _revoke(session, SignIn.person_id == person_id, now=now)
    session.execute(
        update(HalfSignIn)
        .where(HalfSignIn.person_id == person_id, HalfSignIn.closed_at.is_(None))
        .values(closed_at=now)
    )


def note_seen(session: Session, sign_in_id: int, *, before: datetime, now: datetime) -> None:
    """Record that the browser is in use, where it was last seen before the given moment."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.last_seen_at < before)
        .values(last_seen_at=now)
    )


def _half(session: Session, second: TotpSecret, *, now: datetime) -> SecondFactorDue:
    token = new_token()
    session.add(
        HalfSignIn(
            token_hash=digest(token),
            person_id=second.person_id,
            expires_at=now + proofs.HALF_WAY_FOR,
        )
    )
    session.flush()
    return SecondFactorDue(token)


def _revoke(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    live = SignIn.revoked_at.is_(None)
    ended = session.scalars(
        update(SignIn).where(which, live).values(revoked_at=now).returning(SignIn.id)
    ).all()
    for sign_in_id in ended:
        emit(session, SignInEnded(sign_in_id, now))
