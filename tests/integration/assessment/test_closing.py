"""Grading and closing attempts, once each."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from lms.assessment import service
from lms.assessment.domain import OptionSpec
from lms.assessment.events import AttemptGraded
from lms.assessment.tasks import close_abandoned_attempts
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import now
from tests.factories.assessment import (
    answer_some,
    make_attempt,
    make_bank,
    make_taker,
    questions,
    right_letters,
    save,
    submit,
)

MINUTE = timedelta(minutes=1)


def test_a_hand_in_is_graded_and_told_once(database, heard):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        answer_some(session, taker, attempt, right=4)
    closed = submit(database, taker, attempt.id)
    assert (closed.points, closed.max_points, closed.percent, closed.passed) == (4, 5, 80, True)
    with pytest.raises(Conflict) as refusal:
        submit(database, taker, attempt.id)
    assert refusal.value.code == "attempt_already_submitted"
    assert refusal.value.message.params == {"points": 4, "max_points": 5}
    assert heard == [
        AttemptGraded(
            attempt.id,
            taker.actor.person_id,
            taker.enrollment.id,
            taker.item.id,
            passed=True,
            at=closed.submitted_at,
        )
    ]


def test_ten_hand_ins_at_once_have_one_effect(database, heard):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        answer_some(session, taker, attempt, right=5)
    barrier = threading.Barrier(10)

    def one(_: int) -> str:
        barrier.wait()
        try:
            return submit(database, taker, attempt.id).state
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(one, range(10)))
    assert answers == ["attempt_already_submitted"] * 9 + ["submitted"]
    assert len(heard) == 1


def test_an_edited_question_is_graded_on_the_version_served(database):
    with database.transaction() as session:
        bank = make_bank(session, questions(), slug="edited")
        taker = make_taker(session, bank_id=bank)
        attempt = make_attempt(session, taker)
        before = right_letters(session, attempt)
    with database.transaction() as session:
        # The teacher makes "b" the right answer everywhere.
        turned = [
            replace(
                spec,
                options=tuple(
                    OptionSpec(
                        option.key, option.text, option.key in "bc"[: len(right)], option.why
                    )
                    for option in spec.options
                ),
            )
            for spec in questions()
            for right in ["ac" if spec.kind == "multiple" else "a"]
        ]
        report = service.import_bank(session, slug="edited", questions=turned, now=now(session))
        assert report.changed == 5
    with database.transaction() as session:
        for question_id, letters in before.items():
            save(session, taker, attempt, (question_id, letters, 1))
    assert submit(database, taker, attempt.id).percent == 100
    with database.transaction() as session:
        fresh = make_attempt(session, taker)
        assert not set(right_letters(session, fresh)) & set(before)


def test_the_sweep_closes_what_was_left_open_past_its_time_and_nothing_else(database, heard):
    with database.transaction() as session:
        over = make_taker(session, time_limit_s=60)
        running, free = make_taker(session, time_limit_s=3600), make_taker(session)
        made = [make_attempt(session, taker) for taker in (over, running, free)]
        answer_some(session, over, made[0], right=5)
        at = now(session) + 2 * MINUTE
        assert service.close_overdue_attempts(session, now=at) == 1
        assert service.close_overdue_attempts(session, now=at) == 0
        assert [attempt.state for attempt in made] == ["expired", "open", "open"]
        assert made[0].percent == 100
    assert [told.attempt_id for told in heard] == [made[0].id]


def test_the_worker_closes_abandoned_attempts_by_itself(database, settings, heard):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=60)
        make_attempt(session, taker, at=now(session) - 5 * MINUTE)
    close_abandoned_attempts(database, settings)
    assert [told.passed for told in heard] == [False]


def test_whoever_left_the_course_can_neither_answer_nor_hand_in(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        session.merge(taker.enrollment).status = "withdrawn"
    with database.transaction() as session, pytest.raises(Forbidden) as refusal:
        save(session, taker, attempt, (asked, "A", 1))
    assert refusal.value.code == "not_enrolled"
    with pytest.raises(Forbidden):
        submit(database, taker, attempt.id)


def test_a_strangers_attempt_is_not_found(database):
    with database.transaction() as session:
        taker, stranger = make_taker(session), make_taker(session)
        attempt = make_attempt(session, taker)
    for attempt_id in (attempt.id, attempt.id + 999):
        with pytest.raises(NotFound):
            submit(database, stranger, attempt_id)
