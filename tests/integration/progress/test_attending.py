"""A minute counts in the room or on line, never in both: each direction, and what frees it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.core.errors import Conflict, NotFound
from lms.db.session import Database
from lms.enrollment.domain import AttendanceSource, Mark
from lms.enrollment.models import AttendanceEntry, ClassSession, Enrollment, SessionAttendance
from lms.progress import service
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat, LearnerClock, PlayerState
from lms.progress.domain.units import ms_to_datetime
from lms.progress.service.recounting import recount_person
from tests.factories.enrollment import make_class, make_session
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.study import Study

HOUR = timedelta(hours=1)
MINUTE_MS = 60_000


@dataclass
class Room:
    """A session that begins at the test's clock and lasts an hour; and a second one after it."""

    database: Database
    clock: Clock
    learner: Learner
    session_id: int
    next_id: int
    begins: datetime

    @property
    def now(self) -> datetime:
        return ms_to_datetime(self.clock.ms)

    def arrive(self) -> tuple[AttendanceEntry, bool]:
        with self.database.transaction() as session:
            row = session.get_one(ClassSession, self.session_id)
            return service.arrive(session, actor=self.learner.actor, row=row, now=self.now)

    def mark(
        self, begins: int | None, ends: int = 60, *, session_id: int = 0, reason: str | None = None
    ) -> AttendanceEntry:
        """Write the learner down as present from one minute to another, or absent."""
        period = None
        if begins is not None:
            minutes = [self.begins + timedelta(minutes=each) for each in (begins, ends)]
            period = (minutes[0], minutes[1])
        source = AttendanceSource.CORRECTION if reason else AttendanceSource.STAFF
        mark = Mark(
            session_id or self.session_id, self.learner.actor.person_id, period, source, reason
        )
        with self.database.transaction() as session:
            return service.attend(session, actor=self.learner.stranger, mark=mark, now=self.now)


@pytest.fixture
def room(database: Database, clock: Clock, learner: Learner) -> Room:
    begins = ms_to_datetime(clock.ms)
    with database.transaction() as session:
        training_class = make_class(session, learner.course)
        own = session.get_one(Enrollment, learner.enrollment_id)
        own.training_class_id = training_class.id
        first = make_session(session, training_class, starts_at=begins, ends_at=begins + HOUR)
        then = make_session(
            session, training_class, starts_at=begins + HOUR / 2, ends_at=begins + 2 * HOUR
        )
        return Room(database, clock, learner, first.id, then.id, begins)


@pytest.fixture
def study(room: Room) -> Study:
    return Study(room.database, room.clock, room.learner)


def is_sound(room: Room) -> bool:
    with room.database.transaction() as session:
        found = recount_person(session, room.learner.actor.person_id)
    return not found.sets and not found.broken


def test_what_counts_on_line_is_taken_off_the_session_and_the_rest_stays(
    room: Room, study: Study
) -> None:
    study.lease("B")
    for _ in range(4):
        study.play(15)
    entry = room.mark(0)
    assert entry.attended_ms == 59 * MINUTE_MS
    assert is_sound(room)


def test_time_on_line_that_earned_nothing_is_not_taken_off(room: Room, study: Study) -> None:
    study.lease("B")
    study.play(15, state="hidden")
    assert room.mark(0).attended_ms == 60 * MINUTE_MS


def test_whoever_sits_in_the_room_earns_nothing_on_line_until_its_end(
    room: Room, study: Study
) -> None:
    study.lease("B")
    assert study.play(15).answer["credited_seconds"] == 15
    entry, is_new = room.arrive()
    assert (is_new, entry.attended_ms) == (True, 60 * MINUTE_MS - 15_000)
    refused = study.play(15).answer
    assert refused["credited_seconds"] == 0
    assert refused["refused"] == [{"seconds": 15, "reason": "in_person"}]
    study.clock.seconds = 3600
    assert study.play(15).answer["credited_seconds"] == 15
    assert is_sound(room)


def test_whoever_never_studied_on_line_is_written_down_too_and_studies_later(
    room: Room, study: Study
) -> None:
    room.arrive()
    study.lease("B")
    assert study.play(15).answer["credited_seconds"] == 0
    study.clock.seconds = 3605
    assert study.play(10).answer["credited_seconds"] == 10
    assert is_sound(room)


def test_a_correction_that_takes_presence_away_gives_the_time_back(
    room: Room, study: Study
) -> None:
    room.arrive()
    study.lease("B")
    study.play(15)
    room.mark(None, reason="没来，同桌替她签的")
    assert study.play(15).answer["credited_seconds"] == 15
    room.mark(0, 0 + 1, reason="来过一分钟")
    assert is_sound(room)


def test_coming_late_counts_from_then_and_twice_changes_nothing(room: Room) -> None:
    room.clock.seconds = 600
    first, _ = room.arrive()
    assert first.attended_ms == 50 * MINUTE_MS
    room.clock.seconds = 900
    again, is_new = room.arrive()
    assert (again.id, is_new) == (first.id, False)


