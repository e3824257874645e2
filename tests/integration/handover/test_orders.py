"""Packages from order to download: who may, how often, what is written down, what is kept."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry
from lms.core.access import Actor, Scope, ScopeKind
from lms.core.errors import LmsError
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.delivery.tasks import clear_files
from lms.handover import service
from lms.handover.models import Handover
from lms.settings import Settings
from lms.wiring import CHORES
from tests.factories.enrollment import make_enrollment
from tests.factories.handover import make_supervisor
from tests.factories.roster import NEIGHBOUR
from tests.factories.subsidy import Subsidised
from tests.integration.handover.conftest import of_draw, of_learner, ordered
from tests.support.site import Jobs


def refused(call: Any, *args: Any) -> str:
    with pytest.raises(LmsError) as fault:
        call(*args)
    return fault.value.code


def take(database: Database, actor: Actor, handover_id: str) -> str:
    with database.transaction() as session:
        return service.hand_out(
            session, actor=actor, handover_id=handover_id, now=now(session)
        ).path


def acts(database: Database, subject: str) -> list[str]:
    with database.snapshot() as session:
        wanted = select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
        return [act.action for act in session.scalars(wanted)]


def files(settings: Settings) -> list[str]:
    return sorted(file.name for file in settings.export_dir.glob("*"))


def test_a_package_goes_out_once_and_each_step_is_written_down(
    database: Database, own: Subsidised, supervisor: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    made = ordered(database, supervisor, of_learner(own))
    assert refused(take, database, supervisor, made) == "handover_not_ready"
    run_jobs()
    assert take(database, supervisor, made) == f"{made}.zip"
    assert files(settings) == [f"{made}.zip"]
    assert refused(take, database, supervisor, made) == "handover_link_used"
    steps = ["handover.ordered", "handover.made", "handover.downloaded"]
    assert acts(database, f"handover:{made}") == steps
    assert acts(database, f"person:{own.person.id}")[-1] == "evidence.handed_over"
    with database.transaction() as session:
        session.get_one(Delivery, made).expires_at = now(session)
    assert refused(take, database, supervisor, made) == "handover_expired"
    assert clear_files in CHORES
    clear_files(database, settings)
    assert files(settings) == []
    with database.snapshot() as session:
        assert session.get_one(Delivery, made).removed_at is not None


def test_a_stopped_package_leaves_nothing(
    database: Database, own: Subsidised, supervisor: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    made = ordered(database, supervisor, of_learner(own))
    with database.transaction() as session:
        service.stop_handover(session, actor=supervisor, handover_id=made, now=now(session))
    run_jobs()
    assert files(settings) == []
    assert acts(database, f"handover:{made}") == ["handover.ordered", "handover.stopped"]


def test_only_who_reads_the_file_and_has_proved_who_they_are_may_order(
    database: Database, own: Subsidised, supervisor: Actor
) -> None:
    with database.transaction() as session:
        stranger = make_supervisor(session, scope=Scope(ScopeKind.COUNTY, NEIGHBOUR))
        tired = make_supervisor(session, proved=timedelta(hours=1))
    assert refused(ordered, database, stranger, of_learner(own)) == "not_found"
    assert refused(ordered, database, tired, of_learner(own)) == "confirmation_required"
    made = ordered(database, supervisor, of_learner(own))
    assert refused(take, database, stranger, made) == "not_found"


def test_no_more_than_two_are_made_at_once(database: Database) -> None:
    with database.transaction() as session:
        actor = make_supervisor(session)
        make_enrollment(session)
    for _ in range(2):
        ordered(database, actor, of_draw())
    assert refused(ordered, database, actor, of_draw()) == "handovers_open"


def test_the_database_takes_no_package_that_is_half_chosen_or_half_made(
    database: Database,
) -> None:
    with database.transaction() as session:
        actor = make_supervisor(session)
        make_enrollment(session)
    ordered(database, actor, of_draw())
    changes: list[dict[str, Any]] = [
        {"seed": None},
        {"wanted": 501},
        {"upto": None},
        {"manifest_sha256": "x"},
    ]
    for change in changes:
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(update(Handover).values(change))
