"""Messages to people: the outbox sends them to phones, the inbox shows them on the site."""

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, index_where, one_of
from lms.db.ddl import is_erased, refuse
from lms.notify.domain.notices import NOTICES


class SmsState(StrEnum):
    """How far a message got."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class SmsMessage(Base):
    """One text message, written with what caused it and sent once that is durable.

    Outside development its text is cleared as soon as it is settled.
    """

    __tablename__ = "sms_message"
    __table_args__ = (one_of("state", SmsState),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    phone: Mapped[str] = mapped_column(String(11))
    template: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(10), default=SmsState.WAITING)
    created_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]


class InboxMessage(Base):
    """One thing a person was told on the site; ``key`` makes a second telling find the first.

    The words are made where it is read, from the template and ``params``.
    """

    __tablename__ = "inbox_message"
    __table_args__ = (
        one_of("template", NOTICES),
        Index("ix_inbox_message_person", "person_id", "id"),
        Index("uq_inbox_message_key", "key", unique=True),
        index_where("ix_inbox_message_unread", "person_id", "id", where="read_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(200))
    template: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


# What somebody was told stays as it was said; that it was read is noted once.
_INBOX = cast(Table, InboxMessage.__table__)
_SAID = ("id", "person_id", "key", "template", "params", "created_at")
_NEW, _OLD = (", ".join(f"{row}.{each}" for each in _SAID) for row in ("NEW", "OLD"))
refuse(
    _INBOX,
    "UPDATE",
    condition=f"OLD.read_at IS NOT NULL OR NEW.read_at IS NULL OR ({_NEW}) <> ({_OLD})",
)
refuse(_INBOX, "DELETE", condition=f"NOT {is_erased('OLD.person_id')}")
