"""The call ``/api/v1/me/eligibility``: every clause with its reason and a next step."""

from datetime import date

from lms.db.session import Database, now
from lms.subsidy import service
from lms.subsidy.gateway import shelf
from tests.factories.subsidy import Subsidised, make_watched
from tests.support.site import Client


def test_the_answer_lists_programmes_with_every_clause(learner: Client) -> None:
    answer = learner.get("/api/v1/me/eligibility").json
    assert answer["next"] is None
    first, second = answer["items"]
    assert {key: first[key] for key in first if key not in ("title", "clauses")} == {
        "programme": "anchor-l5",
        "policy": "qz-demo",
        "version": "2.0",
        "status": "demo",
        "outcome": "not_eligible",
        "amount_fen": 60_000,
        "currency": "CNY",
        "payable": True,
        "decision": None,
        "decided_at": None,
    }
    assert (second["programme"], second["payable"]) == ("demo-intro", False)
    assert len(first["clauses"]) == 19
    by_id = {clause["id"]: clause for clause in first["clauses"]}
    assert by_id["HOURS"] == {
        "id": "HOURS",
        "verdict": "fail",
        "reason": "too_few",
        "title": "学满 24 学时",
        "message": "还差 24 学时，已有 0 学时。",
        "next_step": "接着学，真正看过的每一分钟都算。",
    }
    assert by_id["WINDOW"]["verdict"] == "not_applicable"
    assert by_id["AGE"]["next_step"] is None
    assert by_id["GROUP"]["verdict"] == "unknown"
    assert by_id["GROUP"]["next_step"]


def test_words_come_in_the_language_asked_for(learner: Client) -> None:
    answer = learner.get("/api/v1/me/eligibility?lang=en").json
    clauses = {clause["id"]: clause for clause in answer["items"][0]["clauses"]}
    assert clauses["ATTENDANCE"]["title"] == "80% of the lessons done"
    assert clauses["ATTENDANCE"]["message"] == "0 of 2 lessons done so far."


def test_numbers_are_those_of_now_and_the_day_that_of_the_decision(
    learner: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        at = now(session)
        service.decide_people(session, people=[own.person.id], shelf=shelf(), now=at)
        make_watched(session, own, "A02/text", minutes=9, day=date(2026, 5, 2).isoformat())
    first = learner.get("/api/v1/me/eligibility").json["items"][0]
    assert first["decided_at"].startswith(f"{at:%Y-%m-%dT%H:%M}")
    assert next(c for c in first["clauses"] if c["id"] == "HOURS")["message"] == (
        "还差 23.8 学时，已有 0.2 学时。"
    )


def test_who_is_not_signed_in_gets_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/me/eligibility")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
