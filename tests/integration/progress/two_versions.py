"""A learner with one version of a video, and the version uploaded since."""

from dataclasses import dataclass

import pytest

from lms.db.session import Database, now
from lms.enrollment import service as enrollments
from tests.factories.catalog import MadeCourse, lesson, make_revision, reading, video
from tests.factories.media import make_asset
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.studying import Player, sets_of

OLD_MS, NEW_MS = 100_000, 130_000


@dataclass
class Two:
    """A learner with the first version of video A, and the version uploaded since."""

    database: Database
    clock: Clock
    learner: Learner
    newer: MadeCourse
    player: Player

    @property
    def old_item(self) -> int:
        return self.learner.items["A"]

    @property
    def new_item(self) -> int:
        return self.newer.items["A/video"].id

    @property
    def materials(self) -> list[int]:
        return [each.materials["A/video"].id for each in (self.learner.course, self.newer)]

    def move(self) -> None:
        with self.database.transaction() as session:
            moved = enrollments.move_one(
                session,
                enrollment_id=self.learner.enrollment_id,
                revision_id=self.newer.revision.id,
                now=now(session),
            )
        assert moved

    def watch(self, item_id: int, begin: int, end: int) -> None:
        """Play from one second to another at the speed it was made for."""
        self.player.open(item_id)
        for at in range(begin, end, 20):
            stop = min(at + 20, end)
            self.clock.seconds += stop - at
            self.player.play(at, stop)

    @property
    def credited(self) -> list[int]:
        sums = sets_of(self.database, self.learner.actor.person_id)
        return [sums[each].credited_ms if each in sums else 0 for each in self.materials]


@pytest.fixture
def two(database: Database, clock: Clock, learner: Learner) -> Two:
    with database.transaction() as session:
        asset = make_asset(session, duration_ms=NEW_MS)
        kept = learner.course.items["B/video"]
        newer = make_revision(
            session,
            learner.course.course,
            lessons=[
                lesson("A", video(asset_id=asset.id, duration_ms=NEW_MS), reading(minutes=1)),
                lesson("B", video(asset_id=kept.asset_id, duration_ms=1_200_000)),
            ],
        )
    return Two(database, clock, learner, newer, Player(database, clock, learner.actor))
