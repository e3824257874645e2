"""Subsidy claims, each step of them, why one is looked at again, and their running numbers."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, index_where, one_of, unique_where
from lms.db.ddl import append_only_until_erased, is_erased, refuse
from lms.subsidy.domain.claim_states import OVER, PAIRS, Cause, ClaimAct, ClaimState

_OVER = ", ".join(f"'{state}'" for state in sorted(OVER))
_PASSED = "('publicised', 'objected', 'approved', 'paid', 'bank_returned', 'clawed_back')"


class SubsidyAccount(Base):
    """One row a person, locked by whoever moves any of the person's claims."""

    __tablename__ = "subsidy_account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    opened_at: Mapped[datetime]


class RunningNumber(Base):
    """The last number given in a series, such as the claims of a month."""

    __tablename__ = "running_number"

    series: Mapped[str] = mapped_column(String(30), primary_key=True)
    last: Mapped[int]


class SubsidyClaim(Base):
    """That a person asks for the subsidy of one occupation, work type and level.

    ``work_type`` is empty where the programme has none, for a unique index takes no null for equal.
    ``version`` counts the steps; a page that was read before one is stale. Of the bank account the
    keyed digest and the last digits are kept: the money goes there or nowhere. ``state_at`` is when
    the claim came to where it stands, ``money`` what is under way at the bank.
    """

    __tablename__ = "subsidy_claim"
    __table_args__ = (
        one_of("state", ClaimState),
        one_of("money", ("none", "planned", "sent")),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("paid_fen BETWEEN 0 AND amount_fen", name="paid"),
        CheckConstraint("state <> 'paid' OR paid_fen = amount_fen", name="whole"),
        CheckConstraint("recovered_fen BETWEEN 0 AND paid_fen", name="recovered"),
        CheckConstraint("instalments BETWEEN 1 AND 24", name="instalments"),
        CheckConstraint("money = 'none' OR state = 'approved'", name="under_way"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL OR state = 'withdrawn'",
                        name="handed_in"),
        CheckConstraint("(submitted_at IS NULL) = (number IS NULL)", name="numbered"),
        # Two people, neither of them the learner.
        CheckConstraint("first_by_id <> person_id", name="first_look"),
        CheckConstraint("second_by_id <> person_id", name="second_look"),
        CheckConstraint("second_by_id <> first_by_id", name="two"),
        CheckConstraint("second_by_id IS NULL OR first_by_id IS NOT NULL", name="second_is_second"),
        CheckConstraint(f"state NOT IN {_PASSED} OR second_by_id IS NOT NULL", name="passed"),
        unique_where(
            "uq_subsidy_claim_thing",
            *("person_id", "occupation", "work_type", "level"),
            where=f"state NOT IN ({_OVER})",
        ),
        Index("ix_subsidy_claim_queue", "county_code", "state", "state_at", "id"),
        Index("ix_subsidy_claim_person", "person_id", "id"),
        index_where("ix_subsidy_claim_doubt", "county_code", where="doubt_at IS NOT NULL"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    town: Mapped[str] = mapped_column(String(40), default="")
    occupation: Mapped[str] = mapped_column(String(20))
    work_type: Mapped[str] = mapped_column(String(40))
    level: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=ClaimState.DRAFT)
    money: Mapped[str] = mapped_column(String(10), default="none")
    version: Mapped[int] = mapped_column(default=0)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("eligibility_decision.id", ondelete="SET NULL"), index=True
    )
    amount_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)
    recovered_fen: Mapped[int] = mapped_column(default=0)
    instalments: Mapped[int] = mapped_column(default=1)
    first_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    promise_id: Mapped[int | None] = mapped_column(
        ForeignKey("promise.id", ondelete="SET NULL"), index=True
    )
    account_mask: Mapped[str] = mapped_column(String(19), default="")
    account_index: Mapped[str] = mapped_column(String(64), default="")
    bank: Mapped[str] = mapped_column(String(60), default="")
    draft_step: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    state_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    doubt_at: Mapped[datetime | None]


class SubsidyClaimStep(Base):
    """One step of a claim: what was done, by whom and why, chained to the step before.

    ``by_id`` is empty where the site itself did it. ``number`` is the claim's version behind it, so
    of two steps taken from the same one the database keeps one.
    """

    __tablename__ = "subsidy_claim_step"
    __table_args__ = (
        one_of("act", ClaimAct),
        one_of("from_state", ClaimState),
        one_of("to_state", ClaimState),
        UniqueConstraint("claim_id", "number"),
        CheckConstraint(
            "act NOT IN ('return', 'reject', 'claw_back') OR (reason IS NOT NULL AND reason <> '')",
            name="reasoned",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claim.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("eligibility_decision.id"), index=True
    )
    amount_fen: Mapped[int]
    # What the step is about beside the claim: a public list, a payment, what changed.
    about: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))


class SubsidyClaimCause(Base):
    """That something happened after which a claim has to be looked at again; told by an event."""

    __tablename__ = "subsidy_claim_cause"
    __table_args__ = (
        one_of("cause", Cause),
        UniqueConstraint("claim_id", "cause", "subject"),
        index_where("ix_subsidy_claim_cause_open", "claim_id", where="handled_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claim.id"))
    cause: Mapped[str] = mapped_column(String(20))
    # What it was, as ``kind:id``.
    subject: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


_OWNER = "(SELECT person_id FROM subsidy_claim WHERE id = OLD.claim_id)"
_claims = cast(Table, SubsidyClaim.__table__)
_FIXED = " OR ".join(
    f"NEW.{name} <> OLD.{name}"
    for name in ("person_id", "programme_id", "occupation", "work_type", "level", "created_at")
)
_GIVEN = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND (NEW.{name} IS NULL OR NEW.{name} <> OLD.{name}))"
    for name in ("number", "submitted_at", "ended_at")
)
_MOVES = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state = '{behind}')"
    for before, behind in sorted(PAIRS)
    if before != behind
)
refuse(
    _claims,
    "UPDATE",
    condition=(
        f"{_FIXED} OR {_GIVEN} OR NEW.version < OLD.version "
        "OR NEW.recovered_fen < OLD.recovered_fen "
        f"OR (NEW.state <> OLD.state AND (NEW.version = OLD.version OR NOT ({_MOVES})))"
    ),
)
refuse(_claims, "DELETE", condition="")
append_only_until_erased(cast(Table, SubsidyAccount.__table__))
append_only_until_erased(cast(Table, SubsidyClaimStep.__table__), owner=_OWNER)
_causes = cast(Table, SubsidyClaimCause.__table__)
_SAID = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("claim_id", "cause", "subject", "at"))
refuse(_causes, "UPDATE", condition=f"OLD.handled_at IS NOT NULL OR {_SAID}")
refuse(_causes, "DELETE", condition=f"NOT {is_erased(_OWNER)}")
