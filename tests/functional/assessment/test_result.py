"""Handing in by page, and the result: passed, not passed, what is told and when."""

import pytest

from lms.assessment import service
from lms.db.session import now
from lms.enrollment.models import Enrollment
from tests.factories.assessment import MARKER_WHY, answer_some, make_attempt, make_taker


def handed_in(database, taker, *, right: int) -> int:
    with database.transaction() as session:
        row = make_attempt(session, taker)
        answer_some(session, taker, row, right=right)
        service.submit_attempt(session, actor=taker.actor, attempt_id=row.id, now=now(session))
        return row.id


def test_a_hand_in_leads_to_the_result_and_so_does_a_second_tap(learner, attempt):
    for _ in range(2):
        answer = learner.post(f"/attempts/{attempt}/submit")
        assert (answer.status_code, answer.location) == (302, f"/attempts/{attempt}")
    assert "这次没过" in learner.get(f"/attempts/{attempt}").text


def test_a_pass_is_told_with_score_stamp_and_next_step(learner, taker, database):
    page = learner.get(f"/attempts/{handed_in(database, taker, right=4)}").text
    assert "通过了，林秀芳！" in page
    assert '<p class="num">80 <' in page
    assert "分，60 分及格" in page
    assert "您答对 4 题，答错 1 题。" in page
    assert "stamp-pass" in page
    assert f'href="/learn/{taker.course.course.slug}"' in page


def test_a_practice_quiz_explains_each_wrong_answer_and_leads_back(learner, taker, database):
    page = learner.get(f"/attempts/{handed_in(database, taker, right=2)}").text
    assert "这次没过" in page
    assert "stamp-pass" not in page
    assert "答错的 3 题" in page
    assert page.count("您选了：") == 3
    assert page.count(MARKER_WHY) >= 6
    assert f'href="/learn/{taker.course.course.slug}/A01"' in page
    assert "可以再做，次数不限。" in page
    assert f'action="/items/{taker.item.id}/attempts"' in page


def test_an_open_question_is_called_so(learner, attempt):
    learner.post(f"/attempts/{attempt}/submit")
    assert learner.get(f"/attempts/{attempt}").text.count("这题您没答。") == 5


def test_a_limited_test_keeps_its_answers_while_a_try_is_left(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=2)
    client = browser_of(taker.token)
    first = handed_in(database, taker, right=1)
    page = client.get(f"/attempts/{first}").text
    assert "还能再做 1 次。" in page
    assert MARKER_WHY not in page
    assert "应该选" not in page
    assert "您选了" not in page
    last = handed_in(database, taker, right=2)
    page = client.get(f"/attempts/{last}").text
    assert "2 次机会都用完了" in page
    assert page.count("应该选") >= 3
    assert MARKER_WHY in client.get(f"/attempts/{first}").text


def test_while_the_last_try_is_open_the_earlier_ones_tell_nothing(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=2)
    first = handed_in(database, taker, right=1)
    with database.transaction() as session:
        make_attempt(session, taker)
    page = browser_of(taker.token).get(f"/attempts/{first}").text
    assert MARKER_WHY not in page
    assert "接着做没交的" in page


def test_a_limited_test_explains_once_it_is_passed(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=3)
    page = browser_of(taker.token).get(f"/attempts/{handed_in(database, taker, right=4)}").text
    assert "答错的 1 题" in page
    assert MARKER_WHY in page
    assert "/items/" not in page


def test_the_result_reads_in_english(learner, taker, database):
    learner.set_cookie("lang", "en")
    page = learner.get(f"/attempts/{handed_in(database, taker, right=4)}").text
    assert "Passed, 林秀芳!" in page
    assert "1 wrong answer" in page
    assert "Because noodles" in page
    assert MARKER_WHY not in page


def test_an_open_attempt_has_no_result_yet(learner, attempt):
    assert learner.get(f"/attempts/{attempt}").location == f"/attempts/{attempt}/check"


@pytest.mark.parametrize("attempt_id", [999_999, 2**63, 10**30])
def test_an_unknown_attempt_is_not_found(learner, attempt_id):
    assert learner.get(f"/attempts/{attempt_id}").status_code == 404


def test_a_result_stays_readable_after_leaving_the_course(learner, taker, database):
    done = handed_in(database, taker, right=5)
    with database.transaction() as session:
        session.get_one(Enrollment, taker.enrollment.id).status = "withdrawn"
    assert '<p class="num">100 <' in learner.get(f"/attempts/{done}").text


def test_a_visitor_is_sent_to_sign_in_and_back(client, attempt):
    answer = client.get(f"/attempts/{attempt}")
    assert answer.status_code == 302
    assert f"next=/attempts/{attempt}" in answer.location.replace("%2F", "/")
