"""What people write down besides a value: for which days, why, by which paper; a certificate."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lms.subsidy.domain.lists import ListKind
from lms.subsidy.domain.papers import CertificateStatus


@dataclass(frozen=True, slots=True)
class Given:
    """What staff write besides the value: for which days, why, by which paper."""

    since: date | None = None
    until: date | None = None
    reason: str | None = None
    evidence_id: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a certificate says."""

    occupation: str
    work_type: str | None
    level: int | None
    issued_on: date
    issuer: str
    theory: Decimal | None = None
    practice: Decimal | None = None
    status: CertificateStatus = CertificateStatus.ISSUED


@dataclass(frozen=True, slots=True)
class NewList:
    """What somebody says a list is."""

    county_code: str
    kind: ListKind
    title: str
    as_of: date
    is_complete: bool
