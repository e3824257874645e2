"""Starting attempts, also all at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from lms.accounts.models import Person
from lms.assessment.models import Attempt, AttemptQuestion
from lms.catalog.tree import revision_tree
from lms.core.errors import Conflict
from lms.db.session import now
from lms.enrollment.service import move_one
from tests.factories.assessment import (
    answer_some,
    make_attempt,
    make_bank,
    make_taker,
    start,
    submit,
)
from tests.factories.catalog import lesson, make_revision, quiz
from tests.factories.enrollment import make_enrollment


def test_starting_again_finds_the_open_attempt_with_the_same_questions(database):
    with database.transaction() as session:
        taker = make_taker(session)
    first, again = start(database, taker), start(database, taker)
    assert first == again
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Attempt.id))) == 1
        assert session.scalar(select(func.count()).select_from(AttemptQuestion)) == 5


def test_twenty_starts_at_once_open_one_attempt_and_three_are_all_there_ever_are(database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=3)

    def burst() -> set[int]:
        barrier = threading.Barrier(20)

        def one(_: int) -> int:
            barrier.wait()
            return start(database, taker)

        with ThreadPoolExecutor(20) as pool:
            return set(pool.map(one, range(20)))

    seen: set[int] = set()
    for _ in range(3):
        found = burst()
        assert len(found) == 1
        seen |= found
        submit(database, taker, found.pop())
    assert len(seen) == 3
    with pytest.raises(Conflict) as refusal:
        start(database, taker)
    assert refusal.value.code == "no_attempts_left"
    with database.snapshot() as session:
        assert sorted(session.scalars(select(Attempt.number))) == [1, 2, 3]


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_it_is_the_indexes_that_decide_a_race(database, guarded):
    """Two starts both saw no open attempt: the slower waits for the index, or is let in."""
    with database.transaction() as session:
        taker = make_taker(session)
        if not guarded:
            session.execute(text("DROP INDEX uq_attempt_open"))
            session.execute(
                text("ALTER TABLE attempt DROP CONSTRAINT uq_attempt_enrollment_id_item_id_number")
            )
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            first = make_attempt(session, taker).id
            other = pool.submit(start, database, taker)
            # The other start runs into the row that is not committed yet.
            if not guarded:
                other.result(timeout=10)
        second = other.result(timeout=10)
    assert (first == second) is guarded
    with database.snapshot() as session:
        opened = session.scalar(select(func.count(Attempt.id)).where(Attempt.state == "open"))
    assert opened == (1 if guarded else 2)


def test_a_limited_test_is_over_once_it_is_passed(database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=3)
        attempt = make_attempt(session, taker)
        answer_some(session, taker, attempt, right=5)
    submit(database, taker, attempt.id)
    with pytest.raises(Conflict) as refusal:
        start(database, taker)
    assert refusal.value.code == "attempt_passed_already"


def test_an_attempt_left_behind_with_an_old_enrollment_does_not_block_the_new_one(database):
    with database.transaction() as session:
        taker = make_taker(session)
        old = make_attempt(session, taker)
        session.merge(taker.enrollment).status = "withdrawn"
        session.flush()
        person = session.get_one(Person, taker.actor.person_id)
        again = make_enrollment(session, course=taker.course, person=person)
        back = replace(taker, enrollment=again)
        new = make_attempt(session, back)
        assert (new.id != old.id, old.state, new.state) == (True, "submitted", "open")


def test_an_empty_bank_is_said_so(database):
    with database.transaction() as session:
        taker = make_taker(session, bank_id=make_bank(session, []))
    with pytest.raises(Conflict) as refusal:
        start(database, taker)
    assert refusal.value.code == "quiz_empty"


def moved(session, taker):
    """Move the taker to another version with the same quiz; return them as they are then."""
    course = make_revision(
        session,
        taker.course.course,
        lessons=[lesson("A01", quiz(quiz_id=taker.quiz.id)), lesson("A02")],
    )
    assert move_one(
        session,
        enrollment_id=taker.enrollment.id,
        revision_id=course.revision.id,
        now=now(session),
    )
    item = next(revision_tree(session, course.revision.id).items())
    return replace(taker, course=course, item=item)


def test_an_attempt_open_at_a_move_is_found_in_the_new_version(database):
    with database.transaction() as session:
        taker = make_taker(session)
    first = start(database, taker)
    with database.transaction() as session:
        later = moved(session, taker)
    assert later.item.id != taker.item.id
    assert start(database, later) == first


def test_tries_used_before_a_move_stay_used(database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=2)
    submit(database, taker, start(database, taker))
    with database.transaction() as session:
        later = moved(session, taker)
    submit(database, later, start(database, later))
    with pytest.raises(Conflict):
        start(database, later)
    with database.snapshot() as session:
        numbers = session.scalars(select(Attempt.number).order_by(Attempt.id)).all()
    assert numbers == [1, 2]
