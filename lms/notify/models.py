"""The outbox: messages written with what caused them and sent once that is durable."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of


class SmsState(StrEnum):
    """How far a message got."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class SmsMessage(Base):
    """One text message; outside development its text is cleared as soon as it is settled."""

    __tablename__ = "sms_message"
    __table_args__ = (one_of("state", SmsState),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    phone: Mapped[str] = mapped_column(String(11))
    template: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(10), default=SmsState.WAITING)
    created_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
