"""The files of exports go by themselves when their days are over, whatever happens meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.delivery.service import files as of_files
from lms.delivery.tasks import clear_files
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
