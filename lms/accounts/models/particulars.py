"""What the county's lists ask about a person: all of it optional, gone with the person."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.domain import particulars as rules
from lms.db.base import Base, one_of


def _six_digits(column: str) -> CheckConstraint:
    # Both engines know this spelling; nothing is left of a text of digits.
    said = f"length({column}) = 6 AND rtrim({column}, '0123456789') = ''"
    return CheckConstraint(said, name=column)


class Particulars(Base):
    """A person's particulars for lists, as they or the office gave them.

    Of a place there is a code, a name or both. ``written_at`` is when anything of it was last
    written, whoever it was by.
    """

    __tablename__ = "particulars"
    __table_args__ = (
        *(one_of(column, words) for column, words in rules.CHOICES.items()),
        *(_six_digits(column) for column in rules.PLACES),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    education: Mapped[str | None] = mapped_column(String(20))
    ethnicity: Mapped[str | None] = mapped_column(String(20))
    hukou_code: Mapped[str | None] = mapped_column(String(6))
    hukou_place: Mapped[str | None] = mapped_column(String(60))
    residence_code: Mapped[str | None] = mapped_column(String(6))
    residence_place: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(100))
    employer: Mapped[str | None] = mapped_column(String(100))
    work_status: Mapped[str | None] = mapped_column(String(10))
    insured: Mapped[str | None] = mapped_column(String(10))
    cert_of_status_no: Mapped[str | None] = mapped_column(String(40))
    prior_level: Mapped[str | None] = mapped_column(String(20))
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
