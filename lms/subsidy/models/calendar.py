"""The working days of years that were entered at the desk."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.ddl import append_only


class WorkCalendarEntry(Base):
    """The working days of a year as somebody entered them; the newest entry of a year counts.

    ``number`` counts the entries of a year, so that of two made at once one stays. ``content`` is
    what the digest was made of: the days and the notice they stand in.
    """

    __tablename__ = "work_calendar"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(sha256) = 64", name="digest"),
        Index("uq_work_calendar_number", "year", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


append_only(cast(Table, WorkCalendarEntry.__table__))
