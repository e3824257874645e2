"""A beat is counted without a lock; what happens before it is written undoes what was counted."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from lms.db.session import Database
from lms.progress import service
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat, Reason
from lms.progress.models import WatchSlice
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.study import Study


@pytest.fixture
def study(database: Database, clock: Clock, learner: Learner) -> Study:
    """A learner of the long video who played its first ten seconds."""
    begun = Study(database, clock, learner)
    begun.lease("B")
    begun.play(10)
    return begun


def report(study: Study, seq: int, begin: int, end: int) -> service.SentBeat:
    played = ((begin * 1000, end * 1000),)
    return service.SentBeat(study.actor, study.held, PlayerReport(Beat(seq, played)), "0" * 64)


def counted(study: Study, sent: service.SentBeat) -> tuple[service.Written, service.BeatReply]:
    found = service.count_beat(study.database, sent)
    assert found is not None
    assert found.written is not None
    return found.written, found.reply


def is_written(study: Study, written: service.Written) -> bool:
    return study.database.write_at_once(written.statements, written.values)


def entries(study: Study) -> int:
    with study.database.snapshot() as session:
        return session.scalars(select(func.count()).select_from(WatchSlice)).one()


def locked(study: Study, sent: service.SentBeat) -> service.BeatReply:
    with study.database.transaction() as session:
        return service.take_beat(session, sent)


def take_over(study: Study) -> None:
    with study.database.transaction() as session:
        service.take_lease(session, actor=study.actor, item_id=study.learner.items["A"])


def give_back(study: Study) -> None:
    with study.database.transaction() as session:
        service.end_lease(session, actor=study.actor, lease_id=study.held)


@pytest.mark.parametrize(
    ("happens", "code"), [(take_over, "lease_superseded"), (give_back, "lease_ended")]
)
def test_a_lease_that_ended_meanwhile_ends_the_beat(
    study: Study, clock: Clock, happens: Callable[[Study], None], code: str
) -> None:
    clock.seconds += 10
    sent = report(study, 2, 10, 20)
    written, reply = counted(study, sent)
    assert reply.code is None
    clock.seconds += 1
    happens(study)
    before = entries(study)
    assert not is_written(study, written)
    assert entries(study) == before
    answer = locked(study, sent)
    # The ten seconds were played before the end, and one second more was there to spend.
    assert (answer.code, answer.answer["credited_seconds"]) == (code, 10)


def test_two_of_one_beat_are_one(study: Study, clock: Clock) -> None:
    clock.seconds += 10
    sent = report(study, 2, 10, 20)
    (first, reply), (second, _) = counted(study, sent), counted(study, sent)
    assert is_written(study, first)
    assert not is_written(study, second)
    assert locked(study, sent) == reply
    again = service.count_beat(study.database, sent)
    assert again == service.CountedBeat(reply, None)
    assert entries(study) == 2


def test_two_beats_over_the_same_time_pay_it_once(study: Study, clock: Clock) -> None:
    clock.seconds += 10
    one, other = report(study, 2, 10, 20), report(study, 3, 100, 110)
    (first, _), (second, both) = counted(study, one), counted(study, other)
    assert both.answer["credited_seconds"] == 10
    assert is_written(study, first)
    assert not is_written(study, second)
    answer = locked(study, other).answer
    assert answer["credited_seconds"] == 0
    assert answer["refused"] == [{"seconds": 10, "reason": Reason.FASTER_THAN_CLOCK.value}]
