"""Starting a quiz, by page and by call."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from lms.assessment.models import Attempt
from tests.factories.assessment import make_quiz, make_taker
from tests.factories.catalog import lesson, make_course, quiz, reading

FIELDS = {"attempt", "number", "deadline", "questions", "responses"}


def call(client, taker):
    return client.post(f"/api/v1/items/{taker.item.id}/attempts")


def test_the_page_starts_the_quiz_and_shows_its_first_question(learner, taker):
    answer = learner.post(f"/items/{taker.item.id}/attempts")
    assert answer.status_code == 302
    page = learner.get(answer.location).text
    assert answer.location.endswith("/1")
    assert "第 1 题" in page
    assert "共 5 题" in page


def test_the_page_goes_on_where_an_answer_is_missing(learner, taker, attempt, right):
    first, second, *_rest = right
    for question in (first, second):
        learner.put(
            f"/api/v1/attempts/{attempt}/responses/{question}", json={"answer": "A", "rev": 1}
        )
    answer = learner.post(f"/items/{taker.item.id}/attempts")
    assert answer.location == f"/attempts/{attempt}/3"


def test_the_call_gives_the_questions_and_no_more_than_that(learner, taker):
    answer = call(learner, taker)
    assert answer.status_code == 201
    body = answer.json
    assert set(body) == FIELDS
    assert (body["number"], body["deadline"], body["responses"]) == (1, None, {})
    assert len(body["questions"]) == 5
    for question in body["questions"]:
        assert set(question) == {"id", "kind", "stem", "options"}
        assert [option["id"] for option in question["options"]] == ["A", "B", "C", "D"]
        assert all(set(option) == {"id", "text"} for option in question["options"])
    assert sorted(q["kind"] for q in body["questions"]) == ["multiple"] + ["single"] * 4


def test_a_second_call_returns_the_open_attempt_with_its_answers(learner, taker, attempt, right):
    asked = next(iter(right))
    learner.put(f"/api/v1/attempts/{attempt}/responses/{asked}", json={"answer": "B", "rev": 3})
    body = call(learner, taker).json
    assert body["attempt"] == attempt
    saved = body["responses"][str(asked)]
    assert (saved["answer"], saved["rev"]) == (["B"], 3)
    assert saved["saved_at"].endswith("Z")


def test_questions_come_in_the_language_of_the_browser(learner, taker):
    learner.set_cookie("lang", "en")
    assert call(learner, taker).json["questions"][0]["stem"].startswith("How about")


def test_a_time_limit_is_told_as_a_moment_in_utc(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=1200)
    deadline = call(browser_of(taker.token), taker).json["deadline"]
    assert deadline.endswith("Z")
    assert len(deadline) >= len("2026-06-12T10:52:00Z")


def test_twenty_calls_at_once_with_three_tries_open_one_attempt(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=3)
    barrier = threading.Barrier(20)

    def one(_: int) -> tuple[int, int]:
        client = browser_of(taker.token)
        barrier.wait()
        answer = call(client, taker)
        return answer.status_code, answer.json["attempt"]

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(one, range(20)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Attempt.id))) == 1


def test_the_fourth_of_three_tries_is_refused_and_says_what_was_kept(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, max_attempts=3)
    client = browser_of(taker.token)
    for number in (1, 2, 3):
        body = call(client, taker).json
        assert body["number"] == number
        left = client.post(f"/api/v1/attempts/{body['attempt']}/submit").json["attempts_left"]
        assert left == 3 - number
    answer = call(client, taker)
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "no_attempts_left"
    assert answer.json["detail"] == "3 次机会都用完了。成绩都留着。"


def test_the_final_test_is_refused_with_a_reason_until_the_lessons_are_done(browser_of, database):
    with database.transaction() as session:
        row = make_quiz(session)
        course = make_course(
            session,
            lessons=[
                lesson("A01", reading(), quiz(quiz_id=row.id)),
                lesson("FINAL", quiz("final", quiz_id=row.id)),
            ],
        )
        taker = make_taker(session, course=course)
        final = course.items["FINAL/final"].id
    answer = browser_of(taker.token).post(f"/api/v1/items/{final}/attempts")
    assert (answer.status_code, answer.json["code"]) == (403, "item_locked")


def test_whoever_did_not_join_the_course_is_refused(outsider, taker, database):
    answer = call(outsider, taker)
    assert (answer.status_code, answer.json["code"]) == (403, "not_enrolled")
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Attempt.id))) == 0


def test_an_item_that_is_no_quiz_or_does_not_exist_is_not_found(learner, taker):
    reading_id = taker.course.items["A01/text"].id
    for item in (reading_id, 999_999, 2**63, 10**30):
        assert learner.post(f"/api/v1/items/{item}/attempts").status_code == 404
        assert learner.post(f"/items/{item}/attempts").status_code == 404


def test_a_visitor_is_sent_to_sign_in(client, taker):
    assert call(client, taker).status_code == 401
    answer = client.post(f"/items/{taker.item.id}/attempts")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_no_quiz_starts_by_following_a_link_or_without_the_form_token(learner, taker):
    assert learner.get(f"/items/{taker.item.id}/attempts").status_code == 405
    answer = learner.post(f"/items/{taker.item.id}/attempts", csrf=False)
    assert answer.status_code == 400
