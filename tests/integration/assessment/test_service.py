"""Starting, saving, grading and closing attempts, on both engines."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from lms.assessment import queries, service
from lms.assessment.domain import GRACE, GivenAnswer, OptionSpec
from lms.assessment.events import AttemptGraded
from lms.assessment.models import Attempt, AttemptQuestion, Question, Response
from lms.assessment.tasks import close_abandoned_attempts
from lms.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from lms.db.bus import Bus
from lms.db.session import Database, now
from tests.factories.assessment import (
    answer_some,
    make_attempt,
    make_bank,
    make_quiz,
    make_taker,
    question,
    questions,
    right_letters,
    wrong_letters,
)

MINUTE = timedelta(minutes=1)


def start(database: Database, taker):
    with database.transaction() as session:
        return make_attempt(session, taker).id


def submit(database: Database, taker, attempt_id: int, *, after=timedelta(0)):
    with database.transaction() as session:
        return service.submit_attempt(
            session, actor=taker.actor, attempt_id=attempt_id, now=now(session) + after
        )


def save(session, taker, attempt, *given, after=timedelta(0)):
    question_id, letters, rev = given
    return service.save_response(
        session,
        actor=taker.actor,
        attempt_id=attempt.id,
        given=GivenAnswer(question_id, tuple(letters), rev),
        now=attempt.started_at + after,
    )


@pytest.fixture
def heard(database: Database) -> list[AttemptGraded]:
    """What was told to the features above."""
    told: list[AttemptGraded] = []
    bus = Bus({AttemptGraded: (lambda _session, graded: told.append(graded),)})
    database._info["bus"] = bus  # noqa: SLF001 (a bus that listens to nothing else)
    return told


# ------------------------------------------------------------------- starting


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
        again = make_taker(session, course=taker.course)
        again.enrollment.person_id = taker.actor.person_id
        session.flush()
        back = replace(taker, enrollment=again.enrollment)
        new = make_attempt(session, back)
        assert (new.id != old.id, old.state, new.state) == (True, "submitted", "open")


def test_an_empty_bank_is_said_so(database):
    with database.transaction() as session:
        taker = make_taker(session, bank_id=make_bank(session, []))
    with pytest.raises(Conflict) as refusal:
        start(database, taker)
    assert refusal.value.code == "quiz_empty"


# --------------------------------------------------------------------- saving


def test_an_older_revision_changes_nothing_and_says_what_is_stored(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        save(session, taker, attempt, asked, "B", 7)
        late = save(session, taker, attempt, asked, "C", 6, after=MINUTE)
        assert (late.letters, late.rev, late.saved_at) == (("B",), 7, attempt.started_at)
        newer = save(session, taker, attempt, asked, "C", 8, after=MINUTE)
        assert (newer.letters, newer.rev) == (("C",), 8)


def test_the_same_answer_sent_again_keeps_its_first_time(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        first = save(session, taker, attempt, asked, "B", 1)
        assert save(session, taker, attempt, asked, "B", 1, after=MINUTE) == first


def test_a_page_sent_without_javascript_is_the_newest_word(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        save(session, taker, attempt, asked, "B", 4)
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
            save(session, taker, attempt, asked, letters, 1)
        assert refusal.value.fields["answer"].code == code


def test_a_question_of_another_attempt_is_not_found(database):
    with database.transaction() as session:
        taker, other = make_taker(session), make_taker(session)
        attempt, foreign = make_attempt(session, taker), make_attempt(session, other)
        with pytest.raises(NotFound):
            save(session, taker, attempt, next(iter(right_letters(session, foreign))), "A", 1)


def test_after_the_deadline_answers_are_refused_and_what_was_saved_is_graded(database, heard):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=600)
        attempt = make_attempt(session, taker)
        keys = right_letters(session, attempt)
        for question_id, letters in list(keys.items())[:3]:
            save(session, taker, attempt, question_id, letters, 1, after=9 * MINUTE)
        last, letters = list(keys.items())[4]
        with pytest.raises(Conflict) as refusal:
            save(session, taker, attempt, last, letters, 1, after=11 * MINUTE)
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
        save(session, taker, attempt, asked, letters, 1, after=10 * MINUTE + GRACE)
        closed = service.submit_attempt(
            session, actor=taker.actor, attempt_id=attempt.id, now=attempt.deadline_at + GRACE
        )
        assert (closed.state, closed.points) == ("submitted", 1)


# -------------------------------------------------------------------- closing


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
            save(session, taker, attempt, question_id, letters, 1)
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


def test_the_worker_closes_abandoned_attempts_by_itself(database, heard):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=60)
        make_attempt(session, taker, at=now(session) - 5 * MINUTE)
    close_abandoned_attempts(database)
    assert [told.passed for told in heard] == [False]


def test_whoever_left_the_course_can_neither_answer_nor_hand_in(database):
    with database.transaction() as session:
        taker = make_taker(session)
        attempt = make_attempt(session, taker)
        asked = next(iter(right_letters(session, attempt)))
        session.merge(taker.enrollment).status = "withdrawn"
    with database.transaction() as session, pytest.raises(Forbidden) as refusal:
        save(session, taker, attempt, asked, "A", 1)
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


# --------------------------------------------------------------------- review


def test_answers_of_a_limited_test_are_told_with_the_last_try(database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=2)
        for right in (1, 2):
            attempt = make_attempt(session, taker)
            answer_some(session, taker, attempt, right=right)
            service.submit_attempt(
                session, actor=taker.actor, attempt_id=attempt.id, now=now(session)
            )
            shown = queries.result(session, person_id=taker.actor.person_id, attempt_id=attempt.id)
            wrong = queries.review(session, shown)
            assert len(wrong) == (0 if right == 1 else 3)
        keys = right_letters(session, attempt)
        assert [each.position for each in wrong] == [3, 4, 5]
        assert len(wrong[0].right) == len(list(keys.values())[2])
        assert all(option.why for option in wrong[0].right)


def test_a_wrong_answer_beside_a_right_one_is_shown_whole(database):
    with database.transaction() as session:
        taker = make_taker(session, bank_id=make_bank(session, [question("q1", right="ac")]))
        attempt = make_attempt(session, taker)
        asked, letters = next(iter(right_letters(session, attempt).items()))
        mixed = {*wrong_letters(letters), letters[0]}
        save(session, taker, attempt, asked, mixed, 1)
        service.submit_attempt(session, actor=taker.actor, attempt_id=attempt.id, now=now(session))
        shown = queries.result(session, person_id=taker.actor.person_id, attempt_id=attempt.id)
        (wrong,) = queries.review(session, shown)
        assert {len(wrong.right), len(wrong.chosen)} <= {1, 2}
        assert wrong.chosen != wrong.right


# ---------------------------------------------------------------------- banks


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
