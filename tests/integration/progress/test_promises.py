"""What the database itself refuses, and what completes a course."""

import threading
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.catalog.tree import revision_tree
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import Database, now
from lms.enrollment import service as enrollment_service
from lms.enrollment.models import Enrollment
from lms.progress import queries, service
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat, LeaseEnd
from lms.progress.models import ItemCompletion, PlaybackLease, WatchSlice
from lms.progress.service import BeatReply
from tests.integration.progress.conftest import Clock, Learner
from tests.support.beats import send_beat


def lease(database: Database, learner: Learner, name: str) -> str:
    with database.transaction() as session:
        reply = service.take_lease(session, actor=learner.actor, item_id=learner.items[name])
    return reply.lease


def beat(
    database: Database,
    learner: Learner,
    held: str,
    seq: int,
    *played: tuple[float, float],
    actor: Any = None,
) -> BeatReply:
    pairs = tuple((round(a * 1000), round(b * 1000)) for a, b in played)
    report = PlayerReport(Beat(seq, pairs), position_ms=7000)
    return send_beat(database, actor or learner.actor, held, report)


def test_watching_a_video_to_the_end_completes_it_once(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "C")
    clock.seconds = 5
    assert beat(database, learner, held, 1, (0, 5)).answer["completed"] is True
    clock.seconds = 12
    assert beat(database, learner, held, 2, (0, 5)).answer["credited_seconds"] == 0
    with database.snapshot() as session:
        rows = session.execute(select(ItemCompletion.lesson_key, ItemCompletion.item_key)).all()
    assert [tuple(row) for row in rows] == [("C", "video")]


