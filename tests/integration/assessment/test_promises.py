"""What the database itself refuses, whatever code asks for it; each refusal is seen to matter."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, AttemptQuestion, Option, Question, Quiz, Response
from lms.assessment.service import submit_attempt
from lms.db.session import Database, now
from tests.factories.assessment import (
    Taker,
    make_attempt,
    make_quiz,
    make_taker,
    right_letters,
    save,
)
from tests.support.databases import drop_trigger


def second_attempt(taker: Taker, number: int, session: Session):
    return insert(Attempt).values(
        quiz_id=taker.quiz.id,
        item_id=taker.item.id,
        enrollment_id=taker.enrollment.id,
        person_id=taker.actor.person_id,
        number=number,
        state="open",
        seed=1,
        started_at=now(session),
    )


def refused(database: Database, statement: Callable[[Session], object]) -> bool:
    """Tell whether the database says no to the statement by itself."""
    try:
        with database.transaction() as session:
            statement(session)
    except (IntegrityError, DatabaseError):
        return True
    return False


def drop_index(database: Database, name: str) -> None:
    with database.transaction() as session:
        session.execute(text(f"DROP INDEX {name}"))


def test_a_second_open_attempt_is_refused_until_the_index_is_dropped(database: Database):
    with database.transaction() as session:
        taker = make_taker(session)
        make_attempt(session, taker)

    def again(session: Session):
        session.execute(second_attempt(taker, 2, session))

    assert refused(database, again)
    drop_index(database, "uq_attempt_open")
    assert not refused(database, again)


def test_a_fourth_attempt_is_refused_where_three_are_allowed(database: Database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=3)

    def fourth(session: Session):
        session.execute(second_attempt(taker, 4, session))

    assert refused(database, fourth)
    drop_trigger(database, "attempt_no_insert", "attempt")
    assert not refused(database, fourth)


@pytest.mark.parametrize(
    "change",
    [
        {"points": 5},
        {"passed": True},
        {"percent": 100},
        {"state": "expired"},
        {"person_id": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_graded_attempt_never_changes(database: Database, change: dict[str, object]):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=60)
        attempt = make_attempt(session, taker)
        submit_attempt(session, actor=taker.actor, attempt_id=attempt.id, now=now(session))

    def cheat(session: Session):
        session.execute(update(Attempt).values(**change))

    assert refused(database, cheat)


def test_the_guard_of_graded_attempts_is_the_trigger(database: Database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        submit_attempt(session, actor=taker.actor, attempt_id=attempt.id, now=now(session))
    drop_trigger(database, "attempt_no_update", "attempt")
    assert not refused(
        database, lambda session: session.execute(update(Attempt).values(points=5, percent=100))
    )


@pytest.mark.parametrize("model", [Attempt, AttemptQuestion, Response, Option])
def test_what_was_asked_and_answered_is_never_deleted(database: Database, model: type):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        question_id, letters = next(iter(right_letters(session, attempt).items()))
        save(session, taker, attempt, (question_id, letters, 1))
    assert refused(database, lambda session: session.execute(delete(model)))


@pytest.mark.parametrize(
    "change",
    [
        update(Question).values(stem={"zh": "换了"}),
        update(Option).values(is_correct=True),
        update(Option).values(text={"zh": "换了"}),
    ],
    ids=["stem", "key", "text"],
)
def test_the_words_and_key_of_a_question_never_change(database: Database, change):
    with database.transaction() as session:
        make_attempt(session, make_taker(session))
    assert refused(database, lambda session: session.execute(change))


def test_a_drawn_question_gets_no_further_option(database: Database):
    with database.transaction() as session:
        attempt = make_attempt(session, make_taker(session))
        question_id = next(iter(right_letters(session, attempt)))
    more = insert(Option).values(
        question_id=question_id, key="z", position=9, text={"zh": "新"}, is_correct=True
    )
    assert refused(database, lambda session: session.execute(more))


def test_an_answer_to_a_question_of_another_attempt_has_no_place(database: Database):
    with database.transaction() as session:
        attempt = make_attempt(session, make_taker(session))
        other = make_attempt(session, make_taker(session))
        foreign = next(iter(right_letters(session, other)))
    stray = insert(Response).values(
        attempt_id=attempt.id, question_id=foreign, answer=["a"], rev=1, saved_at=attempt.started_at
    )
    assert refused(database, lambda session: session.execute(stray))


def test_an_older_revision_of_an_answer_never_overwrites(database: Database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        question_id, letters = next(iter(right_letters(session, attempt).items()))
        save(session, taker, attempt, (question_id, letters, 5))
    older = update(Response).values(rev=4, answer=["b"])
    assert refused(database, lambda session: session.execute(older))
    drop_trigger(database, "response_no_update", "response")
    assert not refused(database, lambda session: session.execute(older))


def test_no_answer_joins_an_attempt_that_is_closed(database: Database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        question_id = next(iter(right_letters(session, attempt)))
        at = now(session)
        submit_attempt(session, actor=taker.actor, attempt_id=attempt.id, now=at)
    late = insert(Response).values(
        attempt_id=attempt.id, question_id=question_id, answer=["a"], rev=1, saved_at=at
    )
    assert refused(database, lambda session: session.execute(late))


def test_the_terms_of_a_quiz_are_frozen_once_a_published_item_shows_it(database: Database):
    with database.transaction() as session:
        make_quiz(session)
    easier = update(Quiz).values(pass_percent=1)
    assert not refused(database, lambda session: session.execute(easier))
    with database.transaction() as session:
        make_taker(session)
    assert refused(database, lambda session: session.execute(easier))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "submitted"},
        {"state": "open", "points": 3},
        {"state": "done"},
        {"number": 0},
        {"deadline": -60},
    ],
    ids=["graded without a grade", "open with a grade", "unknown state", "number", "deadline"],
)
def test_an_attempt_that_makes_no_sense_is_refused(database: Database, values: dict):
    with database.transaction() as session:
        taker = make_taker(session)

    def odd(session: Session):
        at = now(session)
        given = dict(values)
        if "deadline" in given:
            given["deadline_at"] = at + timedelta(seconds=given.pop("deadline"))
        session.execute(second_attempt(taker, 1, session).values(**given))

    assert refused(database, odd)
