"""People, their signed-in browsers, roles in scopes, one-time codes and second factors."""

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.access import Role, ScopeKind
from lms.db.base import Base, index_where, one_of, unique_where
from lms.db.ddl import refuse

_TO_ERASE = "closed_at IS NOT NULL AND erased_at IS NULL"


class PersonState(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "active"
    LOCKED = "locked"
    CLOSED = "closed"


class CodePurpose(StrEnum):
    """What a one-time code is good for."""

    SIGN_IN = "sign_in"
    NEW_PASSWORD = "new_password"  # noqa: S105 (a purpose, not a password)
    CHANGE_PHONE = "change_phone"
    CONFIRM = "confirm"
    GUARDIAN = "guardian"
    HELPER = "helper"


class ConsentWay(StrEnum):
    """How somebody agreed: with their own hand, by a code read out to a helper, or on paper."""

    OWN = "own"
    CODE = "code"
    PAPER = "paper"


class County(Base):
    """A county this installation serves."""

    __tablename__ = "county"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))


class Person(Base):
    """One human being; the phone number is how they sign in and may change.

    ``held_at`` is since when identity, account and claims wait for a second proof. The phone number
    of who gave it up or closed the account stands in ``former_phone``. ``erased_at`` is when all
    that says who it was went.
    """

    __tablename__ = "person"
    __table_args__ = (
        one_of("state", PersonState),
        CheckConstraint("locale IN ('zh', 'en')", name="locale"),
        Index("ix_person_county_town", "county_code", "town"),
        # The people desk reads a county newest first, or by the beginning of a name.
        Index("ix_person_county_id", "county_code", "id"),
        index_where("ix_person_to_erase", "closed_at", where=_TO_ERASE),
        index_where("ix_person_erased", "erased_at", "id", where="erased_at IS NOT NULL"),
        Index("ix_person_name", "name", "id", postgresql_ops={"name": "text_pattern_ops"}),
        Index(
            "ix_person_county_name",
            *("county_code", "name", "id"),
            postgresql_ops={"name": "text_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str | None] = mapped_column(String(11), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str | None] = mapped_column(String(2))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    town: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default=PersonState.ACTIVE)
    created_at: Mapped[datetime]
    # Empty for one that was set before this was written down.
    password_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    former_phone: Mapped[str | None] = mapped_column(String(11), index=True)
    closed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class SignIn(Base):
    """A signed-in browser; revoking the row ends it at once, whatever cookie was copied."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(120))
    device_hash: Mapped[str] = mapped_column(String(64))
    # Of the random number the browser keeps; none in rows from before there were such numbers, and
    # none any more where the sign-in is long over.
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class HalfSignIn(Base):
    """Somebody who gave the first proof and still owes the second; opens nothing by itself."""

    __tablename__ = "half_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role a person holds in a scope; taken back by a date, never deleted."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", Role),
        one_of("scope_kind", ScopeKind),
        CheckConstraint("granted_by_id <> person_id", name="not_to_oneself"),
        unique_where(
            "uq_role_grant_live",
            "person_id",
            "role",
            "scope_kind",
            "scope_id",
            where="revoked_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(20))
    scope_kind: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[str] = mapped_column(String(36), default="")
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """A six-digit code sent to a phone; one live code per phone and purpose, stored hashed."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        one_of("purpose", CodePurpose),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        unique_where("uq_one_time_code_live", "phone", "purpose", where="closed_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(11))
    purpose: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]


class TotpSecret(Base):
    """A staff member's second factor, encrypted; ``last_step`` refuses a code used before."""

    __tablename__ = "totp_secret"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Consent(Base):
    """That a person agreed to a text in a version, when, how and from where.

    Nothing is overwritten: taking it back is a date, agreeing again a new row.
    """

    __tablename__ = "consent"
    __table_args__ = (
        one_of("way", ConsentWay),
        CheckConstraint("(way = 'own') = (recorded_by_id IS NULL)", name="recorded"),
        unique_where("uq_consent_live", "person_id", "subject", where="withdrawn_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    way: Mapped[str] = mapped_column(
        String(10), default=ConsentWay.OWN, server_default=text("'own'")
    )
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    network: Mapped[str | None] = mapped_column(String(60))


# A closed account lets go of its number, and who was erased is nobody any more; SQLite takes no
# CHECK into a table others refer to.
refuse(
    cast(Table, Person.__table__),
    "UPDATE",
    condition=(
        "OLD.erased_at IS NOT NULL OR (NEW.erased_at IS NOT NULL AND NEW.state <> 'closed') "
        "OR (NEW.state = 'closed' AND NEW.phone IS NOT NULL)"
    ),
)