def test_the_course_completes_with_its_last_required_item(
    database: Database, clock: Clock, learner: Learner
) -> None:
    for number, item in enumerate(learner.course.items.values()):
        with database.snapshot() as session:
            status = session.scalar(select(Enrollment.status))
        assert status == "active", f"completed before item {number} was done"
        with database.transaction() as session:
            held = service.take_lease(session, actor=learner.actor, item_id=item.id)
        for seq in range(1, held.duration_ms // 60_000 + 2):
            clock.seconds += 60
            beat(database, learner, held.lease, seq, (60 * (seq - 1), 60 * seq))
    with database.snapshot() as session:
        done = session.execute(select(Enrollment.status, Enrollment.completed_at)).one()
    assert done.status == "completed"
    assert done.completed_at is not None


def test_a_beat_on_someone_elses_lease_is_not_found_and_writes_nothing(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    clock.seconds = 15
    with pytest.raises(NotFound):
        beat(database, learner, held, 1, (0, 15), actor=learner.stranger)
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(WatchSlice)) == 0


def test_nobody_gets_a_lease_without_being_enrolled(
    database: Database, clock: Clock, learner: Learner
) -> None:
    with pytest.raises(Forbidden) as refused, database.transaction() as session:
        service.take_lease(session, actor=learner.stranger, item_id=learner.items["A"])
    assert refused.value.code == "not_enrolled"
    with pytest.raises(NotFound), database.transaction() as session:
        service.take_lease(session, actor=learner.actor, item_id=999_999)


def test_after_leaving_the_course_nothing_counts(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    with database.transaction() as session:
        session.execute(update(Enrollment).values(status="withdrawn"))
    clock.seconds = 15
    answer = beat(database, learner, held, 1, (0, 15)).answer
    assert answer["credited_seconds"] == 0
    assert answer["refused"] == [{"seconds": 15, "reason": "not_enrolled"}]


def test_fifty_equal_beats_at_once_have_one_effect(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    clock.seconds = 15
    answers: list[Any] = []

    def send() -> None:
        answers.append(beat(database, learner, held, 1, (0, 15)).answer)

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    assert all(answer == answers[0] for answer in answers)
    with database.snapshot() as session:
        assert session.scalar(select(func.sum(WatchSlice.credited_ms))) == 15_000


def test_two_leases_at_once_leave_one_live(
    database: Database, clock: Clock, learner: Learner
) -> None:
    threads = [
        threading.Thread(target=lease, args=(database, learner, name)) for name in "ABABABAB"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.snapshot() as session:
        ends = session.scalars(select(PlaybackLease.ended_by)).all()
    assert sorted(ends, key=str) == [None, *[LeaseEnd.SUPERSEDED] * 7]


def test_signing_out_ends_the_lease_of_that_browser(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    clock.seconds = 10
    with database.transaction() as session:
        service.end_leases_of_sign_in(session, sign_in_id=learner.actor.sign_in_id)
    clock.seconds = 20
    reply = beat(database, learner, held, 1, (0, 20))
    assert reply.code == "lease_ended"
    assert reply.answer["credited_seconds"] == 10


def test_a_sequence_number_below_an_older_one_is_a_conflict(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    clock.seconds = 15
    beat(database, learner, held, 5, (0, 15))
    with pytest.raises(Conflict) as refused:
        beat(database, learner, held, 4, (15, 16))
    assert refused.value.code == "seq_out_of_order"


def slice_values(learner: Learner, held: str, begin: int, end: int) -> dict[str, Any]:
    return {
        "person_id": learner.actor.person_id,
        "material_id": learner.course.materials["A/video"].id,
        "lease_id": held,
        "seq": begin,
        "day": 1,
        "wall_from_ms": begin,
        "wall_to_ms": end,
        "claimed": [],
        "seen": [],
        "credited": [],
        "refused": {},
        "claimed_ms": 0,
        "seen_ms": end - begin,
        "credited_ms": end - begin,
        "device_hash": "0" * 64,
    }


def test_the_database_refuses_overlapping_wall_time_of_one_person(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    with database.transaction() as session:
        session.execute(insert(WatchSlice).values(slice_values(learner, held, 1000, 2000)))
        # Periods that touch do not overlap.
        session.execute(insert(WatchSlice).values(slice_values(learner, held, 2000, 3000)))
    with pytest.raises(DBAPIError, match="overlap"), database.transaction() as session:
        session.execute(insert(WatchSlice).values(slice_values(learner, held, 1500, 1600)))


def test_without_the_constraint_overlapping_time_gets_in(
    database: Database, clock: Clock, learner: Learner
) -> None:
    """Shows that the test above tests the constraint and not something else."""
    held = lease(database, learner, "A")
    dropped = (
        "DROP TRIGGER watch_slice_no_overlap"
        if database.is_sqlite
        else "ALTER TABLE watch_slice DROP CONSTRAINT watch_slice_no_overlap"
    )
    with database.transaction() as session:
        session.execute(text(dropped))
        session.execute(insert(WatchSlice).values(slice_values(learner, held, 1000, 2000)))
        session.execute(insert(WatchSlice).values(slice_values(learner, held, 1500, 1600)))
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(WatchSlice)) == 2


def test_the_ledger_cannot_be_changed_or_deleted(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    clock.seconds = 15
    beat(database, learner, held, 1, (0, 15))
    for change in (update(WatchSlice).values(seq=9), delete(WatchSlice)):
        with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
            session.execute(change)


def test_one_live_lease_a_person_is_an_index(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    with database.snapshot() as session:
        row = session.get_one(PlaybackLease, held)
        values = {
            "id": "second",
            "person_id": row.person_id,
            "sign_in_id": row.sign_in_id,
            "enrollment_id": row.enrollment_id,
            "item_id": row.item_id,
            "material_id": row.material_id,
            "started_at_ms": 1,
        }
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert(PlaybackLease).values(values))


def test_progress_goes_on_where_it_stopped(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "A")
    clock.seconds = 15
    beat(database, learner, held, 1, (0, 15))
    with database.transaction() as session:
        again = service.take_lease(session, actor=learner.actor, item_id=learner.items["A"])
    assert (again.position_ms, again.watched.as_seconds()) == (7000, [[0, 15]])
    with database.snapshot() as session:
        totals, _ = queries.totals_of(session, learner.actor.person_id)
    assert [each.credited_ms for each in totals.materials.values()] == [15_000]


def test_who_leaves_and_comes_back_keeps_what_was_studied(
    database: Database, clock: Clock, learner: Learner
) -> None:
    held = lease(database, learner, "C")
    clock.seconds = 5
    beat(database, learner, held, 1, (0, 5))
    tree = None
    with database.transaction() as session:
        tree = revision_tree(session, learner.course.revision.id)
        enrollment_service.withdraw(
            session, actor=learner.actor, course_id=tree.course_id, now=now(session)
        )
    with database.transaction() as session:
        again = enrollment_service.enroll(
            session, actor=learner.actor, course=tree, now=now(session)
        )
    with database.snapshot() as session:
        done = queries.completed_items(session, again)
        totals, _ = queries.totals_of(session, learner.actor.person_id)
    assert again != learner.enrollment_id
    assert done == {("C", "video")}
    assert [each.credited_ms for each in totals.materials.values()] == [5_000]
