"""When the answers are told."""

from lms.assessment import queries, service
from lms.db.session import now
from tests.factories.assessment import (
    answer_some,
    make_attempt,
    make_bank,
    make_taker,
    question,
    right_letters,
    save,
    wrong_letters,
)


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
        save(session, taker, attempt, (asked, mixed, 1))
        service.submit_attempt(session, actor=taker.actor, attempt_id=attempt.id, now=now(session))
        shown = queries.result(session, person_id=taker.actor.person_id, attempt_id=attempt.id)
        (wrong,) = queries.review(session, shown)
        assert {len(wrong.right), len(wrong.chosen)} <= {1, 2}
        assert wrong.chosen != wrong.right
