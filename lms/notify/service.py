"""Tells people something: writes their inbox and the outbox of text messages; never sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.core.ids import new_uuid
from lms.db.session import connection_of, now
from lms.db.upsert import insert_into
from lms.jobs.service import JobRequest, enqueue, enqueue_all
from lms.notify import queries
from lms.notify.domain.hours import KEPT_FOR, NOT_SENT_AFTER, may_go_at
from lms.notify.domain.kinds import Value
from lms.notify.domain.notices import address, kept, texted
from lms.notify.domain.texts import is_texted, words
from lms.notify.models import InboxMessage, SmsMessage, SmsState

SEND = "sms.send"


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is to be told; the same ``key`` again is the same telling."""

    person_id: int
    template: str
    params: Mapping[str, Value]
    key: str


def tell(session: Session, *, messages: Sequence[Told], now: datetime) -> int:
    """Write messages into people's inboxes and, of those that also go by text, to their phones.

    Each is told once, whoever tells it again or at the same moment; returns how many are new.
    Whoever was erased is told nothing, whoever closed the account or has no number gets no text.
    Raises ``ValueError`` for values a template does not take.
    """
    by_key = {each.key: each for each in messages}
    # Two who tell the same people at once go through them in one order, or would wait in a ring.
    rows = [_row(by_key[key], now) for key in sorted(by_key)]
    new = _write(session, rows) if rows else set()
    by_text = [row for row in rows if row["key"] in new and is_texted(row["template"])]
    _text_all(session, by_text, now)
    return len(new)


def send_sms(
    session: Session,
    *,
    phone: str,
    template: str,
    params: Mapping[str, str | int],
    locale: str | None = None,
) -> SmsMessage:
    """Write a message in the caller's transaction; it is sent once that has committed.

    At night most wait for the morning.
    """
    at = now(session)
    text = words(template, locale, params)
    message = SmsMessage(**_text(phone, template, text, at))
    session.add(message)
    session.flush()
    enqueue(session, _job(message.id, template, at))
    return message


def settle(session: Session, message_id: str, state: SmsState, *, keep_text: bool) -> None:
    """Record how sending went; a text that is not kept is gone."""
    message = session.get_one(SmsMessage, message_id)
    message.state = state
    message.settled_at = now(session)
    if not keep_text:
        message.text = ""


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete messages nobody asks about any more."""
    session.execute(delete(SmsMessage).where(SmsMessage.settled_at < at - KEPT_FOR))


def clear_stale(session: Session, *, at: datetime) -> None:
    """Clear the texts of messages nobody managed to send in time."""
    stale = (SmsMessage.created_at < at - NOT_SENT_AFTER) & (SmsMessage.text != "")
    session.execute(update(SmsMessage).where(stale).values(text=""))


def read_until(session: Session, *, person_id: int, newest: int, now: datetime) -> None:
    """Note that the person read what they were told, up to the newest they saw."""
    unread = (InboxMessage.person_id == person_id, InboxMessage.read_at.is_(None))
    seen = update(InboxMessage).where(*unread, InboxMessage.id <= newest)
    session.execute(seen.values(read_at=now))


def open_message(session: Session, *, person_id: int, message_id: int, now: datetime) -> str:
    """Note that the person read the message; return where it leads to, inside the site.

    Raises ``NotFound`` for what others were told.
    """
    own = (InboxMessage.id == message_id, InboxMessage.person_id == person_id)
    message = session.scalar(select(InboxMessage).where(*own).with_for_update())
    if message is None:
        raise NotFound
    if message.read_at is None:
        message.read_at = now
    return address(message.template, message.params)


def _row(told: Told, at: datetime) -> dict[str, Any]:
    return {
        "person_id": told.person_id,
        "key": told.key,
        "template": told.template,
        "params": kept(told.template, told.params),
        "created_at": at,
    }


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Write into the inboxes; return the keys of what had not been told yet."""
    inbox = cast(Table, InboxMessage.__table__)
    once = insert_into(session, inbox).on_conflict_do_nothing().returning(inbox.c.key)
    return {row.key for row in connection_of(session).execute(once, rows)}


def _text_all(session: Session, rows: Sequence[dict[str, Any]], at: datetime) -> None:
    """Write a text message to the phone of each, in their language."""
    phones = queries.phones(session, [row["person_id"] for row in rows])
    texts = []
    for row in rows:
        if row["person_id"] in phones:
            phone, locale = phones[row["person_id"]]
            text = words(row["template"], locale, texted(row["template"], row["params"]))
            texts.append(_text(phone, row["template"], text, at))
    if texts:
        connection_of(session).execute(insert(cast(Table, SmsMessage.__table__)), texts)
        enqueue_all(session, [_job(each["id"], each["template"], at) for each in texts])


def _text(phone: str, template: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "id": new_uuid(),
        "phone": phone,
        "template": template,
        "text": text,
        "state": SmsState.WAITING,
        "created_at": at,
    }


def _job(message_id: str, template: str, at: datetime) -> JobRequest:
    """Return what sends the message; it names it: the text stands in one place only."""
    due_at = may_go_at(template, at)
    key, args = f"{SEND}:{message_id}", {"message": message_id}
    return JobRequest(SEND, key, args, due_at=due_at if due_at > at else None)
