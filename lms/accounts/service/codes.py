"""Sends one-time codes and takes them back."""

import secrets
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import proofs
from lms.accounts.domain.proofs import LiveCode, Verdict
from lms.accounts.gateway import Keys
from lms.accounts.models import CodePurpose, OneTimeCode
from lms.core.errors import InvalidInput, Message
from lms.db.session import savepoint
from lms.notify.service import send_sms

_FAULTS = {
    Verdict.WRONG: Message(
        "code_wrong", "That is not the code we sent. Please compare it with the message."
    ),
    Verdict.SPENT: Message(
        "code_spent", "Wrong five times, so this code no longer works. Please ask for a new one."
    ),
    Verdict.GONE: Message("code_gone", "This code no longer works. Please ask for a new one."),
}


def send_code(
    session: Session,
    *,
    phone: str,
    purpose: CodePurpose,
    keys: Keys,
    locale: str | None,
    now: datetime,
) -> int:
    """Send a fresh code that replaces the live one; return the seconds until the next may go.

    Nothing is sent within a minute of the last code. Known and unknown numbers
    are treated alike.
    """
    live = queries.live_code(session, phone, purpose)
    wait = proofs.seconds_to_resend(live.created_at, at=now) if live else 0
    if wait:
        return wait
    if live is not None:
        live.closed_at = now
        session.flush()
    code = f"{secrets.randbelow(10**proofs.CODE_DIGITS):0{proofs.CODE_DIGITS}d}"
    if _keep(session, phone, purpose, code, keys=keys, now=now):
        _text(session, phone, code, locale)
    return int(proofs.RESEND_AFTER.total_seconds())


def _keep(
    session: Session, phone: str, purpose: CodePurpose, code: str, *, keys: Keys, now: datetime
) -> bool:
    """Store the code hashed; false where the number asked twice at once and the other goes out."""
    row = OneTimeCode(
        phone=phone,
        purpose=purpose,
        code_hash=proofs.code_digest(keys.pepper, phone=phone, purpose=purpose, code=code),
        created_at=now,
        expires_at=now + proofs.CODE_LIFE,
    )
    try:
        with savepoint(session):
            session.add(row)
    except IntegrityError:
        return False
    return True


def _text(session: Session, phone: str, code: str, locale: str | None) -> None:
    params: dict[str, str | int] = {
        "code": code,
        "minutes": int(proofs.CODE_LIFE.total_seconds()) // 60,
    }
    send_sms(session, phone=phone, template="code", params=params, locale=locale)


def try_code(
    session: Session, *, phone: str, purpose: CodePurpose, code: str, keys: Keys, now: datetime
) -> OneTimeCode | Verdict:
    """Return the live code where it is the typed one, else why not.

    A wrong try is counted, so let the transaction commit before refusing; the
    caller closes the code with ``redeem`` in the same transaction.
    """
    row = queries.live_code(session, phone, purpose)
    typed = proofs.code_digest(keys.pepper, phone=phone, purpose=purpose, code=code)
    live = LiveCode(row.code_hash, row.tries, row.expires_at) if row else None
    verdict = proofs.judge_code(live, typed, at=now)
    if row is not None and verdict == Verdict.RIGHT:
        return row
    if row is not None and verdict in (Verdict.WRONG, Verdict.SPENT):
        row.tries += 1
        row.closed_at = now if verdict == Verdict.SPENT else None
    return verdict


def redeem(row: OneTimeCode, *, now: datetime) -> None:
    """Use the code up; it proves the number once."""
    row.closed_at = now
    row.proved_at = now


def fault(verdict: Verdict) -> InvalidInput:
    """Return what the verdict means to the person who typed the code."""
    return InvalidInput({"code": _FAULTS[verdict]})
