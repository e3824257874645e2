"""A roster is frozen whole, checked by anybody, held against the one before, and never changed."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import LmsError
from lms.db.session import Database, now
from lms.progress.models import MaterialProgress
from lms.roster import queries, service
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.frozen import Changed, Difference, FreezeState, Tally
from lms.roster.domain.orders import ExportKind
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch
from tests.factories.accounts import COUNTY
from tests.factories.roster import NEIGHBOUR, Small
from tests.support.site import Jobs

ORDER = service.FreezeOrder(
    ExportKind.COMPLETIONS, Filters(county=COUNTY, status=Status.ALL), "5 月补贴申报"
)
SIX_MINUTES = 6 * 60_000


def freeze(database: Database, actor: Actor, run_jobs: Jobs, **changes: Any) -> int:
    with database.transaction() as session:
        order = replace(ORDER, **changes)
        batch = service.order_batch(session, actor=actor, order=order, now=now(session))
        batch_id = batch.id
    run_jobs()
    return batch_id


def seen(database: Database, actor: Actor, batch_id: int) -> queries.BatchView:
    with database.snapshot() as session:
        return queries.batch(session, actor, batch_id)


def check(database: Database, batch_id: int) -> queries.BatchCheck:
    with database.snapshot() as session:
        return queries.check(session, session.get_one(RosterBatch, batch_id))


def refused(database: Database, actor: Actor, **changes: Any) -> str:
    order = replace(ORDER, **changes)
    with database.transaction() as session:
        at = now(session)
        with pytest.raises(LmsError) as fault:
            service.order_batch(session, actor=actor, order=order, now=at)
    return fault.value.code


def study_on(database: Database, small: Small, name: str) -> None:
    """Let the half-way learner have six minutes more, and be called otherwise."""
    with database.transaction() as session:
        person = session.get_one(Person, small.half.person_id)
        person.name = name
        ready = MaterialProgress.person_id == person.id
        more = {"credited_ms": MaterialProgress.credited_ms + SIX_MINUTES}
        more["seen_ms"] = MaterialProgress.seen_ms + SIX_MINUTES
        session.execute(update(MaterialProgress).where(ready).values(more))


def test_a_frozen_list_says_what_the_list_said_and_anybody_can_check_it(
    database: Database, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    shown, found = seen(database, administrator, batch_id), check(database, batch_id)
    assert (shown.state, shown.batch.rows_total, shown.tally) == (FreezeState.FROZEN, 3, None)
    assert found == queries.BatchCheck(
        rows=3, erased=0, broken_at=None, sha256=shown.batch.sha256, is_whole=True
    )
    with database.snapshot() as session:
        rows = {row.subject: row.cells for row in queries.in_list_order(session, batch_id)}
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert rows[small.finished.id]["name"] == "程建军"
    assert rows[small.finished.id]["hours_online_verified"] == 2.0
    assert small.foreign.id not in rows
    assert list(acts)[-2:] == ["batch.ordered", "batch.frozen"]


def test_the_next_one_of_the_same_list_tells_what_came_and_what_changed(
    database: Database, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    first = freeze(database, administrator, run_jobs)
    study_on(database, small, "占小燕")
    second = freeze(database, administrator, run_jobs)
    shown = seen(database, administrator, second)
    assert (shown.batch.number, shown.compared_number) == (2, 1)
    assert shown.tally == Tally(changed=1)
    with database.snapshot() as session:
        differences = queries.differences(session, first, second, 10)
    assert differences == [
        Changed(Difference.CHANGED, small.half.id, "占小燕", {"hours_online_verified": (1.0, 1.1)})
    ]


def test_a_correction_is_a_batch_of_its_own_with_a_reason(
    database: Database, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    first = freeze(database, administrator, run_jobs)
    study_on(database, small, "占小雁")
    with database.transaction() as session:
        batch = service.correct_batch(
            *(session,), actor=administrator, batch_id=first, reason="姓名写错", now=now(session)
        )
        second = batch.id
    run_jobs()
    shown = seen(database, administrator, second)
    assert (shown.corrects_number, shown.batch.reason) == (1, "姓名写错")
    assert shown.tally == Tally(changed=1)
    with database.snapshot() as session:
        old = {row.subject: row.cells for row in queries.in_list_order(session, first)}
    assert old[small.half.id]["name"] == "占小燕"


def test_whoever_is_erased_leaves_the_list_and_the_manifest_still_holds(
    database: Database, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    with database.transaction() as session:
        person = session.get_one(Person, small.half.person_id)
        person.state, person.phone, person.erased_at = "closed", None, now(session)
        session.flush()
        session.execute(delete(FrozenCells).where(FrozenCells.person_id == person.id))
    found = check(database, batch_id)
    assert (found.rows, found.erased, found.is_whole) == (3, 1, True)
    later = freeze(database, administrator, run_jobs)
    with database.snapshot() as session:
        rows = {row.subject: row.cells for row in queries.in_list_order(session, later)}
    assert (len(rows), rows[small.half.id]) == (3, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE roster_batch SET rows_total = 4",
        "DELETE FROM roster_batch",
        "UPDATE frozen_cells SET cells = '{}'",
        "DELETE FROM frozen_cells",
        "UPDATE frozen_line SET sha256 = 'x'",
        "DELETE FROM frozen_line",
        "INSERT INTO frozen_line (batch_id, number, subject, sha256) VALUES (1, 99, 99, 'x')",
    ],
)
def test_the_database_refuses_to_change_what_was_frozen(
    database: Database, administrator: Actor, run_jobs: Jobs, statement: str
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
        session.execute(text(statement))
    assert check(database, batch_id).is_whole


def test_without_the_triggers_a_changed_row_is_found(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    with database.transaction() as session:
        on = "" if database.is_sqlite else " ON frozen_cells"
        session.execute(text(f"DROP TRIGGER frozen_cells_no_update{on}"))
        second = (FrozenCells.number == 2, FrozenCells.batch_id == batch_id)
        session.execute(update(FrozenCells).where(*second).values(cells={"name": "别人"}))
    found = check(database, batch_id)
    assert (found.broken_at, found.is_whole) == (2, False)


def test_a_list_out_of_reach_or_without_a_county_is_not_frozen(
    database: Database, administrator: Actor
) -> None:
    assert refused(database, administrator, filters=Filters(county=NEIGHBOUR)) == "not_found"
    assert refused(database, administrator, filters=Filters()) == "invalid_input"
    assert refused(database, administrator, kind=ExportKind.BEHIND) == "invalid_input"


def test_a_stranger_of_another_county_does_not_see_it(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    scope = Scope(ScopeKind.COUNTY, NEIGHBOUR)
    stranger = replace(administrator, grants=(Grant(Role.ADMINISTRATOR, scope),))
    with database.snapshot() as session:
        assert queries.batches(session, stranger, before=None, limit=10) == []
        with pytest.raises(LmsError) as fault:
            queries.batch(session, stranger, batch_id)
    assert fault.value.code == "not_found"


def test_one_that_is_stopped_leaves_no_row_and_frees_its_list(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        at = now(session)
        batch_id = service.order_batch(session, actor=administrator, order=ORDER, now=at).id
    assert refused(database, administrator) == "batch_open"
    with database.transaction() as session:
        service.stop_batch(session, actor=administrator, batch_id=batch_id, now=now(session))
    run_jobs()
    assert seen(database, administrator, batch_id).state is FreezeState.FAILED
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(FrozenLine)) == 0
    assert (
        seen(database, administrator, freeze(database, administrator, run_jobs)).batch.number == 2
    )
