"""Badges and what stands behind them: keys, status lists, requests about them, holders' numbers."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from lms.credentials.domain.states import (
    Aim,
    CredentialState,
    KeyKind,
    KeyState,
    ReissueReason,
    RevocationReason,
    Ruling,
)
from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import append_only, refuse

_PENDING = sql("state = 'pending'")


class IssuerKey(Base):
    """A key of the site as an issuer; the private half is sealed and goes when it stops signing.

    ``controller`` is the issuer's DID; the id is the fragment verifiers know the key by.
    """

    __tablename__ = "issuer_key"
    __table_args__ = (
        one_of("kind", KeyKind),
        one_of("state", KeyState),
        CheckConstraint("(state = 'active') = (private IS NOT NULL)", name="signs"),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended"),
        unique_where("uq_issuer_key_active", "controller", "kind", where="state = 'active'"),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    controller: Mapped[str] = mapped_column(String(255))
    public: Mapped[dict[str, Any]]
    private: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default=KeyState.ACTIVE)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StatusList(Base):
    """One published list of places, a bit each; ``document`` is the signed list as it is served."""

    __tablename__ = "status_list"
    __table_args__ = (CheckConstraint("taken >= 0", name="taken"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken: Mapped[int] = mapped_column(default=0)
    document: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None]


class Credential(Base):
    """One person's badge for completing one course; what was signed never changes."""

    __tablename__ = "credential"
    __table_args__ = (
        one_of("state", CredentialState),
        CheckConstraint("(state = 'pending') = (document IS NULL)", name="signed"),
        CheckConstraint("(document IS NULL) = (jwt IS NULL)", name="both_forms"),
        CheckConstraint("(document IS NULL) = (value IS NULL)", name="stated"),
        CheckConstraint("(document IS NULL) = (issued_at IS NULL)", name="issued"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked"),
        CheckConstraint(
            "document IS NULL OR (serial IS NOT NULL AND status_index IS NOT NULL)", name="placed"
        ),
        UniqueConstraint("status_list", "status_index"),
        unique_where("uq_credential_live", "person_id", "course_id", where="state <> 'revoked'"),
        Index(
            "ix_credential_pending",
            "created_at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=CredentialState.PENDING)
    serial: Mapped[str | None] = mapped_column(String(20), unique=True)
    status_list: Mapped[int | None] = mapped_column(ForeignKey("status_list.number"))
    status_index: Mapped[int | None]
    value: Mapped[dict[str, Any] | None]
    document: Mapped[str | None] = mapped_column(Text)
    jwt: Mapped[str | None] = mapped_column(Text)
    shows_name: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class BadgeRequest(Base):
    """A request to revoke a badge, or to issue it anew after that, and how it ended.

    ``note`` is for the holder and the desk; the check page says the reason alone.
    """

    __tablename__ = "badge_request"
    __table_args__ = (
        one_of("aim", Aim),
        one_of("reason", [*RevocationReason, *ReissueReason]),
        CheckConstraint(
            f"(aim = 'reissue') = (reason IN {tuple(map(str, ReissueReason))})", name="reason_fits"
        ),
        one_of("ruling", Ruling),
        CheckConstraint("(ruling = 'withdrawn') = (ruled_by_id = asked_by_id)", name="two_people"),
        CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name="ruled",
        ),
        unique_where(
            "uq_badge_request_standing",
            "credential_id",
            "aim",
            where="ruling IS NULL OR ruling = 'confirmed'",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"))
    aim: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    ruling: Mapped[str | None] = mapped_column(String(10))
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]


class Holder(Base):
    """A learner's random number: badges carry its salted hash, nothing else of the person."""

    __tablename__ = "holder"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)


_CREDENTIALS = cast(Table, Credential.__table__)
_KEPT = ("person_id", "course_id", "enrollment_id", "created_at")
_SIGNED = ("value", "serial", "status_list", "status_index", "document", "jwt", "issued_at")
# Two people decide: before a badge is revoked, or a new one stands in the place of one that was,
# the request for it has to be confirmed; or all that was paid for it went back. Once signed, only
# the state, the moment of revocation and how the name is shown may change.
_CONFIRMED = (
    "EXISTS (SELECT 1 FROM badge_request AS asked WHERE asked.credential_id = {credential} "
    "AND asked.aim = '{aim}' AND asked.ruling = 'confirmed')"
)
_PAID_BACK = (
    "EXISTS (SELECT 1 FROM course_order AS paid WHERE paid.enrollment_id = OLD.enrollment_id "
    "AND paid.seat_ended_at IS NOT NULL)"
)
_UNASKED = f"NOT {_CONFIRMED.format(credential='OLD.id', aim=Aim.REVOKE)} AND NOT {_PAID_BACK}"
_REWRITTEN = " OR ".join(
    (
        *(f"NEW.{column} <> OLD.{column}" for column in _KEPT),
        *(f"(OLD.document IS NOT NULL AND NEW.{each} <> OLD.{each})" for each in _SIGNED),
        "(OLD.document IS NOT NULL AND NEW.document IS NULL)",
        (
            "(OLD.document IS NOT NULL AND "
            "COALESCE(NEW.valid_until, NEW.issued_at) <> COALESCE(OLD.valid_until, OLD.issued_at))"
        ),
        "(OLD.state = 'revoked' AND NEW.state <> 'revoked')",
        f"(OLD.state <> 'revoked' AND NEW.state = 'revoked' AND {_UNASKED})",
    )
)
_IN_THE_WAY = " ".join(
    (
        "EXISTS (SELECT 1 FROM credential AS earlier WHERE earlier.person_id = NEW.person_id",
        "AND earlier.course_id = NEW.course_id AND earlier.state = 'revoked' AND NOT",
        _CONFIRMED.format(credential="earlier.id", aim=Aim.REISSUE) + ")",
    )
)
refuse(_CREDENTIALS, "UPDATE", condition=_REWRITTEN)
refuse(_CREDENTIALS, "DELETE", condition="OLD.document IS NOT NULL")
refuse(_CREDENTIALS, "INSERT", condition=_IN_THE_WAY)
_REQUESTS = cast(Table, BadgeRequest.__table__)
refuse(
    _REQUESTS,
    "UPDATE",
    condition=(
        "OLD.ruling IS NOT NULL OR NEW.credential_id <> OLD.credential_id OR NEW.aim <> OLD.aim "
        "OR NEW.reason <> OLD.reason OR NEW.note <> OLD.note "
        "OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at"
    ),
)
refuse(_REQUESTS, "DELETE", condition="")
append_only(cast(Table, Holder.__table__))
