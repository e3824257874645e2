"""Tells people how their deliveries go, in their inbox; each thing once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.delivery import queries
from lms.delivery.models import Delivery
from lms.notify.domain.kinds import Value
from lms.notify.service import Told, tell


def tell_owner(
    session: Session, delivery: Delivery, what: str, *, now: datetime, **more: Value
) -> None:
    """Tell the owner what became of the delivery; what was written to them stands beside."""
    tell(session, messages=[_told(delivery, what, more)], now=now)


def tell_ready(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """Tell the owner that the file is there, and until when."""
    until = local_day(delivery.expires_at)
    tell_owner(session, delivery, "ready", now=now, until=until, reason=delivery.purpose)


def tell_of_failures(session: Session, *, now: datetime) -> int:
    """Tell the owners of deliveries that failed, however they did; return how many are new."""
    messages = [
        _told(each, "failed", {"reason": each.purpose})
        for each in queries.untold_failures(session, now)
    ]
    return tell(session, messages=messages, now=now)


def _told(delivery: Delivery, what: str, params: Mapping[str, Value]) -> Told:
    key = f"delivery:{delivery.id}:{what}"
    if what == "failed":
        key = str(queries.failure_key(delivery.id, delivery.job_id))
    return Told(delivery.requested_by_id, f"{delivery.kind}_{what}", params, key)
