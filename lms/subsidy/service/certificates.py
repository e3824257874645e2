"""Keeps state certificates: what learners enter, what staff find in the registry."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, NotFound, TooMany
from lms.db.session import savepoint
from lms.subsidy import queries
from lms.subsidy.domain.dated import FactSource
from lms.subsidy.domain.papers import CertificateState, CertificateStatus
from lms.subsidy.domain.written import Said
from lms.subsidy.models import CertificateEntry, ExternalCertificate
from lms.subsidy.service.facts import mark_due

_MOST = 20
_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Looked:
    """What staff found: whether the registry knows it, why something was changed."""

    registry_verified: bool | None
    note: str | None = None
    evidence_id: str | None = None


def enter(
    session: Session,
    *,
    person_id: int,
    named: tuple[str, str],
    said: Said,
    evidence_id: str,
    now: datetime,
) -> int:
    """Write down a certificate its holder enters; ``named`` is its type and number.

    Raises ``Conflict`` where the number stands already; of whom is nobody else's business.
    """
    count = select(func.count()).where(ExternalCertificate.person_id == person_id)
    if (session.scalar(count) or 0) >= _MOST:
        raise TooMany(
            "certificates_full",
            "These are very many. Please call 12333.",
            retry_after=_DAY_SECONDS,
        )
    row = ExternalCertificate(
        person_id=person_id,
        type=named[0],
        number=named[1],
        state=CertificateState.LIVE,
        created_at=now,
    )
    try:
        with savepoint(session):
            session.add(row)
    except IntegrityError as error:
        raise Conflict(
            "certificate_number_stands",
            "This number cannot be entered. Compare it with the certificate; if it is right, call "
            "12333 or ask at the office.",
        ) from error
    looked = Looked(None, None, evidence_id)
    _entry(session, row, said, looked, (FactSource.DECLARED, person_id), now)
    return row.id


def look(
    session: Session,
    *,
    actor: Actor,
    certificate_id: int,
    said: Said | None,
    looked: Looked,
    now: datetime,
) -> int:
    """Write down what staff found; ``said`` is what it says, ``None`` where that stays.

    Returns whose it is. Raises ``NotFound`` out of reach, ``Forbidden`` for one's own.
    """
    row = _locked(session, actor, certificate_id)
    before = session.scalars(
        select(CertificateEntry)
        .where(CertificateEntry.certificate_id == row.id)
        .order_by(CertificateEntry.id.desc())
        .limit(1)
    ).one()
    kept = said or Said(
        *(before.occupation_code, before.work_type, before.level, before.issued_on),
        *(before.issuer, before.theory_mark, before.practice_mark),
        status=CertificateStatus(before.status),
    )
    _entry(session, row, kept, looked, (FactSource.STAFF, actor.person_id), now)
    act = "certificate.corrected" if said else "certificate.looked_at"
    _note(session, actor, row, act, looked.note, now)
    return row.person_id


def void(session: Session, *, actor: Actor, certificate_id: int, reason: str, now: datetime) -> int:
    """Take a wrong one out, so that its number is free; return whose it was."""
    row = _locked(session, actor, certificate_id)
    row.state, row.voided_at = CertificateState.VOID, now
    row.voided_by_id, row.void_reason = actor.person_id, reason
    session.flush()
    mark_due(session, person_id=row.person_id, since=now)
    _note(session, actor, row, "certificate.voided", reason, now)
    return row.person_id


def _locked(session: Session, actor: Actor, certificate_id: int) -> ExternalCertificate:
    row = session.get(ExternalCertificate, certificate_id, with_for_update=True)
    if row is None:
        raise NotFound
    queries.subject(session, actor, row.person_id, Permission.FACTS_RECORD)
    if row.person_id == actor.person_id:
        raise Forbidden("own_facts", "Two people are needed: somebody else has to do this for you.")
    if row.state == CertificateState.VOID:
        raise Conflict("certificate_void", "This certificate was taken out meanwhile.")
    return row


def _entry(
    session: Session,
    row: ExternalCertificate,
    said: Said,
    looked: Looked,
    by: tuple[FactSource, int],
    now: datetime,
) -> None:
    session.add(
        CertificateEntry(
            certificate_id=row.id,
            occupation_code=said.occupation,
            work_type=said.work_type,
            level=said.level,
            issued_on=said.issued_on,
            issuer=said.issuer,
            theory_mark=said.theory,
            practice_mark=said.practice,
            status=said.status,
            registry_verified=looked.registry_verified,
            source=by[0],
            evidence_id=looked.evidence_id,
            note=looked.note,
            recorded_by_id=by[1],
            recorded_at=now,
        )
    )
    session.flush()
    mark_due(session, person_id=row.person_id, since=now)


def _note(
    session: Session,
    actor: Actor,
    row: ExternalCertificate,
    action: str,
    reason: str | None,
    now: datetime,
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"certificate:{row.id}",
        details={"person": row.person_id, "reason": reason},
        at=now,
    )
