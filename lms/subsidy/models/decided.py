"""Policy versions and proposals of them, decisions, and what is due."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, OptionalJson, one_of
from lms.db.ddl import append_only, append_only_until_erased
from lms.subsidy.domain.proposals import ProposalState
from lms.subsidy.domain.results import Outcome


class PolicyVersion(Base):
    """A version of a policy that was decided by or accepted; its content never changes again.

    ``first_used_at`` is when it was written down: at its first use, or when it was accepted.
    """

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    first_used_at: Mapped[datetime]


class PolicyProposal(Base):
    """What an administrator loaded: one or more versions as text, until another one decides.

    ``dry_run`` is what trying it out found, or how far that is, with the digest of the text.
    """

    __tablename__ = "policy_proposal"
    __table_args__ = (
        one_of("state", ProposalState),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        # Two people: nobody accepts what they loaded themselves.
        CheckConstraint("state <> 'accepted' OR decided_by_id <> proposed_by_id", name="two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default=ProposalState.PROPOSED)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    dry_run: Mapped[dict[str, Any] | None] = mapped_column(OptionalJson)


class PolicyAcceptance(Base):
    """That a stored version is in force because a proposal was accepted; files have no such row."""

    __tablename__ = "policy_acceptance"

    policy_version_id: Mapped[int] = mapped_column(
        ForeignKey("policy_version.id"), primary_key=True, autoincrement=False
    )
    proposal_id: Mapped[int] = mapped_column(ForeignKey("policy_proposal.id"), index=True)


class EligibilityDecision(Base):
    """What the site found for a person and a programme, with the facts it found it by.

    ``number`` counts a person's decisions in a programme, so that of two made at once one stays.
    ``policy_version_id`` is empty where no version covered the training; ``basis_sha256`` tells
    whether the next one would rest on the same.
    """

    __tablename__ = "eligibility_decision"
    __table_args__ = (
        one_of("outcome", Outcome),
        UniqueConstraint("person_id", "programme_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int]
    policy_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("policy_version.id"), index=True
    )
    outcome: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    results: Mapped[list[Any]]
    basis_sha256: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]


class EligibilityDue(Base):
    """That something changed which may change the decision; marked where it happened.

    ``since`` may lie ahead: then a day passes by itself and may change it.
    """

    __tablename__ = "eligibility_due"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime] = mapped_column(index=True)


for _model in (PolicyVersion, PolicyAcceptance):
    append_only(cast(Table, _model.__table__))
append_only_until_erased(cast(Table, EligibilityDecision.__table__))
