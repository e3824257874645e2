"""The files of exports go by themselves when their days are over, whatever happens meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.delivery.service import files as of_files
from lms.delivery.tasks import clear_files, tell_of_failures
from lms.jobs.models import Job
from lms.notify.models import InboxMessage
from lms.roster import service
from lms.settings import Settings
from lms.wiring import CHORES
from tests.integration.roster.exports import files, place
from tests.support.site import Jobs


@pytest.fixture
def over(database: Database, administrator: Actor, run_jobs: Jobs) -> list[str]:
    """Two made exports whose days are over."""
    placed = [place(database, administrator) for _ in range(2)]
    run_jobs()
    with database.transaction() as session:
        for export_id in placed:
            session.get_one(Delivery, export_id).expires_at = now(session) - timedelta(seconds=1)
    return sorted(placed)


def removed(database: Database, export_id: str) -> bool:
    with database.snapshot() as session:
        return session.get_one(Delivery, export_id).removed_at is not None


def test_no_file_waits_for_the_next_export(
    database: Database,
    administrator: Actor,
    settings: Settings,
    run_jobs: Jobs,
    over: list[str],
) -> None:
    fresh = place(database, administrator)
    run_jobs()
    for chore in CHORES:
        chore(database, settings)
    assert files(settings) == [f"{fresh}.xlsx"]
    assert [removed(database, export_id) for export_id in (*over, fresh)] == [True, True, False]


def test_a_worker_that_dies_half_way_leaves_no_file_for_ever(
    database: Database, settings: Settings, over: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_more: object) -> None:
        raise OperationalError("update delivery", {}, OSError("gone"))

    with monkeypatch.context() as dying:
        dying.setattr(of_files, "record_removed", away)
        with pytest.raises(OperationalError):
            clear_files(database, settings)
    clear_files(database, settings)
    assert files(settings) == []
    assert all(removed(database, export_id) for export_id in over)


def test_a_file_that_cannot_be_deleted_is_tried_again_and_saves_no_other(
    database: Database, settings: Settings, over: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = over
    delete = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == f"{stuck}.xlsx":
            raise PermissionError(13, "Permission denied")
        delete(path, missing_ok=missing_ok)

    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "unlink", refuse)
        clear_files(database, settings)
    assert files(settings) == [f"{stuck}.xlsx"]
    assert (removed(database, stuck), removed(database, other)) == (False, True)
    clear_files(database, settings)
    assert files(settings) == []


def test_halves_of_a_list_that_was_stopped_after_its_worker_died_are_deleted(
    database: Database, administrator: Actor, settings: Settings
) -> None:
    export_id = place(database, administrator)
    settings.export_dir.mkdir()
    (settings.export_dir / f"{export_id}.a1b2c3d4.part").write_text("half")
    clear_files(database, settings)
    assert len(files(settings)) == 1, "a worker may still be on it"
    with database.transaction() as session:
        service.stop_export(session, actor=administrator, export_id=export_id, now=now(session))
    clear_files(database, settings)
    assert files(settings) == []


def test_whose_list_failed_is_told_once_however_it_failed(
    database: Database, administrator: Actor, settings: Settings
) -> None:
    place(database, administrator)
    with database.transaction() as session:
        session.execute(update(Job).values(state="failed"))
    for _ in range(2):
        tell_of_failures(database, settings)
    with database.snapshot() as session:
        assert session.scalars(select(InboxMessage.template)).all() == ["export_failed"]
