"""Tokens of other systems, and how much was fetched with each of them on which day."""

from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of
from lms.db.ddl import refuse
from lms.exchange.domain import MOST_DAYS, SHOWN_SIGNS, USEFUL_SCOPES, PullKind, TokenState


class AccessToken(Base):
    """A token: what it may fetch of one institution's courses in one county, and for whom.

    The token itself is stored nowhere: ``token_hash`` is its SHA-256, ``beginning`` its first
    signs. It opens nothing before somebody else than its maker approved it. ``last_used_at`` is
    right to the hour.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        one_of("scopes", USEFUL_SCOPES),
        CheckConstraint(f"days BETWEEN 1 AND {MOST_DAYS}", name="days"),
        CheckConstraint("length(token_hash) = 64", name="hashed"),
        CheckConstraint(f"length(beginning) = {SHOWN_SIGNS}", name="beginning"),
        CheckConstraint("approved_by_id <> created_by_id", name="two_people"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved"),
        CheckConstraint("(revoked_by_id IS NULL) = (revoked_at IS NULL)", name="revoked"),
        CheckConstraint("last_used_at IS NULL OR approved_at IS NOT NULL", name="used"),
        Index("ix_access_token_reach", "county_code", "institution_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    system: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    beginning: Mapped[str] = mapped_column(String(SHOWN_SIGNS))
    # How long it is good for: so the database can say no to more than a year.
    days: Mapped[int]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    @property
    def expires_at(self) -> datetime:
        """Return when it ends by itself."""
        return self.created_at + timedelta(days=self.days)

    def state_at(self, at: datetime) -> TokenState:
        """Return whether it opens anything at the moment, and if not, why."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        if at >= self.expires_at:
            return TokenState.EXPIRED
        return TokenState.WAITING if self.approved_at is None else TokenState.GOOD


class ExchangePull(Base):
    """How much was fetched with a token on one local day; the log of acts names the day's first."""

    __tablename__ = "exchange_pull"
    __table_args__ = (
        one_of("kind", PullKind),
        CheckConstraint("requests > 0", name="requests"),
        CheckConstraint("rows_given >= 0", name="rows_given"),
    )

    token_id: Mapped[int] = mapped_column(ForeignKey("access_token.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    requests: Mapped[int]
    rows_given: Mapped[int]


# What a token opens and who vouched for it stays as it was said; what ended stays ended.
_KEPT = (
    *("institution_id", "county_code", "system", "scopes", "token_hash", "beginning"),
    *("days", "created_by_id", "created_at"),
)
_SAID_ONCE = ("approved_by_id", "approved_at", "revoked_by_id", "revoked_at")
_REWRITTEN = " OR ".join(
    (
        *(f"NEW.{column} <> OLD.{column}" for column in _KEPT),
        *(
            f"(OLD.{each} IS NOT NULL AND (NEW.{each} IS NULL OR NEW.{each} <> OLD.{each}))"
            for each in _SAID_ONCE
        ),
        "(OLD.revoked_at IS NOT NULL AND OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL)",
    )
)
_TOKENS, _PULLS = (cast(Table, model.__table__) for model in (AccessToken, ExchangePull))
refuse(_TOKENS, "UPDATE", condition=_REWRITTEN)
refuse(_TOKENS, "DELETE", condition="")
# Counts only grow: what was fetched was fetched.
refuse(
    _PULLS,
    "UPDATE",
    condition=(
        "NEW.token_id <> OLD.token_id OR NEW.day <> OLD.day OR NEW.kind <> OLD.kind "
        "OR NEW.requests <= OLD.requests OR NEW.rows_given < OLD.rows_given"
    ),
)
refuse(_PULLS, "DELETE", condition="")
