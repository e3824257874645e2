"""Lists made each month: one a month, with what their owner may export then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.core.errors import Forbidden, NotFound
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.notify.models import InboxMessage
from lms.roster import queries, service
from lms.roster.domain.filters import Filters
from lms.roster.forms import parse_filters
from lms.roster.models import Export, ExportSchedule
from lms.roster.tasks import make_scheduled
from lms.settings import Settings
from lms.wiring import CHORES
from tests.factories.roster import NEIGHBOUR
from tests.integration.roster.exports import make_administrator, ordered
from tests.support.site import Jobs

ORDER = ordered(filters=Filters(town="何家乡", first_day=date(2026, 1, 1)), purpose="每月申报")


def begin(database: Database, actor: Actor, *, last: str | None = None, day: int = 5) -> int:
    """Begin a schedule; ``last`` is the newest month that needs no list any more."""
    with database.transaction() as session:
        made = service.add_schedule(
            session, actor=actor, order=ORDER, day_of_month=day, now=now(session)
        )
        if last is not None:
            made.last_period = last
        return made.id


def follow(database: Database, schedule_id: int, at: datetime) -> None:
    with database.transaction() as session:
        schedule = session.get_one(ExportSchedule, schedule_id)
        filters = parse_filters(schedule.filters)
        service.make_due(session, schedule_id, filters, now=at)


def china(day: str, hour: int = 0) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour - 8)


def exports(database: Database) -> list[Export]:
    with database.snapshot() as session:
        return list(session.scalars(select(Export).order_by(Export.period)))


def schedule_of(database: Database, schedule_id: int) -> ExportSchedule:
    with database.snapshot() as session:
        return session.get_one(ExportSchedule, schedule_id)


def revoke(database: Database, actor: Actor) -> None:
    with database.transaction() as session:
        own = RoleGrant.person_id == actor.person_id
        session.execute(update(RoleGrant).where(own).values(revoked_at=now(session)))


def test_the_list_of_the_month_before_is_made_on_the_day_and_once(
    database: Database, administrator: Actor
) -> None:
    made = begin(database, administrator, last="2026-04")
    follow(database, made, china("2026-06-04", hour=23))
    assert exports(database) == []
    for _ in range(2):
        follow(database, made, china("2026-06-05", hour=1))
    (export,) = exports(database)
    assert (export.schedule_id, export.period) == (made, "2026-05")
    assert export.filters == {"town": "何家乡", "from": "2026-05-01", "to": "2026-05-31"}
    with database.snapshot() as session:
        delivery = session.get_one(Delivery, export.id)
        acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert (delivery.requested_by_id, delivery.purpose) == (administrator.person_id, "每月申报")
    assert not delivery.is_unmasked
    assert acts == ["export.scheduled", "export.ordered"]


def test_a_worker_makes_what_is_owed_month_by_month_and_the_owner_is_told(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    begin(database, administrator, last="2020-01", day=1)
    assert make_scheduled in CHORES
    for _ in range(2):
        make_scheduled(database, settings)
    assert [each.period for each in exports(database)] == ["2020-02", "2020-03"]
    run_jobs()
    with database.snapshot() as session:
        told = session.scalars(select(InboxMessage.template)).all()
    assert told == ["export_ready", "export_ready"]


def test_one_that_begins_after_its_day_waits_for_the_next_month(
    database: Database, administrator: Actor, settings: Settings
) -> None:
    made = begin(database, administrator)
    schedule = schedule_of(database, made)
    assert "from" not in schedule.filters
    with database.snapshot() as session:
        due = queries.due_schedules(session, date(1990, 1, 1))
    assert list(due) == []
    with database.transaction() as session:
        session.get_one(ExportSchedule, made).last_period = "2026-05"
    with database.snapshot() as session:
        found = [
            bool(queries.due_schedules(session, day))
            for day in (date(2026, 7, 4), date(2026, 7, 5), date(2026, 8, 1))
        ]
    assert found == [False, True, True]


def test_whoever_may_not_export_any_more_has_no_schedule_any_more(
    database: Database, administrator: Actor
) -> None:
    made = begin(database, administrator, last="2026-04")
    revoke(database, administrator)
    follow(database, made, china("2026-06-05", hour=1))
    schedule = schedule_of(database, made)
    assert (schedule.ended_why, exports(database)) == ("no_right", [])
    with database.snapshot() as session:
        assert session.scalars(select(InboxMessage.template)).all() == ["export_schedule_ended"]


def test_a_place_out_of_reach_by_then_ends_it(database: Database, administrator: Actor) -> None:
    made = begin(database, administrator, last="2026-04")
    with database.transaction() as session:
        session.get_one(ExportSchedule, made).filters = {"county": NEIGHBOUR}
    follow(database, made, china("2026-06-05", hour=1))
    assert schedule_of(database, made).ended_why == "out_of_reach"
    assert exports(database) == []


def test_its_owner_ends_it_and_nobody_else(database: Database, administrator: Actor) -> None:
    made = begin(database, administrator, last="2026-04")
    with database.transaction() as session:
        stranger = make_administrator(session)
    with pytest.raises(NotFound), database.transaction() as session:
        service.end_schedule(session, actor=stranger, schedule_id=made, now=now(session))
    with database.transaction() as session:
        service.end_schedule(session, actor=administrator, schedule_id=made, now=now(session))
    follow(database, made, china("2026-06-05", hour=1))
    assert (schedule_of(database, made).ended_why, exports(database)) == ("owner", [])


def test_beginning_one_needs_a_fresh_proof(database: Database) -> None:
    with database.transaction() as session:
        tired = make_administrator(session, confirmed=timedelta(hours=1))
    with pytest.raises(Forbidden):
        begin(database, tired)
