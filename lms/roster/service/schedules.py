"""Makes lists each month by themselves: starts, ends and follows schedules."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.domain import Details
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, NotFound
from lms.notify.service import Told, tell
from lms.roster import queries
from lms.roster.domain.filters import Filters
from lms.roster.domain.orders import ExportFormat, ExportKind, ExportOrder
from lms.roster.domain.schedules import ScheduleEnd, next_period, settled_before
from lms.roster.models import ExportSchedule
from lms.roster.service.exports import place_order, require_reach

_MOST = 10


def add_schedule(
    session: Session, *, actor: Actor, order: ExportOrder, day_of_month: int, now: datetime
) -> ExportSchedule:
    """Let a list be made each month, of the month before; its own days are left out.

    Raises ``Forbidden`` (``confirmation_required``) without a fresh proof, ``NotFound`` for filters
    out of reach and ``Conflict`` where there are many already.
    """
    require_confirmed(session, actor, now=now)
    filters = replace(order.filters, first_day=None, last_day=None)
    scopes = actor.scopes_for(Permission.COMPLETIONS_EXPORT)
    require_reach(queries.reach(session, scopes, filters), filters)
    own = queries.own_schedules(session, actor.person_id)
    if sum(each.ended_at is None for each in own) >= _MOST:
        raise Conflict("schedules_many", "There are many monthly lists already. Please end one.")
    schedule = ExportSchedule(
        owner_id=actor.person_id,
        kind=order.kind,
        format=order.format,
        language=order.language,
        filters=filters.as_query(),
        purpose=order.purpose,
        day_of_month=day_of_month,
        last_period=settled_before(local_day(now), day_of_month),
        created_at=now,
    )
    session.add(schedule)
    session.flush()
    more: Details = {"filters": dict(schedule.filters), "count": day_of_month}
    _write_down(session, schedule, "export.scheduled", more, at=now)
    return schedule


def end_schedule(session: Session, *, actor: Actor, schedule_id: int, now: datetime) -> None:
    """End the actor's schedule; what it made stays. Raises ``NotFound`` for anyone else's."""
    schedule = session.get(ExportSchedule, schedule_id, with_for_update=True)
    if schedule is None or schedule.owner_id != actor.person_id:
        raise NotFound
    if schedule.ended_at is None:
        _end(session, schedule, ScheduleEnd.OWNER, now)


def make_due(session: Session, schedule_id: int, filters: Filters, *, now: datetime) -> None:
    """Order the list a schedule owes next, by its filters, in the scopes its owner holds now.

    Whoever may not export any more, or not what it names, has no schedule any more.
    """
    locked = select(ExportSchedule).where(ExportSchedule.id == schedule_id).with_for_update()
    schedule = session.scalars(locked).one()
    period = next_period(schedule.last_period, schedule.day_of_month)
    if schedule.ended_at is not None or period.due_on > local_day(now):
        return  # another worker was here
    scopes = queries.scopes_now(session, schedule.owner_id)
    if not scopes:
        _end(session, schedule, ScheduleEnd.NO_RIGHT, now)
        return
    try:
        require_reach(queries.reach(session, scopes, filters), filters)
    except NotFound:
        _end(session, schedule, ScheduleEnd.OUT_OF_REACH, now)
        return
    if schedule.kind != ExportKind.BEHIND:
        # Who is behind is so on the day of the list, whenever they enrolled.
        filters = replace(filters, first_day=period.first_day, last_day=period.last_day)
    order = _order(schedule, filters)
    of = (schedule, period.name)
    place_order(session, order, schedule.owner_id, scopes, now=now, by_schedule=of)
    schedule.last_period = period.name


def _order(schedule: ExportSchedule, filters: Filters) -> ExportOrder:
    kind, form = ExportKind(schedule.kind), ExportFormat(schedule.format)
    return ExportOrder(kind, form, schedule.language, schedule.purpose, filters)


def _end(session: Session, schedule: ExportSchedule, why: ScheduleEnd, now: datetime) -> None:
    schedule.ended_at, schedule.ended_why = now, why
    _write_down(session, schedule, "export.schedule_ended", {"reason": str(why)}, at=now)
    if why is not ScheduleEnd.OWNER:
        key = f"export_schedule:{schedule.id}:ended"
        params = {"reason": schedule.purpose}
        told = Told(schedule.owner_id, "export_schedule_ended", params, key)
        tell(session, messages=[told], now=now)


def _write_down(
    session: Session, schedule: ExportSchedule, action: str, more: Details, *, at: datetime
) -> None:
    record(
        session,
        actor_id=schedule.owner_id,
        action=action,
        subject=f"export_schedule:{schedule.id}",
        details={"purpose": schedule.purpose, **more},
        at=at,
    )
