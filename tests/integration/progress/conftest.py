"""A learner on a course, and a database clock the test moves by hand."""

from dataclasses import dataclass, field

import pytest

from lms.core.access import Actor
from lms.db.session import Database
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import MadeCourse, lesson, make_course, reading, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.clock import move_clock

# 08:00 of a day in China, so that schedules of a day start well after midnight.
START_MS = 1_795_996_800_000


@dataclass
class Clock:
    """The database's clock as the test sets it, in seconds since the start."""

    seconds: float = 0
    start_ms: int = START_MS

    @property
    def ms(self) -> int:
        return self.start_ms + round(self.seconds * 1000)


@dataclass
class Learner:
    """A person who takes a course with videos A (100 s) and B (1200 s) and a reading (60 s)."""

    actor: Actor
    other: Actor
    stranger: Actor
    course: MadeCourse
    enrollment_id: int
    items: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    move_clock(monkeypatch, lambda: hands.ms)
    return hands


@pytest.fixture
def learner(database: Database) -> Learner:
    with database.transaction() as session:
        person = make_person(session, name="林秀芳")
        stranger = make_person(session, name="王小二")
        assets = {
            name: make_asset(session, duration_ms=seconds * 1000)
            for name, seconds in (("A", 100), ("B", 1200), ("C", 5))
        }
        made = make_course(
            session,
            lessons=[
                lesson(
                    name,
                    video(asset_id=asset.id, duration_ms=asset.duration_ms),
                    reading(minutes=1),
                )
                for name, asset in assets.items()
            ],
        )
        enrollment = make_enrollment(session, person=person, course=made)
        actors = [
            Actor(each.id, each.name, (), make_sign_in(session, each).id)
            for each in (person, person, stranger)
        ]
        ids = {name: made.items[f"{name}/video"].id for name in assets}
    return Learner(actors[0], actors[1], actors[2], made, enrollment.id, ids)
