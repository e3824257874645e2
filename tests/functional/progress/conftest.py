"""A learner signed in on a course with a two-minute video, and the database's clock in hand."""

from dataclasses import dataclass

import pytest

from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import MadeCourse, lesson, make_course, reading, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.clock import move_clock
from tests.support.site import Client

# 08:00 of a day in China.
START_MS = 1_795_996_800_000


@dataclass
class Hands:
    """The database's clock, moved by hand: seconds since the start."""

    seconds: float = 0

    @property
    def ms(self) -> int:
        return START_MS + round(self.seconds * 1000)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    move_clock(monkeypatch, lambda: made.ms)
    return made


@pytest.fixture
def course(database: Database, client: Client) -> MadeCourse:
    with database.transaction() as session:
        person = make_person(session)
        asset = make_asset(session, duration_ms=120_000)
        made = make_course(
            session,
            lessons=[lesson("A01", video(asset_id=asset.id, duration_ms=120_000), reading())],
        )
        make_enrollment(session, person=person, course=made)
    sign_in(client, person)
    return made
