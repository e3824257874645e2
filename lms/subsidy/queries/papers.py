"""The parts of a dossier from lists, certificates, own claims and what looked unlike studying."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, func, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.clock import local_day
from lms.db.among import among
from lms.progress.domain.flags import FlagRuling
from lms.progress.models import StudyFlag
from lms.subsidy.domain.assembly import Dossier
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.domain.facts import Certificate, Flag
from lms.subsidy.domain.lists import ListKind, Told
from lms.subsidy.domain.own_claims import OwnClaim
from lms.subsidy.domain.papers import CertificateState
from lms.subsidy.models import CertificateEntry, ExternalCertificate, FactList, SubsidyClaim
from lms.subsidy.queries.parts import PEOPLE, UNTIL, part

# What a certificate says is its last entry.
_NEWEST = (
    select(func.max(CertificateEntry.id))
    .join(ExternalCertificate, ExternalCertificate.id == CertificateEntry.certificate_id)
    .where(among(ExternalCertificate.person_id, PEOPLE))
    .group_by(CertificateEntry.certificate_id)
    .scalar_subquery()
)
PAPER_PARTS = (
    part("list", Person.id, t1=FactList.kind, day=FactList.as_of, at1=FactList.imported_at)
    .join(FactList, FactList.county_code == Person.county_code)
    .where(among(Person.id, PEOPLE), FactList.is_complete.is_(true())),
    part(
        "certificate",
        ExternalCertificate.person_id,
        n1=CertificateEntry.level,
        n2=case((CertificateEntry.registry_verified.is_(true()), 1), else_=0),
        n3=case((CertificateEntry.registry_verified.is_(None), 1), else_=0),
        t1=ExternalCertificate.type,
        t2=CertificateEntry.occupation_code,
        t3=CertificateEntry.work_type,
        t4=CertificateEntry.status,
        day=CertificateEntry.issued_on,
    )
    .join(CertificateEntry, CertificateEntry.certificate_id == ExternalCertificate.id)
    .where(
        among(ExternalCertificate.person_id, PEOPLE),
        ExternalCertificate.state == CertificateState.LIVE,
        CertificateEntry.id.in_(_NEWEST),
    ),
    part("flag", StudyFlag.person_id, t1=StudyFlag.ruling).where(
        among(StudyFlag.person_id, PEOPLE),
        or_(StudyFlag.ruling.is_(None), StudyFlag.ruling == FlagRuling.NOT_STUDY),
    ),
    part(
        "claim",
        SubsidyClaim.person_id,
        n1=SubsidyClaim.programme_id,
        n2=SubsidyClaim.level,
        t1=SubsidyClaim.state,
        t2=SubsidyClaim.occupation,
        t3=SubsidyClaim.work_type,
        at1=SubsidyClaim.submitted_at,
        at2=SubsidyClaim.ended_at,
    ).where(among(SubsidyClaim.person_id, PEOPLE), SubsidyClaim.submitted_at.is_not(None)),
)


def certificates_before(session: Session, person_id: int, until: datetime) -> list[Certificate]:
    """Return what the person's certificates said before the moment; void ones never counted."""
    rows = session.execute(
        select(ExternalCertificate.type, CertificateEntry)
        .join(CertificateEntry, CertificateEntry.certificate_id == ExternalCertificate.id)
        .where(
            ExternalCertificate.person_id == person_id,
            ExternalCertificate.state == CertificateState.LIVE,
            CertificateEntry.recorded_at < until,
        )
        .order_by(CertificateEntry.id)
    )
    said = {
        entry.certificate_id: Certificate(
            status=entry.status,
            type=kind,
            occupation=entry.occupation_code,
            work_type=entry.work_type,
            level=entry.level,
            issue_date=entry.issued_on,
            registry_verified=entry.registry_verified,
        )
        for kind, entry in rows
    }
    return list(said.values())


def _add_list(own: Dossier, row: Row[Any]) -> None:
    own.lists.append(Told(ListKind(row.t1), row.day, row.at1))


def _add_certificate(own: Dossier, row: Row[Any]) -> None:
    own.certificates.append(
        Certificate(
            status=row.t4,
            type=row.t1,
            occupation=row.t2,
            work_type=row.t3,
            level=row.n1,
            issue_date=row.day,
            registry_verified=None if row.n3 else bool(row.n2),
        )
    )


def add_flag(own: Dossier, row: Row[Any]) -> None:
    """Keep the gravest: what was found not to be honest, else what is still open."""
    if row.t1 is not None:
        own.flag = Flag.CONFIRMED
    elif own.flag is Flag.NONE:
        own.flag = Flag.OPEN


# What looked unlike studying as it stood at a moment: a ruling that came later was not known.
_RULED = case((StudyFlag.ruled_at < bindparam(UNTIL), StudyFlag.ruling))
FLAGS_THEN = part("flag", StudyFlag.person_id, t1=_RULED).where(
    among(StudyFlag.person_id, PEOPLE),
    StudyFlag.found_at < bindparam(UNTIL),
    or_(_RULED.is_(None), _RULED == FlagRuling.NOT_STUDY),
)


def _add_claim(own: Dossier, row: Row[Any]) -> None:
    ended_on = local_day(row.at2) if row.at2 else None
    own.claims.append(
        OwnClaim(
            *(row.n1, row.t2, row.t3 or None, row.n2, ClaimState(row.t1)),
            *(local_day(row.at1), ended_on),
        )
    )


PAPER_ADDERS: Mapping[str, Callable[[Dossier, Row[Any]], None]] = {
    "list": _add_list,
    "certificate": _add_certificate,
    "flag": add_flag,
    "claim": _add_claim,
}
