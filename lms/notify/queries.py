"""Reads the outbox."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.notify.models import SmsMessage

_SHOWN = 50


def newest(session: Session) -> Sequence[SmsMessage]:
    """Return the last fifty messages, newest first."""
    order = (SmsMessage.created_at.desc(), SmsMessage.id)
    return session.scalars(select(SmsMessage).order_by(*order).limit(_SHOWN)).all()
