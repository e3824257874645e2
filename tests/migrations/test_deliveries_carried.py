"""Lists and packages that were ordered before keep their files, links and jobs, there and back."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.operations import migrations
from lms.roster import service
from lms.roster.models import Export
from lms.settings import Settings
from tests.factories.enrollment import make_enrollment
from tests.factories.handover import make_supervisor
from tests.integration.handover.conftest import of_draw
from tests.integration.handover.conftest import ordered as ordered_package
from tests.integration.roster.exports import make_administrator, ordered, place, take
from tests.support.site import Jobs

_LISTS = (
    "SELECT id, purpose, filters, rows_total, sha256, path, requested_by_id, job_id, created_at "
    "FROM export ORDER BY created_at"
)
_PACKAGES = "SELECT id, seed, purpose, people_total, manifest_sha256, path FROM handover"


def order_all(database: Database) -> tuple[Actor, list[str]]:
    """Order a list and a package that will be made, and a list with full numbers."""
    with database.transaction() as session:
        make_enrollment(session)
        actor, _ = make_administrator(session), make_administrator(session)
        supervisor = make_supervisor(session)
    package = ordered_package(database, supervisor, of_draw())
    return actor, [
        place(database, actor),
        package,
        place(database, actor, ordered(is_unmasked=True)),
    ]


def test_what_was_ordered_is_carried_there_and_back(
    database: Database, settings: Settings, run_jobs: Jobs
) -> None:
    actor, (masked, package, unmasked) = order_all(database)
    run_jobs()
    migrations.downgrade(database, "0025")
    with database.transaction() as session:
        [(found, *_, path, asker, job, _at)] = session.execute(text(_LISTS)).all()
        assert (found, path, asker) == (masked, f"{masked}.xlsx", actor.person_id)
        assert job is not None
        [made] = session.execute(text(_PACKAGES)).all()
        assert (made.id, made.seed, made.path) == (package, "2026-05", f"{package}.zip")
        assert made.manifest_sha256 is not None
    migrations.upgrade(database)
    assert migrations.differences(database) == []
    assert take(database, actor, masked) == f"{masked}.xlsx"
    with database.transaction() as session:
        assert session.get(Delivery, unmasked) is None
        carried = session.get_one(Delivery, package)
        assert (carried.kind, carried.is_unmasked, carried.key_name) == ("handover", False, None)
        assert session.get_one(Export, masked).schedule_id is None
        at = now(session)
        assert service.own(session, actor, masked)[1].downloaded_at is not None
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(Delivery, package).approved_at = at
