"""Takes orders for exports, stops and goes on with them, and hands their files out once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.core.access import Actor, Permission, Scope
from lms.core.clock import local_day
from lms.core.errors import InvalidInput, NotFound
from lms.delivery import queries as deliveries
from lms.delivery import service as delivering
from lms.delivery.domain import JOB_KINDS, DeliveryKind, Wanted
from lms.delivery.models import Delivery
from lms.delivery.service import HandedOut
from lms.roster import queries
from lms.roster.domain.filters import Filters
from lms.roster.domain.kinds import most_printed, not_printable
from lms.roster.domain.orders import (
    ExportFormat,
    ExportKind,
    ExportOrder,
    FrozenOrder,
    file_name,
)
from lms.roster.models import Export, ExportSchedule, RosterBatch
from lms.roster.queries import Reach
from lms.roster.service.approvals import ask_rulers, details
from lms.roster.service.frozen_files import as_order

KIND = DeliveryKind.EXPORT
JOB_KIND = JOB_KINDS[KIND]
# Beyond this an approver is told "more than".
COUNTED = 100_000


def require_reach(reach: Reach, filters: Filters) -> None:
    """Raise ``NotFound`` where a filter names a county, course or institution out of reach.

    An empty list would tell that the thing exists; a stranger's place is not found at all.
    """
    if not reach.holds(filters):
        raise NotFound


def order_export(
    session: Session, *, actor: Actor, order: ExportOrder | FrozenOrder, now: datetime
) -> Export:
    """Write the export and its job down; the file is made by a worker.

    One with whole numbers waits for another person's approval first. Raises ``Forbidden``
    (``confirmation_required``) where the actor has not proved within ten minutes that it is them,
    ``NotFound`` for filters or a frozen list out of reach, ``Conflict`` where several are being
    made already, a list is not frozen yet or nobody else could approve.
    """
    require_confirmed(session, actor, now=now)
    if isinstance(order, FrozenOrder):
        order = as_order(session, actor, order)
    scopes = actor.scopes_for(Permission.COMPLETIONS_EXPORT)
    require_reach(queries.reach(session, scopes, order.filters), order.filters)
    require_printable(session, order, scopes)
    delivering.require_few(session, KIND, actor.person_id)
    export = place_order(session, order, actor.person_id, scopes, now=now)
    if order.is_unmasked:
        ask_rulers(session, export, actor.person_id, scopes, now=now)
    return export


def require_printable(session: Session, order: ExportOrder, scopes: Sequence[Scope]) -> None:
    """Raise ``InvalidInput`` for a list too long to be printed; a workbook takes any length."""
    most = most_printed(order.kind)
    if order.format is not ExportFormat.PDF:
        return
    if _count(session, scopes, order, at_most=most + 1) > most:
        raise InvalidInput({"format": not_printable(order.kind)})


def place_order(
    session: Session,
    order: ExportOrder,
    person_id: int,
    scopes: Sequence[Scope],
    *,
    now: datetime,
    by_schedule: tuple[ExportSchedule, str] | None = None,
) -> Export:
    """Write an order down that may be placed: by a person, or by a schedule of theirs, for a month.

    The database lets a schedule have one list a month.
    """
    wanted = Wanted(KIND, scopes, order.purpose, order.is_unmasked)
    delivery = delivering.order(session, person_id=person_id, wanted=wanted, now=now)
    schedule, period = by_schedule or (None, None)
    export = Export(
        id=delivery.id,
        kind=order.kind,
        format=order.format,
        language=order.language,
        filters=order.filters.as_query(),
        rows_about=(
            _count(session, scopes, order, at_most=COUNTED + 1) if order.is_unmasked else None
        ),
        schedule_id=schedule.id if schedule else None,
        period=period,
        batch_id=order.batch_id,
    )
    session.add(export)
    session.flush()
    delivering.start(session, delivery)
    delivering.write_down(session, delivery, "ordered", details(export), at=now)
    return export


def record_made(
    session: Session, delivery: Delivery, *, rows: int, left_masked: int | None, now: datetime
) -> None:
    """Record how many rows the file that was made holds; of a frozen list, how many masks too."""
    export = session.get_one(Export, delivery.id)
    export.rows_total, export.left_masked = rows, left_masked
    delivering.write_down(session, delivery, "made", details(export), at=now)


def stop_export(session: Session, *, actor: Actor, export_id: str, now: datetime) -> Export:
    """Stop the actor's export and return it; what was written of it is deleted.

    Raises ``NotFound`` for anyone else's and ``Conflict`` where it is over already.
    """
    export, delivery = own(session, actor, export_id)
    delivering.stop(session, delivery, details(export), now=now)
    return export


def resume_export(session: Session, *, actor: Actor, export_id: str, now: datetime) -> Export:
    """Go on with the actor's export that was stopped or failed: same order, same approval.

    Raises ``NotFound`` for anyone else's and ``Conflict`` where there is nothing to go on with.
    """
    export, delivery = own(session, actor, export_id)
    delivering.resume(session, delivery, details(export), now=now)
    return export


def ready_export(session: Session, *, actor: Actor, export_id: str, now: datetime) -> HandedOut:
    """Return the file of the actor's export, where it may be handed out.

    Raises ``NotFound`` for anyone else's, ``Forbidden`` where the link was used or is over, and
    ``Conflict`` where the file is not made yet.
    """
    export, delivery = own(session, actor, export_id)
    return delivering.require_ready(delivery, _saved_as(session, export, delivery), now=now)


def hand_out(session: Session, *, actor: Actor, export_id: str, now: datetime) -> HandedOut:
    """Return the file of the actor's export, once; raises as ``ready_export`` does."""
    handed = ready_export(session, actor=actor, export_id=export_id, now=now)
    export, delivery = own(session, actor, export_id)
    delivering.hand_out(session, delivery, details(export), now=now)
    return handed


def own(session: Session, actor: Actor, export_id: str) -> tuple[Export, Delivery]:
    """Return the actor's export and its delivery. Raises ``NotFound`` for anyone else's."""
    delivery = deliveries.own(session, KIND, export_id, actor.person_id)
    return session.get_one(Export, export_id), delivery


def _saved_as(session: Session, export: Export, delivery: Delivery) -> str:
    batch = session.get(RosterBatch, export.batch_id) if export.batch_id else None
    at = batch.as_of if batch and batch.as_of else delivery.created_at
    form, kind = ExportFormat(export.format), ExportKind(export.kind)
    number = batch.number if batch else None
    return file_name(form, local_day(at), export.language, kind, frozen=number)


def _count(session: Session, scopes: Sequence[Scope], order: ExportOrder, *, at_most: int) -> int:
    """Return how many rows the list has; what is frozen has as many as it had."""
    if order.batch_id is not None:
        return session.get_one(RosterBatch, order.batch_id).rows_total or 0
    selection = queries.Selection(tuple(scopes), order.filters)
    return queries.count_list(session, order.kind, selection, at_most=at_most)