@pytest.mark.parametrize(
    ("seconds", "code"), [(-1801, "door_early"), (3600, "door_late")], ids=["early", "over"]
)
def test_the_door_is_closed_before_and_after(room: Room, seconds: int, code: str) -> None:
    room.clock.seconds = seconds
    with pytest.raises(Conflict) as refused:
        room.arrive()
    assert refused.value.code == code


def test_whoever_comes_before_the_start_is_there_from_the_start(room: Room) -> None:
    room.clock.seconds = -1800
    entry, _ = room.arrive()
    assert (entry.from_at, entry.attended_ms) == (room.begins, 60 * MINUTE_MS)


def test_somebody_of_no_class_is_refused(room: Room) -> None:
    stranger = replace(room, learner=replace(room.learner, actor=room.learner.stranger))
    with pytest.raises(Conflict) as refused:
        stranger.arrive()
    assert refused.value.code == "other_class"
    with pytest.raises(NotFound):
        stranger.mark(0)


def test_nobody_sits_in_two_rooms_until_one_is_taken_back(room: Room) -> None:
    room.mark(0, 60)
    room.clock.seconds = 7200
    with pytest.raises(Conflict) as refused:
        room.mark(30, 90, session_id=room.next_id)
    assert refused.value.code == "in_another_room"
    room.mark(0, 30, reason="半场走了")
    assert room.mark(30, 90, session_id=room.next_id).attended_ms == 60 * MINUTE_MS


def test_what_is_kept_ready_is_the_newest_entry(room: Room) -> None:
    room.clock.seconds = 7200
    room.mark(0)
    room.mark(None, reason="看错人了")
    newest = room.mark(10, reason="迟到十分钟")
    assert newest.number == 3
    with room.database.snapshot() as session:
        entries = session.scalars(select(AttendanceEntry).order_by(AttendanceEntry.number)).all()
        last = {(each.class_session_id, each.person_id): each for each in entries}
        kept = session.scalars(select(SessionAttendance)).all()
        assert len(kept) == len(last)
        for each in kept:
            entry = last[each.class_session_id, each.person_id]
            assert (each.entry_id, each.attended_ms) == (entry.id, entry.attended_ms)
            assert (each.from_at, each.until_at) == (entry.from_at, entry.until_at)


def put(room: Room, statement: str, **values: Any) -> None:
    with room.database.transaction() as session:
        session.execute(text(statement), values)


def test_the_database_refuses_attendance_of_time_that_counts_on_line(
    room: Room, study: Study
) -> None:
    study.lease("B")
    study.play(15)
    entry = room.mark(0)

    def write(attended_ms: int) -> None:
        with room.database.transaction() as session:
            row = {each: getattr(entry, each) for each in COLUMNS}
            session.add(AttendanceEntry(**row, number=entry.number + 1, attended_ms=attended_ms))

    with pytest.raises(DBAPIError):
        write(60 * MINUTE_MS - 14_999)
    write(60 * MINUTE_MS - 15_000)


COLUMNS = (
    *("class_session_id", "person_id", "from_at", "until_at", "status", "source"),
    *("recorded_by_id", "recorded_at"),
)


def test_the_database_refuses_to_earn_on_line_while_in_a_room(
    room: Room, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.lease("B")
    study.play(15)
    room.arrive()
    monkeypatch.setattr("lms.progress.service.known.clock_of", unaware)
    monkeypatch.setattr("lms.progress.service.beats._barred", lambda beat, *_: beat)
    with pytest.raises(DBAPIError):
        study.play(15)


def unaware(row: Any) -> LearnerClock:
    """Return the clock as code would that forgot about rooms."""
    return LearnerClock(row.credit_mark_ms, row.seen_mark_ms, None, row.prompt_in_ms)


def test_a_beat_counted_before_and_written_after_somebody_signed_in_earns_nothing(
    room: Room, study: Study
) -> None:
    study.lease("B")
    study.play(15)
    room.clock.seconds += 15
    beat = Beat(study.seq + 1, ((15_000, 30_000),), PlayerState.PLAYING)
    sent = service.SentBeat(room.learner.actor, study.held, PlayerReport(beat, 30_000), "0" * 64)
    counted = service.count_beat(room.database, sent)
    assert counted is not None
    assert counted.written is not None
    room.arrive()
    written = counted.written
    assert not room.database.write_at_once(written.statements, written.values)
    with room.database.transaction() as session:
        reply = service.take_beat(session, sent)
    assert reply.answer["credited_seconds"] == 0
    assert is_sound(room)


def test_entries_are_never_rewritten(room: Room) -> None:
    room.mark(0)
    for statement in (
        "UPDATE attendance_entry SET attended_ms = 1",
        "DELETE FROM attendance_entry",
    ):
        with pytest.raises(DBAPIError):
            put(room, statement)
