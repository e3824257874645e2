"""Who somebody is by law: the identity number, who looked at it, a guardian, a bank account.

Numbers stand here encrypted only. Lists show the masks, which are stored, so that no page opens a
number it does not need.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of
from lms.db.ddl import append_only_until_erased


class IdentityState(StrEnum):
    """How sure it is that the number is the person's."""

    DECLARED = "declared"
    VERIFIED = "verified"
    REFUSED = "refused"


class CheckMethod(StrEnum):
    """How somebody or something looked."""

    IN_PERSON = "in_person"
    REGISTRY = "registry"
    # The number went to somebody who showed the card, or was given up.
    RELEASE = "release"


class CheckResult(StrEnum):
    """What looking came to."""

    VERIFIED = "verified"
    REFUSED = "refused"
    RELEASED = "released"


class GuardianProof(StrEnum):
    """How a guardian agreed: by a code to their phone, or before staff."""

    CODE = "code"
    IN_PERSON = "in_person"


class BankState(StrEnum):
    """Whether the account is known to be in the person's own name."""

    DECLARED = "declared"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Identity(Base):
    """A person's identity number; one number is one account, whoever types it how."""

    __tablename__ = "identity"
    __table_args__ = (
        one_of("state", IdentityState),
        one_of("method", (CheckMethod.IN_PERSON, CheckMethod.REGISTRY)),
        CheckConstraint("sex IN ('M', 'F')", name="sex"),
        CheckConstraint(
            "(state = 'declared') = (checked_at IS NULL) "
            "AND (checked_at IS NULL) = (method IS NULL)",
            name="checked",
        ),
        CheckConstraint("checked_by_id <> person_id", name="not_by_oneself"),
        CheckConstraint("method <> 'in_person' OR checked_by_id IS NOT NULL", name="by_somebody"),
        Index("uq_identity_number", "number_index", unique=True),
        Index("ix_identity_waiting", "state", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(200))
    number_index: Mapped[str] = mapped_column(String(64))
    mask: Mapped[str] = mapped_column(String(18))
    birth_date: Mapped[date] = mapped_column(Date)
    sex: Mapped[str] = mapped_column(String(1))
    state: Mapped[str] = mapped_column(String(10), default=IdentityState.DECLARED)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    method: Mapped[str | None] = mapped_column(String(10))
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class IdentityCheck(Base):
    """That somebody or something looked who a person is, how, when and what came of it."""

    __tablename__ = "identity_check"
    __table_args__ = (
        one_of("method", CheckMethod),
        one_of("result", CheckResult),
        CheckConstraint("by_id <> person_id OR method = 'release'", name="not_by_oneself"),
        Index("ix_identity_check_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mask: Mapped[str] = mapped_column(String(18))
    method: Mapped[str] = mapped_column(String(10))
    result: Mapped[str] = mapped_column(String(10))
    words: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Guardian(Base):
    """Who agreed for a person of 16 or 17, and how that is known."""

    __tablename__ = "guardian"
    __table_args__ = (
        one_of("proof", GuardianProof),
        CheckConstraint(
            "(proof = 'in_person') = (recorded_by_id IS NOT NULL)", name="seen_by_somebody"
        ),
        CheckConstraint("recorded_by_id <> person_id", name="not_by_oneself"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    relation: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(11))
    proof: Mapped[str] = mapped_column(String(10))
    text_version: Mapped[str] = mapped_column(String(20))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]


class BankAccount(Base):
    """Where a person's subsidy would go; one account is one person's."""

    __tablename__ = "bank_account"
    __table_args__ = (
        one_of("state", BankState),
        CheckConstraint("(state = 'declared') = (checked_at IS NULL)", name="checked"),
        CheckConstraint("(checked_at IS NULL) = (checked_by_id IS NULL)", name="by_somebody"),
        CheckConstraint("checked_by_id <> person_id", name="not_by_oneself"),
        Index("uq_bank_account_number", "number_index", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(200))
    number_index: Mapped[str] = mapped_column(String(64))
    mask: Mapped[str] = mapped_column(String(19))
    bank: Mapped[str] = mapped_column(String(60))
    holder: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(10), default=BankState.DECLARED)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


append_only_until_erased(cast(Table, IdentityCheck.__table__))
