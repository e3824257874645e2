"""Importing question banks."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from lms.assessment import service
from lms.assessment.models import Question
from lms.core.errors import InvalidInput
from lms.db.session import now
from tests.factories.assessment import (
    make_attempt,
    make_bank,
    make_quiz,
    make_taker,
    question,
    questions,
    right_letters,
)


def test_the_same_questions_again_change_nothing(database):
    with database.transaction() as session:
        bank = make_bank(session, questions(), slug="same")
        before = list(session.execute(select(Question.id, Question.version, Question.retired_at)))
        report = service.import_bank(session, slug="same", questions=questions(), now=now(session))
        assert (report.bank_id, report.kept) == (bank, 5)
        assert (report.added, report.changed, report.retired) == (0, 0, 0)
        after = list(session.execute(select(Question.id, Question.version, Question.retired_at)))
        assert before == after


def test_a_changed_question_gets_the_next_version_and_a_missing_one_retires(database):
    with database.transaction() as session:
        make_bank(session, questions(), slug="moved")
        kept, changed, *_rest = questions()
        changed = replace(changed, stem={"zh": "换个问法？"})
        report = service.import_bank(
            session,
            slug="moved",
            questions=[kept, changed, question("q9")],
            now=now(session),
        )
        assert (report.kept, report.changed, report.added, report.retired) == (1, 1, 1, 3)
        current = session.execute(
            select(Question.key, Question.version)
            .where(Question.retired_at.is_(None))
            .order_by(Question.key)
        ).all()
        assert [tuple(row) for row in current] == [("q1", 1), ("q2", 2), ("q9", 1)]


def test_a_question_that_comes_back_is_a_version_of_its_own(database):
    with database.transaction() as session:
        make_bank(session, questions(), slug="back")
        service.import_bank(session, slug="back", questions=[], now=now(session))
        report = service.import_bank(session, slug="back", questions=questions(), now=now(session))
        assert report.added == 5
        assert set(session.scalars(select(Question.version))) == {1, 2}


def test_faulty_questions_are_named_and_nothing_is_imported(database):
    with database.transaction() as session:
        bad = [question("q1"), question("q2", right=""), question("q1")]
        with pytest.raises(InvalidInput) as refusal:
            service.import_bank(session, slug="bad", questions=bad, now=now(session))
        assert {key: fault.code for key, fault in refusal.value.fields.items()} == {
            "q1": "question_key_twice",
            "q2": "not_one_correct",
        }
        assert session.scalar(select(func.count(Question.id))) == 0


def test_a_quiz_may_ask_more_than_its_bank_holds(database):
    with database.transaction() as session:
        taker = make_taker(session, quiz_row=make_quiz(session, draw=50))
        attempt = make_attempt(session, taker)
        assert len(right_letters(session, attempt)) == 5
