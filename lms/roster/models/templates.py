"""How counties want their lists: every version that was in force, none ever changed."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of
from lms.db.ddl import append_only
from lms.roster.domain.kinds import ExportKind


class RosterTemplate(Base):
    """A version of a county's template; the highest is in force.

    An empty content says that the shipped one is in force again.
    """

    __tablename__ = "roster_template"
    __table_args__ = (
        one_of("kind", ExportKind),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("county_code", "kind", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


append_only(cast(Table, RosterTemplate.__table__))
