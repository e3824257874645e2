"""Writes each step of a delivery down in the chain of acts."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.domain import Details
from lms.audit.service import record
from lms.delivery.models import Delivery

# What may be written down, in full, so that each is found by its name.
_ACTS = {
    act.partition("."): act
    for act in (
        *("export.ordered", "export.approved", "export.refused", "export.lapsed"),
        *("export.made", "export.stopped", "export.resumed", "export.downloaded"),
        *("handover.ordered", "handover.made", "handover.stopped", "handover.resumed"),
        "handover.downloaded",
    )
}


def write_down(
    session: Session,
    delivery: Delivery,
    step: str,
    details: Details,
    *,
    at: datetime,
    by_id: int | None = None,
) -> None:
    """Write a step down: by its owner, or whoever ``by_id`` is; with what for, and the hash."""
    record(
        session,
        actor_id=delivery.requested_by_id if by_id is None else by_id,
        action=_ACTS[delivery.kind, ".", step],
        subject=f"{delivery.kind}:{delivery.id}",
        details={"purpose": delivery.purpose, **details, "sha256": delivery.sha256},
        at=at,
    )
