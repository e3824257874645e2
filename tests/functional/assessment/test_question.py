"""The question page and the last look, as a phone without JavaScript uses them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assessment.models import Attempt, AttemptQuestion, Response
from tests.factories.assessment import make_attempt, make_taker
from tests.support.databases import drop_trigger


def send(client, attempt, question, letters, go="2", **more):
    fields = {"question": question, f"answer-{question}": letters, f"rev-{question}": 0, "go": go}
    return client.post(f"/attempts/{attempt}/answers", data={**fields, **more})


def stored(database) -> dict[int, tuple[list[str], int]]:
    with database.snapshot() as session:
        return {row.question_id: (row.answer, row.rev) for row in session.scalars(select(Response))}


def chosen(page: str) -> list[str]:
    return re.findall(r'value="([A-D])" checked', page)


def test_one_question_is_shown_and_only_its_answer_is_sent(learner, taker, attempt):
    page = learner.get(f"/attempts/{attempt}/2").text
    shown = re.findall(
        r'<fieldset class="stack" data-question="\d+"[^>]*?( hidden disabled)?>', page
    )
    assert shown == [" hidden disabled", "", *[" hidden disabled"] * 3]
    assert "第 2 题" in page
    assert f'data-item-id="{taker.item.id}"' in page


def test_an_answer_is_kept_and_the_next_question_shown(learner, attempt, right, database):
    asked = next(iter(right))
    answer = send(learner, attempt, asked, "B")
    assert answer.location == f"/attempts/{attempt}/2"
    assert stored(database)[asked][1] == 0
    page = learner.get(f"/attempts/{attempt}/1").text
    assert chosen(page) == ["B"]
    assert "答案已存好" in page


def test_several_answers_are_kept_together(learner, attempt, right):
    asked = next(question for question, letters in right.items() if len(letters) == 2)
    send(learner, attempt, asked, ["A", "C"])
    assert chosen(learner.get(f"/attempts/{attempt}/1").text) == ["A", "C"]


def test_going_on_without_an_answer_keeps_nothing(learner, attempt, right, database):
    send(learner, attempt, next(iter(right)), [])
    assert stored(database) == {}


def test_a_page_left_open_since_before_is_still_the_newest_word(learner, attempt, right, database):
    asked = next(iter(right))
    learner.put(f"/api/v1/attempts/{attempt}/responses/{asked}", json={"answer": "A", "rev": 6})
    send(learner, attempt, asked, "D")
    assert stored(database)[asked][1] == 7
    assert chosen(learner.get(f"/attempts/{attempt}/1").text) == ["D"]


def test_the_last_button_leads_to_the_check_which_names_what_is_open(learner, attempt, right):
    asked = list(right)
    page = learner.get(f"/attempts/{attempt}/5").text
    assert 'value="check"' in page
    answer = send(learner, attempt, asked[0], "A", go="check")
    assert answer.location == f"/attempts/{attempt}/check"
    check = learner.get(answer.location).text
    assert "还有 4 题没答" in check
    assert check.count("还没答") == 4
    assert "您选了 A" in check
    assert "去做第 2 题" in check


def test_the_check_offers_the_hand_in_once_all_is_answered(learner, attempt, right):
    for asked in right:
        send(learner, attempt, asked, "A")
    check = learner.get(f"/attempts/{attempt}/check").text
    assert "题都答完了" in check
    assert "还没答" not in check


def test_the_time_left_stands_in_the_page(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=1200)
        row = make_attempt(session, taker)
    page = browser_of(taker.token).get(f"/attempts/{row.id}/1").text
    left = int(re.search(r'data-left="(\d+)"', page)[1])
    assert 1190 <= left <= 1200
    assert re.search(r"还剩 <b data-clock>(19:5\d|20:00)</b>", page)


def test_out_of_time_the_page_goes_to_the_result_and_says_what_was_kept(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=600)
        row = make_attempt(session, taker)
    client = browser_of(taker.token)
    page = client.get(f"/attempts/{row.id}/1").text
    asked = re.search(r'data-question="(\d+)"', page)[1]
    drop_trigger(database, "attempt_no_update", "attempt")
    with database.transaction() as session:
        moved = session.get_one(Attempt, row.id)
        moved.started_at -= timedelta(hours=1)
        moved.deadline_at -= timedelta(hours=1)
    answer = client.post(
        f"/attempts/{row.id}/answers",
        data={"question": asked, f"answer-{asked}": "A", "go": "2"},
        follow_redirects=True,
    )
    assert answer.request.path == f"/attempts/{row.id}"
    assert "时间到了。到点前存好的答案都在，照样算分。" in answer.text
    assert "时间到了，按存好的答案算的分。" in answer.text


def test_a_closed_attempt_has_only_its_result_to_show(learner, attempt):
    learner.post(f"/attempts/{attempt}/submit")
    for page in ("1", "check"):
        assert learner.get(f"/attempts/{attempt}/{page}").location == f"/attempts/{attempt}"


def test_a_stranger_meets_the_same_page_as_for_an_attempt_that_is_not_there(
    stranger, attempt, right
):
    asked = next(iter(right))

    def body(which: int, page: str) -> str:
        answer = stranger.get(f"/attempts/{which}{page}")
        assert answer.status_code == 404
        # The reference in the small print, the clock and the address of the switches differ.
        return re.sub(r"[0-9A-F]{8}|\d\d:\d\d|/attempts/\d+", "", answer.text)

    for page in ("/1", "/check", ""):
        assert body(attempt, page) == body(999_999, page)
    assert send(stranger, attempt, asked, "A").status_code == 404
    assert stranger.post(f"/attempts/{attempt}/submit").status_code == 404


@pytest.mark.parametrize("position", ["0", "6", "99999", str(10**30)])
def test_a_question_that_is_not_asked_is_not_found(learner, attempt, position):
    assert learner.get(f"/attempts/{attempt}/{position}").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "x"},
        {"question": "-1"},
        {"question": str(10**30)},
        {"question": "²"},
        {"go": "nowhere"},
        {"go": "1e3"},
    ],
    ids=str,
)
def test_what_no_page_sends_is_refused(learner, attempt, fields):
    assert learner.post(f"/attempts/{attempt}/answers", data=fields).status_code == 422


def test_a_rev_no_page_sends_is_refused(learner, attempt, right):
    asked = next(iter(right))
    answer = send(learner, attempt, asked, "A", **{f"rev-{asked}": str(10**20)})
    assert answer.status_code == 422


def test_a_question_of_somebody_elses_attempt_is_not_found(learner, attempt, database):
    with database.transaction() as session:
        foreign = make_attempt(session, make_taker(session))
        asked = session.scalar(
            select(AttemptQuestion.question_id).where(AttemptQuestion.attempt_id == foreign.id)
        )
    assert send(learner, attempt, asked, "A").status_code == 404
    assert stored(database) == {}
