"""What a desk remembers for whoever works at it: filters by a name, and the columns chosen."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class SavedFilter(Base):
    """Filters somebody uses again and again, under a name of their own.

    ``query`` are the filters as the address bar writes them; they open what the person may see
    then, nothing else.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        UniqueConstraint("person_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class ListColumns(Base):
    """The columns of completions somebody chose to see, by their keys."""

    __tablename__ = "list_columns"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    chosen: Mapped[list[Any]]
