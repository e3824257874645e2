"""What quizzes tell the features above."""

import pytest

from lms.assessment.events import AttemptGraded
from lms.db.bus import Bus
from lms.db.session import Database


@pytest.fixture
def heard(database: Database) -> list[AttemptGraded]:
    """What was told to the features above."""
    told: list[AttemptGraded] = []
    bus = Bus({AttemptGraded: (lambda _session, graded: told.append(graded),)})
    database._info["bus"] = bus  # noqa: SLF001 (a bus that listens to nothing else)
    return told
