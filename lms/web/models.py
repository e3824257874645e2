"""The counters behind rate limits; rows, so that a restart forgets nothing."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class RateCounter(Base):
    """How often something happened in one window of time; ``window_start`` in Unix seconds."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(String(80), primary_key=True)
    window_start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    count: Mapped[int]
