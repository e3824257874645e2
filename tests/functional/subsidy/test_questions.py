"""The learner's questions: promise first, each answer kept at once, nothing asked twice."""

from sqlalchemy import select

from lms.db.session import Database
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.models import LearnerFact, Promise
from tests.factories.subsidy import Subsidised, make_fact
from tests.support.site import Client


def promised(learner: Client) -> Client:
    assert learner.post("/me/facts/promise").status_code == 303
    return learner


def said(database: Database, own: Subsidised) -> list[tuple[str, object, str, str]]:
    with database.snapshot() as session:
        rows = session.scalars(
            select(LearnerFact)
            .where(LearnerFact.person_id == own.person.id, LearnerFact.source == "declared")
            .order_by(LearnerFact.id)
        )
        return [(row.key, row.value, row.source, row.valid_from.isoformat()) for row in rows]


def test_nobody_is_asked_before_the_promise(
    learner: Client, own: Subsidised, database: Database
) -> None:
    assert learner.get("/me/facts/group").headers["Location"] == "/me/facts/promise"
    refused = learner.post("/me/facts/staff", data={"answer": "no"})
    assert refused.headers["Location"] == "/me/facts/promise"
    assert said(database, own) == []
    page = learner.get("/me/facts/promise").text
    assert "退回" in page
    assert promised(learner).post("/me/facts/promise").headers["Location"] == "/me/facts/group"
    with database.snapshot() as session:
        kept = session.scalars(select(Promise)).all()
    assert [(row.person_id, row.text_version, row.address) for row in kept] == [
        (own.person.id, "1", "127.0.0.0/24")
    ]


def test_answers_are_kept_at_once_for_the_day_training_began(
    learner: Client, own: Subsidised, database: Database
) -> None:
    promised(learner)
    page = learner.get("/me/facts/group").text
    assert "2026-05-01" in page
    answer = learner.post("/me/facts/group", data={"group": ["rural_transfer", "hardship"]})
    assert answer.headers["Location"] == "/me/facts/ties"
    tie = {"kind": "hukou", "county": "330822"}
    assert learner.post("/me/facts/ties", data=tie).headers["Location"] == "/me/facts/ties"
    assert "常山" in learner.get("/me/facts/ties").text
    for step in ("staff", "pension", "student"):
        learner.post(f"/me/facts/{step}", data={"answer": "no"})
    last = learner.post("/me/facts/funding", data={"answer": "unknown"})
    assert last.headers["Location"] == "/me/facts"
    day = "2026-05-01"
    assert said(database, own) == [
        ("groups", ["hardship", "rural_transfer"], "declared", day),
        ("ties", [{"kind": "hukou", "code": "330822"}], "declared", day),
        ("public_staff", False, "declared", day),
        ("receiving_pension", False, "declared", day),
        ("full_time_student", False, "declared", day),
        ("other_public_source", None, "declared", day),
    ]
    overview = learner.get("/me/facts").text
    assert "还没核对" in overview
    meter = learner.get("/me/subsidy").text
    assert "还没核对" in meter


def test_the_same_answer_again_writes_nothing(
    learner: Client, own: Subsidised, database: Database
) -> None:
    promised(learner)
    for answer in ("yes", "yes", "no"):
        learner.post("/me/facts/staff", data={"answer": answer})
    assert [value for _, value, _, _ in said(database, own)] == [True, False]


def test_what_was_checked_is_shown_and_not_asked(
    learner: Client, own: Subsidised, database: Database
) -> None:
    promised(learner)
    learner.post("/me/facts/staff", data={"answer": "yes"})
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.PUBLIC_STAFF, value=False)
    page = learner.get("/me/facts/staff").text
    assert 'value="yes"' not in page
    assert "12333" in page
    assert "您说的是“是”" in page
    assert "您说的是“是”" in learner.get("/me/facts").text
    row = next(
        each
        for each in learner.get("/api/v1/me/eligibility").json["items"][0]["clauses"]
        if each["id"] == "NOT_STAFF"
    )
    assert row["verdict"] == "pass"


def test_a_wrong_answer_is_told_and_what_was_said_is_kept(
    learner: Client, own: Subsidised, database: Database
) -> None:
    promised(learner)
    learner.post("/me/facts/ties", data={"kind": "hukou", "county": "330822"})
    for step, form in (
        ("group", {}),
        ("group", {"group": "full_time_mother"}),
        ("ties", {"kind": "hukou", "county": "<script>"}),
        ("staff", {"answer": "perhaps"}),
        ("staff", {}),
    ):
        answer = learner.post(f"/me/facts/{step}", data=form)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "<script>" not in answer.text.split("</head>")[1].split('src="')[0]
    assert len(said(database, own)) == 1
    learner.post("/me/facts/ties", data={"drop": "hukou.330822"})
    assert said(database, own)[-1][1] == []


def test_a_visitor_is_led_to_the_door(client: Client) -> None:
    for address in ("/me/facts", "/me/facts/group", "/me/certificates", "/me/papers/x"):
        assert "/sign-in" in client.get(address).headers["Location"]
