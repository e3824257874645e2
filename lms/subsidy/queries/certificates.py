"""Reads a person's state certificates with everything written down of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Programme
from lms.catalog.outline import Words
from lms.subsidy.models import CertificateEntry, ExternalCertificate


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate with its entries, the newest first, each with who wrote it."""

    row: ExternalCertificate
    entries: tuple[tuple[CertificateEntry, str], ...]

    @property
    def now(self) -> CertificateEntry:
        """Return what it says now."""
        return self.entries[0][0]


@dataclass(frozen=True, slots=True)
class Occupation:
    """What a certificate may be for: an occupation and level the site trains for."""

    slug: str
    title: Words
    code: str
    work_type: str | None
    level: int


def certificates(session: Session, person_id: int) -> list[Held]:
    """Return the person's certificates, the last entered first."""
    rows = session.execute(
        select(ExternalCertificate, CertificateEntry, Person.name)
        .join(CertificateEntry, CertificateEntry.certificate_id == ExternalCertificate.id)
        .join(Person, Person.id == CertificateEntry.recorded_by_id)
        .where(ExternalCertificate.person_id == person_id)
        .order_by(ExternalCertificate.id.desc(), CertificateEntry.id.desc())
    )
    found: dict[int, tuple[ExternalCertificate, list[tuple[CertificateEntry, str]]]] = {}
    for certificate, entry, name in rows:
        found.setdefault(certificate.id, (certificate, []))[1].append((entry, name))
    return [Held(row, tuple(entries)) for row, entries in found.values()]


def occupations(session: Session) -> Sequence[Occupation]:
    """Return what the site trains for, without programmes that only show how it works."""
    known = known_programmes()
    return [
        Occupation(
            *(row.slug, row.title, row.occupation_code),
            known[row.slug].work_type if row.slug in known else None,
            row.level,
        )
        for row in session.scalars(select(Programme).order_by(Programme.id))
        if not (row.slug in known and known[row.slug].draws_on)
    ]
