"""Keeps what a learner signs of their class, and what they say is not right with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.errors import Conflict
from lms.enrollment.models import ClassConfirmation, ClassObjection

# Raise it when the sentence above the button changes in substance.
CONFIRMATION_TEXT = "1"


def sign_class(
    session: Session,
    *,
    enrollment_id: int,
    shown: Mapping[str, Any],
    address_prefix: str,
    now: datetime,
) -> ClassConfirmation:
    """Keep the learner's signature below what they were shown. Raises ``Conflict`` the second time.

    The caller holds the lock of the enrollment.
    """
    if signed(session, enrollment_id) is not None:
        raise Conflict("signed_already", "You signed this already.")
    row = ClassConfirmation(
        enrollment_id=enrollment_id,
        text_version=CONFIRMATION_TEXT,
        shown=dict(shown),
        address_prefix=address_prefix,
        signed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def object_to_class(
    session: Session, *, enrollment_id: int, shown: Mapping[str, Any], words: str, now: datetime
) -> ClassObjection:
    """Keep what the learner says is not right. Raises ``Conflict`` once they have signed."""
    if signed(session, enrollment_id) is not None:
        raise Conflict("signed_already", "You signed this already.")
    row = ClassObjection(enrollment_id=enrollment_id, shown=dict(shown), words=words, said_at=now)
    session.add(row)
    session.flush()
    return row


def signed(session: Session, enrollment_id: int) -> ClassConfirmation | None:
    """Return what the learner signed, if they did."""
    return session.scalar(
        select(ClassConfirmation).where(ClassConfirmation.enrollment_id == enrollment_id)
    )
