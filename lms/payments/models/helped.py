"""What a county pays of a course by itself, and orders without money that were undone."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, unique_where
from lms.db.ddl import refuse


class CountyShare(Base):
    """So much of the price of a course a county pays for its own people (直补).

    ``basis`` names the paper it rests on. One that is changed is ended, and another begins.
    """

    __tablename__ = "county_share"
    __table_args__ = (
        CheckConstraint("share_fen > 0", name="share"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"),
        unique_where(
            "uq_county_share_live", *("county_code", "course_id"), where="ended_at IS NULL"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    share_fen: Mapped[int]
    basis: Mapped[str] = mapped_column(String(80))
    first_day: Mapped[date]
    last_day: Mapped[date]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]


class UndoneOrder(Base):
    """An order nothing was left to pay of, undone by an administrator with a reason."""

    __tablename__ = "undone_order"

    order_id: Mapped[int] = mapped_column(ForeignKey("course_order.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    undone_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime]


_shares, _undone = (cast(Table, model.__table__) for model in (CountyShare, UndoneOrder))
refuse(
    _shares,
    "UPDATE",
    condition=(
        " OR ".join(
            f"NEW.{name} <> OLD.{name}"
            for name in (
                *("county_code", "course_id", "share_fen", "basis", "first_day", "last_day"),
                *("begun_by_id", "begun_at"),
            )
        )
        + " OR OLD.ended_at IS NOT NULL"
    ),
)
refuse(_shares, "DELETE", condition="")
refuse(
    _undone,
    "INSERT",
    condition=(
        "NEW.reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM course_order WHERE id = NEW.order_id "
        "AND due_fen = 0 AND paid_at IS NOT NULL)"
    ),
)
refuse(_undone, "UPDATE", condition="")
refuse(_undone, "DELETE", condition="")
