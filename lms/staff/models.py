"""What the desk keeps for itself: rosters that were sent and not taken in yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class RosterDraft(Base):
    """A roster that was sent and looked at; the file lies sealed, for a day.

    ``county_code`` is where its new people live; with a class everybody on it gets a seat there.
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
