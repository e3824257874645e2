"""Lets another administrator approve or refuse a list with full numbers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.audit.domain import Details
from lms.core.access import Actor, Permission, Scope
from lms.core.clock import local_day
from lms.core.errors import Conflict, NotFound
from lms.delivery import service as delivering
from lms.delivery.domain import KEPT_FOR, DeliveryKind, covers
from lms.delivery.models import Delivery
from lms.notify.domain.kinds import Value
from lms.notify.service import Told, tell
from lms.roster import queries
from lms.roster.models import Export


def ask_rulers(
    session: Session, export: Export, asker_id: int, scopes: Sequence[Scope], *, now: datetime
) -> None:
    """Tell everybody who may approve the list that it waits. Raises ``Conflict`` without any."""
    extent = queries.extent_of(scopes, export.filters)
    found = queries.rulers(session, extent, but=asker_id)
    if not found:
        raise Conflict(
            "nobody_approves",
            "Nobody else here may approve a list with full numbers. Please order it without them.",
        )
    purpose = session.get_one(Delivery, export.id).purpose
    params: dict[str, Value] = {"until": local_day(now + KEPT_FOR), "reason": purpose}
    messages = [
        Told(each, "export_awaits", params, f"delivery:{export.id}:awaits:{each}") for each in found
    ]
    tell(session, messages=messages, now=now)


def approve_export(session: Session, *, actor: Actor, export_id: str, now: datetime) -> None:
    """Approve a list with full numbers; a worker makes it.

    Raises ``NotFound`` out of reach, ``Forbidden`` for who asked and without a fresh proof, and
    ``Conflict`` where it waits no more or who asked may not export it any more.
    """
    export, delivery = _ruled(session, actor, export_id, now)
    extent = _extent(export, delivery)
    if not covers(queries.scopes_now(session, delivery.requested_by_id), extent):
        raise Conflict("asker_may_not", "Who asked for this list may not export it any more.")
    delivering.approve(session, delivery, actor, details(export), now=now)


def refuse_export(
    session: Session, *, actor: Actor, export_id: str, reason: str, now: datetime
) -> None:
    """Refuse a list with full numbers, with a reason; raises as ``approve_export`` does."""
    export, delivery = _ruled(session, actor, export_id, now)
    delivering.refuse(session, delivery, actor, reason, details(export), now=now)


def details(export: Export) -> Details:
    """Return what is written down of an export with each step."""
    found: dict[str, Any] = {
        "kind": export.kind,
        "format": export.format,
        "filters": dict(export.filters),
        "rows": export.rows_total,
    }
    if export.batch_id is not None:
        found |= {"batch": export.batch_id, "left_masked": export.left_masked}
    return found


def _ruled(
    session: Session, actor: Actor, export_id: str, now: datetime
) -> tuple[Export, Delivery]:
    """Return an order the actor may rule on."""
    delivery = session.get(Delivery, export_id)
    if delivery is None or delivery.kind != DeliveryKind.EXPORT:
        raise NotFound
    export = session.get_one(Export, export_id)
    delivering.require_ruler(
        session,
        delivery,
        actor,
        held=actor.scopes_for(Permission.COMPLETIONS_EXPORT),
        wanted=_extent(export, delivery),
        now=now,
    )
    return export, delivery


def _extent(export: Export, delivery: Delivery) -> tuple[Scope, ...]:
    return queries.extent_of(delivering.scopes_of(delivery), export.filters)
