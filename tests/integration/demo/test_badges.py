"""Demo completions have badges: the first are signed at once, the worker signs the rest."""

import pytest
from sqlalchemy import func, select

from lms.credentials.models import Credential
from lms.db.session import Database
from lms.demo.service import Wish, badges, seed, sign_first
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from tests.factories.credentials import make_badge_course
from tests.support.site import Jobs


def count(database: Database, state: str) -> int:
    with database.snapshot() as session:
        rows = select(func.count()).select_from(Credential).where(Credential.state == state)
        return session.scalar(rows) or 0


def plant(database: Database) -> None:
    seed(database, Wish(30, 27, seed=1, password_hash="hash"), lambda _made, _total: None)


def test_every_completion_has_one_badge_the_rest_waits_for_the_worker(
    database: Database, settings: Settings, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(badges, "SIGNED_AT_ONCE", 4)
    monkeypatch.setattr("lms.credentials.tasks._BATCH", 4)
    with database.transaction() as session:
        make_badge_course(session)
    plant(database)
    assert sign_first(database, settings) == 4
    with database.snapshot() as session:
        completed = session.scalar(
            select(func.count()).where(Enrollment.status == EnrollmentStatus.COMPLETED)
        )
    assert (count(database, "valid"), count(database, "pending")) == (4, completed - 4)
    assert run_jobs() == 1
    assert (count(database, "valid"), count(database, "pending")) == (completed, 0)


def test_a_second_seeding_makes_no_second_badge(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_badge_course(session)
    plant(database)
    signed = sign_first(database, settings)
    plant(database)
    assert sign_first(database, settings) == 0
    assert count(database, "valid") == signed
