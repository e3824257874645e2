"""Saving answers, before and after the deadline."""

from datetime import timedelta

import pytest

from lms.assessment import queries, service
from lms.assessment.domain import GRACE, GivenAnswer
from lms.assessment.models import Response
from lms.core.errors import Conflict, InvalidInput, NotFound
from tests.factories.assessment import (
    make_attempt,
    make_bank,
    make_taker,
    question,
    right_letters,
    save,
    submit,
)

MINUTE = timedelta(minutes=1)


def test_an_older_revision_changes_nothing_and_says_what_is_stored(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        save(session, taker, attempt, (asked, "B", 7))
        late = save(session, taker, attempt, (asked, "C", 6), after=MINUTE)
        assert (late.letters, late.rev, late.saved_at) == (("B",), 7, attempt.started_at)
        newer = save(session, taker, attempt, (asked, "C", 8), after=MINUTE)
        assert (newer.letters, newer.rev) == (("C",), 8)


def test_the_same_answer_sent_again_keeps_its_first_time(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        first = save(session, taker, attempt, (asked, "B", 1))
        assert save(session, taker, attempt, (asked, "B", 1), after=MINUTE) == first


def test_a_page_sent_without_javascript_is_the_newest_word(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        save(session, taker, attempt, (asked, "B", 4))
        service.save_page(
            session,
            actor=taker.actor,
            attempt_id=attempt.id,
            given=[GivenAnswer(asked, ("D",), 0)],
            now=attempt.started_at,
        )
        stored = session.get_one(Response, (attempt.id, asked))
        assert stored.rev == 5
        shown = queries.sheet(session, person_id=taker.actor.person_id, attempt_id=attempt.id)
        assert next(q.answer for q in shown.questions if q.id == asked) == ("D",)


@pytest.mark.parametrize(
    ("letters", "code"), [("Z", "answer_unknown"), ("AB", "answer_not_one")], ids=["unknown", "two"]
)
def test_an_answer_that_does_not_fit_is_refused(database, letters, code):
    with database.transaction() as session:
        taker = make_taker(session, bank_id=make_bank(session, [question("q1")]))
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        with pytest.raises(InvalidInput) as refusal:
            save(session, taker, attempt, (asked, letters, 1))
        assert refusal.value.fields["answer"].code == code


def test_a_question_of_another_attempt_is_not_found(database):
    with database.transaction() as session:
        taker, other = make_taker(session), make_taker(session)
        attempt, foreign = make_attempt(session, taker), make_attempt(session, other)
        asked = next(iter(right_letters(session, foreign)))
        with pytest.raises(NotFound):
            save(session, taker, attempt, (asked, "A", 1))


def test_after_the_deadline_answers_are_refused_and_what_was_saved_is_graded(database, heard):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=600)
        attempt = make_attempt(session, taker)
        keys = right_letters(session, attempt)
        for question_id, letters in list(keys.items())[:3]:
            save(session, taker, attempt, (question_id, letters, 1), after=9 * MINUTE)
        last, letters = list(keys.items())[4]
        with pytest.raises(Conflict) as refusal:
            save(session, taker, attempt, (last, letters, 1), after=11 * MINUTE)
        assert refusal.value.code == "attempt_time_up"
    closed = submit(database, taker, attempt.id, after=11 * MINUTE)
    assert (closed.state, closed.points, closed.percent, closed.passed) == ("expired", 3, 60, True)
    assert closed.submitted_at == closed.deadline_at
    assert [(told.passed, told.at) for told in heard] == [(True, closed.deadline_at)]


def test_what_arrives_within_the_grace_counts(database):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=600)
        attempt = make_attempt(session, taker)
        asked, letters = next(iter(right_letters(session, attempt).items()))
        save(session, taker, attempt, (asked, letters, 1), after=10 * MINUTE + GRACE)
        closed = service.submit_attempt(
            session, actor=taker.actor, attempt_id=attempt.id, now=attempt.deadline_at + GRACE
        )
        assert (closed.state, closed.points) == ("submitted", 1)
