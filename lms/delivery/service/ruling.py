"""Lets another person approve or refuse what would show whole numbers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.domain import Details
from lms.core.access import Actor, Scope
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.delivery import queries
from lms.delivery.domain import KEPT_FOR, DeliveryState, covers
from lms.delivery.models import Delivery
from lms.delivery.service.orders import start
from lms.delivery.service.steps import write_down
from lms.delivery.service.telling import tell_owner


def approve(
    session: Session, delivery: Delivery, actor: Actor, details: Details, *, now: datetime
) -> None:
    """Approve an order; a worker makes the file, which waits from now on.

    ``require_ruler`` has looked at who the actor is. Raises ``Conflict`` where it waits no more.
    """
    _require_waiting(session, delivery, now)
    delivery.approved_by_id, delivery.approved_at = actor.person_id, now
    delivery.expires_at = now + KEPT_FOR
    session.flush()
    start(session, delivery)
    write_down(session, delivery, "approved", details, at=now, by_id=actor.person_id)
    tell_owner(session, delivery, "approved", now=now, reason=delivery.purpose)


def refuse(
    session: Session,
    delivery: Delivery,
    actor: Actor,
    reason: str,
    details: Details,
    *,
    now: datetime,
) -> None:
    """Refuse an order with a reason; nothing is made. Raises ``Conflict`` where it waits no more.

    ``require_ruler`` has looked at who the actor is.
    """
    _require_waiting(session, delivery, now)
    delivery.refused_by_id, delivery.refused_at, delivery.refusal = actor.person_id, now, reason
    session.flush()
    more: Details = {**details, "reason": reason}
    write_down(session, delivery, "refused", more, at=now, by_id=actor.person_id)
    tell_owner(session, delivery, "refused", now=now, reason=reason)


def require_ruler(
    session: Session,
    delivery: Delivery,
    actor: Actor,
    *,
    held: Sequence[Scope],
    wanted: Sequence[Scope],
    now: datetime,
) -> None:
    """Raise unless the actor may rule on the order: another person, with a right in all of it.

    ``NotFound`` out of reach, ``Forbidden`` for the asker, ``ConfirmationNeeded`` without a proof.
    """
    is_own = delivery.requested_by_id == actor.person_id
    if not delivery.is_unmasked or not (is_own or covers(held, wanted)):
        raise NotFound
    if is_own:
        raise Forbidden(
            "approval_by_another", "Another administrator has to approve this, not who asked."
        )
    require_confirmed(session, actor, now=now)


def _require_waiting(session: Session, delivery: Delivery, now: datetime) -> None:
    session.refresh(delivery, with_for_update=True)
    if queries.state_of(delivery, None, now) is not DeliveryState.AWAITING_APPROVAL or (
        delivery.approved_at is not None
    ):
        raise Conflict("approval_over", "This order does not wait for approval any more.")
