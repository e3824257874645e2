"""Reads the outbox, people's inboxes, and where a message reaches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, String, column, func, select, table
from sqlalchemy.orm import Session

from lms.db.among import among
from lms.db.base import BigId, UtcDateTime
from lms.db.session import connection_of
from lms.notify.models import InboxMessage, SmsMessage

PAGE = 20
_SHOWN = 50
# SQLite takes so many values in a statement and no more.
_AT_ONCE = 10_000
# People are kept by a feature above this one; what is asked of them here is named, as a key is.
_PERSON = table(
    "person",
    column("id", BigId),
    column("phone", String),
    column("locale", String),
    column("state", String),
    column("erased_at", UtcDateTime),
)
_REACHED = select(_PERSON.c.id, _PERSON.c.phone, _PERSON.c.locale).where(
    among(_PERSON.c.id, "people"),
    _PERSON.c.phone.is_not(None),
    _PERSON.c.state != "closed",
    _PERSON.c.erased_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of what somebody was told, newest first; ``next`` is behind what the next begins."""

    messages: Sequence[InboxMessage]
    next: int | None
    unread: int


def newest(session: Session) -> Sequence[SmsMessage]:
    """Return the last fifty messages, newest first."""
    order = (SmsMessage.created_at.desc(), SmsMessage.id)
    return session.scalars(select(SmsMessage).order_by(*order).limit(_SHOWN)).all()


def inbox(session: Session, person_id: int, *, after: int | None) -> Inbox:
    """Return a page of what the person was told, behind a message of the list."""
    statement = select(InboxMessage).where(InboxMessage.person_id == person_id)
    if after is not None:
        statement = statement.where(InboxMessage.id < after)
    order = statement.order_by(InboxMessage.id.desc()).limit(PAGE + 1)
    found = session.scalars(order).all()
    return Inbox(
        messages=found[:PAGE],
        next=found[PAGE - 1].id if len(found) > PAGE else None,
        unread=session.scalar(select(unread_of(person_id))) or 0,
    )


def unread_of(person_id: int) -> ScalarSelect[int]:
    """Return how many messages the person has not read, to be asked within another statement."""
    return (
        select(func.count())
        .select_from(InboxMessage)
        .where(InboxMessage.person_id == person_id, InboxMessage.read_at.is_(None))
        .scalar_subquery()
    )


def phones(session: Session, people: Sequence[int]) -> Mapping[int, tuple[str, str | None]]:
    """Return the number and language of those who can be reached: nobody who left."""
    found = {}
    for first in range(0, len(people), _AT_ONCE):
        part = {"people": list(people[first : first + _AT_ONCE])}
        rows = connection_of(session).execute(_REACHED, part)
        found.update({row.id: (row.phone, row.locale) for row in rows})
    return found
