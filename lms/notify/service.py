"""Writes messages into the outbox and settles them; never sends."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms.core.ids import new_uuid
from lms.db.session import now
from lms.jobs.service import JobRequest, enqueue
from lms.notify.domain import GOOD_FOR, KEPT_FOR, words
from lms.notify.models import SmsMessage, SmsState

SEND = "sms.send"


def send_sms(
    session: Session,
    *,
    phone: str,
    template: str,
    params: Mapping[str, str | int],
    locale: str | None = None,
) -> SmsMessage:
    """Write a message in the caller's transaction; it is sent once that has committed."""
    message = SmsMessage(
        id=new_uuid(),
        phone=phone,
        template=template,
        text=words(template, locale, params),
        state=SmsState.WAITING,
        created_at=now(session),
    )
    session.add(message)
    session.flush()
    # The job names the message; the text stands in one place only.
    enqueue(session, JobRequest(SEND, f"{SEND}:{message.id}", {"message": message.id}))
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
    stale = (SmsMessage.created_at < at - max(GOOD_FOR.values())) & (SmsMessage.text != "")
    session.execute(update(SmsMessage).where(stale).values(text=""))
