"""What is known of people: dated facts, papers, promises, lists and certificates."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, Json, one_of, unique_where
from lms.db.ddl import append_only, append_only_until_erased, is_erased, refuse
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.domain.lists import ListKind
from lms.subsidy.domain.papers import CertificateState, CertificateStatus, PaperKind, PaperType
from lms.subsidy.domain.policy import CERTIFICATES


class LearnerFact(Base):
    """What is known of a person since a day; a later row corrects, nothing is overwritten.

    ``recorded_by_id`` is empty where the site itself wrote it down. A value of null says that
    nobody knows any more. ``evidence_id`` is the paper and ``import_id`` the list behind it.
    """

    __tablename__ = "learner_fact"
    __table_args__ = (
        one_of("key", FactKey),
        one_of("source", FactSource),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="period"),
        Index("ix_learner_fact_person", "person_id", "key", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(30))
    value: Mapped[Any] = mapped_column(Json)
    source: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_to: Mapped[date | None] = mapped_column(Date)
    evidence_id: Mapped[str | None] = mapped_column(ForeignKey("evidence.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("fact_list.id"))
    note: Mapped[str | None] = mapped_column(String(200))


class Evidence(Base):
    """A paper somebody showed; the file lies sealed in the folder of papers, named by the id.

    The row is written after the file is on the disk, so a row without a file cannot be.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("kind", PaperKind),
        one_of("content_type", PaperType),
        Index("ix_evidence_person", "person_id", "uploaded_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(30))
    content_type: Mapped[str] = mapped_column(String(30))
    byte_size: Mapped[int]
    # Of the plain bytes, as they are shown.
    sha256: Mapped[str] = mapped_column(String(64))
    # Of the key that sealed the file first; the file itself says which one does now.
    key_name: Mapped[str] = mapped_column(String(40))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]


class Promise(Base):
    """That a person promised to say what is true: which text, when, from which network."""

    __tablename__ = "promise"
    __table_args__ = (Index("ix_promise_person", "person_id", "given_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text_version: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(50))
    given_at: Mapped[datetime]


class FactList(Base):
    """A list of the bureau that was taken in, for a county and as of a day.

    ``is_complete`` says that who is not on it is not what it lists: one row speaks for everybody.
    """

    __tablename__ = "fact_list"
    __table_args__ = (
        one_of("kind", ListKind),
        UniqueConstraint("county_code", "kind", "sha256"),
        Index("ix_fact_list_county", "county_code", "as_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(80))
    as_of: Mapped[date] = mapped_column(Date)
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    matched: Mapped[int]
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime]
    is_complete: Mapped[bool]


class FactListDraft(Base):
    """A list that was sent and looked at; the file lies sealed, for a day, or until taken in."""

    __tablename__ = "fact_list_draft"
    __table_args__ = (one_of("kind", ListKind),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(80))
    as_of: Mapped[date] = mapped_column(Date)
    is_complete: Mapped[bool]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    key_name: Mapped[str] = mapped_column(String(40))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    taken_in_at: Mapped[datetime | None]


class ExternalCertificate(Base):
    """A state certificate of a person; of one type and number one may stand."""

    __tablename__ = "external_certificate"
    __table_args__ = (
        one_of("type", sorted(CERTIFICATES)),
        one_of("state", CertificateState),
        CheckConstraint("(state = 'void') = (voided_at IS NOT NULL)", name="whole_void"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided_by_somebody"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="reasoned"),
        unique_where("uq_external_certificate_standing", "type", "number", where="state <> 'void'"),
        Index("ix_external_certificate_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    type: Mapped[str] = mapped_column(String(30))
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default=CertificateState.LIVE)
    created_at: Mapped[datetime]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(200))


class CertificateEntry(Base):
    """What a certificate says, and whether the registry knows it; the newest entry counts."""

    __tablename__ = "certificate_entry"
    __table_args__ = (
        one_of("status", CertificateStatus),
        one_of("source", FactSource),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("theory_mark BETWEEN 0 AND 100", name="theory"),
        CheckConstraint("practice_mark BETWEEN 0 AND 100", name="practice"),
        Index("ix_certificate_entry_certificate", "certificate_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("external_certificate.id"))
    occupation_code: Mapped[str] = mapped_column(String(20))
    work_type: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[int | None]
    issued_on: Mapped[date] = mapped_column(Date)
    issuer: Mapped[str] = mapped_column(String(80))
    theory_mark: Mapped[Any] = mapped_column(Numeric(5, 2), nullable=True)
    practice_mark: Mapped[Any] = mapped_column(Numeric(5, 2), nullable=True)
    status: Mapped[str] = mapped_column(String(10))
    registry_verified: Mapped[bool | None]
    source: Mapped[str] = mapped_column(String(20))
    evidence_id: Mapped[str | None] = mapped_column(ForeignKey("evidence.id"))
    note: Mapped[str | None] = mapped_column(String(200))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


append_only(cast(Table, FactList.__table__))
for _model in (LearnerFact, Evidence, Promise):
    append_only_until_erased(cast(Table, _model.__table__))
append_only_until_erased(
    cast(Table, CertificateEntry.__table__),
    owner="(SELECT person_id FROM external_certificate WHERE id = OLD.certificate_id)",
)
_certificates = cast(Table, ExternalCertificate.__table__)
_FIXED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("person_id", "type", "number"))
refuse(_certificates, "UPDATE", condition=f"OLD.state = 'void' OR {_FIXED}")
refuse(_certificates, "DELETE", condition=f"NOT {is_erased('OLD.person_id')}")
