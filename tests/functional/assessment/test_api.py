"""The attempt calls: save, hand in, read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assessment.models import Attempt, Response
from tests.factories.assessment import (
    answer_some,
    make_attempt,
    make_taker,
    right_letters,
    wrong_letters,
)
from tests.support.databases import drop_trigger

RESULT = {
    "attempt",
    "number",
    "state",
    "points",
    "max_points",
    "percent",
    "passed",
    "submitted_at",
    "attempts_left",
}


def put(client, attempt, question, body):
    return client.put(f"/api/v1/attempts/{attempt}/responses/{question}", json=body)


def run_out_of_time(database, attempt_id):
    """Move the whole attempt an hour into the past, as if the learner had walked away."""
    drop_trigger(database, "attempt_no_update", "attempt")
    with database.transaction() as session:
        row = session.get_one(Attempt, attempt_id)
        row.started_at -= timedelta(hours=1)
        row.deadline_at -= timedelta(hours=1)


# ----------------------------------------------------------------------- save


@pytest.mark.parametrize("shape", [lambda letter: letter, lambda letter: [letter]])
def test_an_answer_is_kept_at_once(learner, attempt, right, shape):
    asked = next(iter(right))
    answer = put(learner, attempt, asked, {"answer": shape("B"), "rev": 1})
    assert answer.status_code == 200
    assert answer.json["rev"] == 1
    assert answer.json["answer"] == ["B"]
    assert answer.json["saved_at"].endswith("Z")


def test_an_older_rev_never_overwrites_a_newer(learner, attempt, right, database):
    asked = next(iter(right))
    put(learner, attempt, asked, {"answer": "B", "rev": 5})
    late = put(learner, attempt, asked, {"answer": "C", "rev": 4})
    assert (late.status_code, late.json["rev"], late.json["answer"]) == (200, 5, ["B"])
    with database.snapshot() as session:
        assert session.scalar(select(Response.rev)) == 5


def test_an_answer_can_be_taken_back(learner, attempt, right):
    asked = next(iter(right))
    put(learner, attempt, asked, {"answer": "B", "rev": 1})
    assert put(learner, attempt, asked, {"answer": None, "rev": 2}).json["answer"] == []


def test_extra_fields_change_nothing(learner, attempt, right):
    asked = next(iter(right))
    body = {
        "answer": "A",
        "rev": 1,
        "passed": True,
        "points": 5,
        "person_id": 1,
        "is_correct": True,
    }
    assert put(learner, attempt, asked, body).status_code == 200
    read = learner.get(f"/api/v1/attempts/{attempt}").json
    assert (read["state"], read["points"], read["passed"]) == ("open", None, None)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"answer", "rev"}),
        ({"answer": "A"}, {"rev"}),
        ({"answer": "A", "rev": "1"}, {"rev"}),
        ({"answer": "A", "rev": 1.5}, {"rev"}),
        ({"answer": "A", "rev": True}, {"rev"}),
        ({"answer": "A", "rev": -1}, {"rev"}),
        ({"answer": "A", "rev": 2**63}, {"rev"}),
        ({"answer": 1, "rev": 1}, {"answer"}),
        ({"answer": [1], "rev": 1}, {"answer"}),
        ({"answer": {"a": 1}, "rev": 1}, {"answer"}),
        ({"answer": ["A"] * 1000, "rev": 1}, {"answer"}),
        ({"answer": "A" * 1000, "rev": 1}, {"answer"}),
        ({"answer": "Z", "rev": 1}, {"answer"}),
        ({"answer": "a", "rev": 1}, {"answer"}),
        (None, {"body"}),
        ([], {"body"}),
        ("A", {"body"}),
    ],
)
def test_a_body_that_does_not_fit_names_its_fields(learner, attempt, right, body, fields):
    answer = put(learner, attempt, next(iter(right)), body)
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_input"
    assert set(answer.json["fields"]) == fields


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"answer": NaN}', b"[" * 5000])
def test_a_body_that_is_no_json_is_refused(learner, attempt, right, raw):
    answer = learner.put(
        f"/api/v1/attempts/{attempt}/responses/{next(iter(right))}",
        data=raw,
        content_type="application/json",
    )
    assert answer.status_code == 422


def test_two_answers_to_a_question_with_one_are_refused(learner, attempt, right, database):
    single = next(question for question, letters in right.items() if len(letters) == 1)
    answer = put(learner, attempt, single, {"answer": ["A", "B"], "rev": 1})
    assert answer.json["fields"]["answer"]["code"] == "answer_not_one"
    with database.snapshot() as session:
        assert session.scalar(select(Response)) is None


def test_a_question_of_another_attempt_is_not_found(learner, attempt, database):
    with database.transaction() as session:
        other = make_taker(session)
        foreign = make_attempt(session, other)
        ids = list(right_letters(session, foreign))
    for question in (*ids, 999_999, 10**30):
        assert put(learner, attempt, question, {"answer": "A", "rev": 1}).status_code == 404


# -------------------------------------------------------------------- hand in


def test_a_hand_in_answers_with_the_grade(learner, attempt, right):
    for number, (question, letters) in enumerate(right.items()):
        chosen = letters if number < 3 else wrong_letters(letters)
        put(learner, attempt, question, {"answer": list(chosen), "rev": 1})
    answer = learner.post(f"/api/v1/attempts/{attempt}/submit")
    assert answer.status_code == 200
    assert set(answer.json) == RESULT
    assert answer.json["state"] == "submitted"
    assert (answer.json["points"], answer.json["max_points"]) == (3, 5)
    assert (answer.json["percent"], answer.json["passed"]) == (60, True)
    assert answer.json == learner.get(f"/api/v1/attempts/{attempt}").json


def test_a_second_hand_in_is_told_the_result_of_the_first(learner, attempt):
    learner.post(f"/api/v1/attempts/{attempt}/submit")
    again = learner.post(f"/api/v1/attempts/{attempt}/submit")
    assert (again.status_code, again.json["code"]) == (409, "attempt_already_submitted")
    assert again.json["detail"] == "这份卷子交过了，没过：5 题答对 0 题。"


def test_after_the_hand_in_no_answer_changes(learner, attempt, right):
    learner.post(f"/api/v1/attempts/{attempt}/submit")
    answer = put(learner, attempt, next(iter(right)), {"answer": "A", "rev": 99})
    assert (answer.status_code, answer.json["code"]) == (409, "attempt_closed")


def test_too_late_answers_are_refused_and_the_kept_ones_are_graded(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=600)
        row = make_attempt(session, taker)
        answer_some(session, taker, row, right=5)
        asked = session.scalar(select(Response.question_id))
    client = browser_of(taker.token)
    run_out_of_time(database, row.id)
    late = put(client, row.id, asked, {"answer": "A", "rev": 9})
    assert (late.status_code, late.json["code"]) == (409, "attempt_time_up")
    assert late.json["detail"] == "时间到了。到点前存好的答案都在，照样算分。"
    answer = client.post(f"/api/v1/attempts/{row.id}/submit")
    assert (answer.status_code, answer.json["state"]) == (200, "expired")
    assert (answer.json["percent"], answer.json["passed"]) == (100, True)


def test_reading_an_abandoned_attempt_finds_it_graded(browser_of, database):
    with database.transaction() as session:
        taker = make_taker(session, time_limit_s=600)
        row = make_attempt(session, taker)
        answer_some(session, taker, row, right=1)
    run_out_of_time(database, row.id)
    read = browser_of(taker.token).get(f"/api/v1/attempts/{row.id}").json
    assert (read["state"], read["points"], read["percent"]) == ("expired", 1, 20)


# ------------------------------------------------------------------ strangers


def test_a_stranger_learns_nothing_not_even_that_there_is_something(stranger, attempt, right):
    asked = next(iter(right))
    for there, nowhere in ((attempt, 999_999), (attempt, 10**30)):
        for method, rest, body in (
            ("GET", "", None),
            ("POST", "/submit", None),
            ("PUT", f"/responses/{asked}", {"answer": "A", "rev": 1}),
        ):
            answers = [
                stranger.open(f"/api/v1/attempts/{which}{rest}", method=method, json=body)
                for which in (there, nowhere)
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].json == answers[1].json


def test_a_visitor_is_refused(client, attempt):
    assert client.get(f"/api/v1/attempts/{attempt}").status_code == 401
    assert client.post(f"/api/v1/attempts/{attempt}/submit").status_code == 401


def test_nothing_changes_by_following_a_link_or_without_the_token(learner, attempt, right):
    assert learner.get(f"/api/v1/attempts/{attempt}/submit").status_code == 405
    assert learner.post(f"/api/v1/attempts/{attempt}/submit", csrf=False).status_code == 400
    address = f"/api/v1/attempts/{attempt}/responses/{next(iter(right))}"
    assert learner.put(address, json={"answer": "A", "rev": 1}, csrf=False).status_code == 400
    assert learner.get(f"/api/v1/attempts/{attempt}").json["state"] == "open"
