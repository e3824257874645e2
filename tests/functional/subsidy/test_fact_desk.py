"""The desk of facts: confirm, correct, undo; within one's county, never about oneself."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Role
from lms.db.session import Database
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.models import Evidence, LearnerFact
from tests.factories.subsidy import Subsidised, make_fact
from tests.functional.subsidy.desks import PDF, open_desk, sent
from tests.support.site import Client

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def desk(app: Flask, database: Database, own: Subsidised) -> Client:
    return open_desk(app, database, county=own.person.county_code)[0]


def rows(database: Database, own: Subsidised, key: FactKey) -> list[LearnerFact]:
    with database.snapshot() as session:
        found = select(LearnerFact).where(
            LearnerFact.person_id == own.person.id, LearnerFact.key == key
        )
        return list(session.scalars(found.order_by(LearnerFact.id)))


def declare(learner: Client, step: str, **form: str) -> None:
    learner.post("/me/facts/promise")
    assert learner.post(f"/me/facts/{step}", data=form).status_code == 303


def test_what_was_said_is_confirmed_by_a_row_of_its_own(
    desk: Client, learner: Client, own: Subsidised, database: Database
) -> None:
    declare(learner, "group", group="hardship")
    place = f"/staff/people/{own.person.id}/facts"
    page = desk.get(place).text
    assert "本人说的" in page
    assert desk.post(f"{place}/groups", data={"action": "confirm"}).status_code == 303
    said, checked = rows(database, own, FactKey.GROUPS)
    assert (said.source, checked.source) == ("declared", "staff")
    assert (checked.value, checked.valid_from) == (["hardship"], said.valid_from)
    # Done twice there is nothing left to confirm.
    desk.post(f"{place}/groups", data={"action": "confirm"})
    assert len(rows(database, own, FactKey.GROUPS)) == 2
    assert "没有要确认的" in desk.get(place).text


def test_a_paper_stands_behind_what_was_confirmed_and_only_ones_own(
    app: Flask, desk: Client, learner: Client, own: Subsidised, database: Database
) -> None:
    declare(learner, "group", group="hardship")
    learner.post("/me/papers", data={"kind": "groups", "paper": sent(PDF)})
    place = f"/staff/people/{own.person.id}"
    desk.post(f"{place}/papers", data={"kind": "groups", "paper": sent(PDF)})
    _, other_id = open_desk(app, database)
    desk.post(f"/staff/people/{other_id}/papers", data={"kind": "groups", "paper": sent(PDF)})
    with database.snapshot() as session:
        papers = session.scalars(select(Evidence).order_by(Evidence.uploaded_at)).all()
    assert [paper.person_id for paper in papers] == [own.person.id, own.person.id, other_id]
    form = {"action": "confirm", "evidence": papers[2].id}
    desk.post(f"{place}/facts/groups", data=form)
    assert len(rows(database, own, FactKey.GROUPS)) == 1
    desk.post(f"{place}/facts/groups", data={**form, "evidence": papers[1].id})
    checked = rows(database, own, FactKey.GROUPS)[1]
    assert (checked.source, checked.evidence_id) == ("document", papers[1].id)
    page = desk.get(f"{place}/facts").text
    assert f"{place}/papers/{papers[1].id}" in page


def test_a_correction_needs_a_reason_and_leaves_no_value_in_the_log(
    desk: Client, own: Subsidised, database: Database
) -> None:
    place = f"/staff/people/{own.person.id}/facts/receiving_pension"
    desk.post(place, data={"action": "correct", "answer": "yes"})
    assert rows(database, own, FactKey.RECEIVING_PENSION) == []
    form = {"action": "correct", "answer": "yes", "reason": HOSTILE, "since": "2026-04-01"}
    desk.post("/staff/people/0/facts/receiving_pension", data=form)
    # She is 37: nobody draws a pension that early.
    desk.post(place, data=form)
    assert rows(database, own, FactKey.RECEIVING_PENSION) == []
    page = desk.get(f"/staff/people/{own.person.id}/facts").text
    assert "不可能同时成立" in page
    desk.post(place, data={**form, "answer": "no"})
    [row] = rows(database, own, FactKey.RECEIVING_PENSION)
    assert (row.value, row.source, row.note) == (False, "staff", HOSTILE)
    page = desk.get(f"/staff/people/{own.person.id}/facts").text
    assert HOSTILE not in page
    assert "&lt;script&gt;alert" in page
    with database.snapshot() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "fact.corrected")
        ).one()
    assert entry.subject == f"person:{own.person.id}"
    assert set(entry.details) == {"key", "fact", "source", "why"}


def test_what_excludes_each_other_is_refused_with_both_named(
    desk: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.GROUPS, ["registered_unemployed"])
    place = f"/staff/people/{own.person.id}/facts"
    form = {"action": "correct", "answer": "yes", "reason": "名单"}
    desk.post(f"{place}/public_staff", data=form)
    assert rows(database, own, FactKey.PUBLIC_STAFF) == []
    said = desk.get(place).text
    assert "在编" in said
    assert "失业" in said


def test_nobody_knows_any_more_makes_it_unknown_again(
    desk: Client, own: Subsidised, learner: Client, database: Database
) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.PUBLIC_STAFF, value=False)
    form = {"action": "unknown", "reason": "弄错了人"}
    desk.post(f"/staff/people/{own.person.id}/facts/public_staff", data=form)
    assert rows(database, own, FactKey.PUBLIC_STAFF)[-1].value is None
    items = learner.get("/api/v1/me/eligibility").json["items"][0]["clauses"]
    assert next(each for each in items if each["id"] == "NOT_STAFF")["verdict"] == "unknown"


def test_earlier_subsidies_are_typed_one_by_one(
    desk: Client, own: Subsidised, learner: Client, database: Database
) -> None:
    place = f"/staff/people/{own.person.id}/facts/past_subsidies"
    form = {
        "action": "correct",
        "kind": "training",
        "occupation": "4-01-06-02",
        "work_type": "直播销售员",
        "level": "5",
        "status": "paid",
        "paid_to": "person",
        "date": "2025-03-01",
        "amount": "600.5",
        "reason": "台账",
    }
    desk.post(place, data={**form, "amount": "-1"})
    assert rows(database, own, FactKey.PAST_SUBSIDIES) == []
    desk.post(place, data=form)
    [row] = rows(database, own, FactKey.PAST_SUBSIDIES)
    assert row.value == [
        {
            "kind": "training",
            "occupation": "4-01-06-02",
            "work_type": "直播销售员",
            "level": 5,
            "status": "paid",
            "paid_to": "person",
            "amount_fen": 60_050,
            "date": "2025-03-01",
        }
    ]
    clauses = learner.get("/api/v1/me/eligibility").json["items"][0]["clauses"]
    verdicts = {each["id"]: each["verdict"] for each in clauses}
    assert (verdicts["ONCE"], verdicts["CAP_TOTAL"]) == ("fail", "pass")
    desk.post(place, data={"action": "correct", "drop": "0", "reason": "别人的", "kind": "x"})
    assert rows(database, own, FactKey.PAST_SUBSIDIES)[-1].value == []


def test_another_county_finds_nobody_and_others_may_not(
    app: Flask, own: Subsidised, learner: Client, database: Database
) -> None:
    place = f"/staff/people/{own.person.id}"
    stranger = open_desk(app, database, county="330881")[0]
    reader = open_desk(app, database, role=Role.SUPERVISOR)[0]
    for client, read, written in ((stranger, 404, 404), (learner, 403, 403), (reader, 200, 403)):
        assert client.get(f"{place}/facts").status_code == read
        form = {"action": "unknown", "reason": "x"}
        for path in ("facts/groups", "papers", "certificates/1"):
            assert client.post(f"{place}/{path}", data=form).status_code == written
    assert rows(database, own, FactKey.GROUPS) == []


def test_nobody_writes_about_oneself(app: Flask, database: Database, own: Subsidised) -> None:
    desk, person_id = open_desk(app, database)
    place = f"/staff/people/{person_id}/facts"
    assert 'value="correct"' not in desk.get(place).text
    form = {"action": "correct", "answer": "no", "reason": "x"}
    assert desk.post(f"{place}/public_staff", data=form).status_code == 403
    assert desk.post(f"/staff/people/{person_id}/papers").status_code == 403


@pytest.mark.parametrize("key", ["consent", "sex", "nothing", "real_name_verified"])
def test_what_is_not_for_the_desk_is_not_there(desk: Client, own: Subsidised, key: str) -> None:
    form = {"action": "correct", "answer": "yes", "reason": "x"}
    assert desk.post(f"/staff/people/{own.person.id}/facts/{key}", data=form).status_code == 404
