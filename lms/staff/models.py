"""What the desk keeps for itself: rosters that were sent, and which were taken in."""

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.ddl import refuse


class RosterDraft(Base):
    """A roster that was sent and looked at; the file lies sealed, for a day.

    ``county_code`` is where its new people live; with a class everybody on it gets a seat there.
    Once it is taken in the row stays without its file: ``papers`` names the texts, with versions,
    to which everybody agreed on paper, as whoever sent it said then.
    """

    __tablename__ = "roster_draft"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    training_class_id: Mapped[int | None] = mapped_column(ForeignKey("training_class.id"))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    key_name: Mapped[str] = mapped_column(String(40))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    taken_in_at: Mapped[datetime | None]
    papers: Mapped[str | None] = mapped_column(String(120))


_ROSTERS = cast(Table, RosterDraft.__table__)
_TAKEN = "OLD.taken_in_at IS NOT NULL"
refuse(
    _ROSTERS,
    "UPDATE",
    condition=f"{_TAKEN} OR (NEW.taken_in_at IS NOT NULL AND NEW.papers IS NULL)",
)
refuse(_ROSTERS, "DELETE", condition=_TAKEN)
