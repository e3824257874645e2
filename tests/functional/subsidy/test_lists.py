"""Lists of the bureau: looked at first, then all of it or nothing; nobody by name or number."""

import codecs
import io
import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import queries as accounts
from lms.db.base import Base
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy import service
from lms.subsidy.models import EligibilityDue, FactList, FactListDraft, LearnerFact
from lms.subsidy.service import lists
from tests.factories.accounts import make_person
from tests.factories.identity import make_identity
from tests.factories.sheets import CARDS, HEADING, workbook
from tests.factories.sheets import text as csv_of
from tests.factories.subsidy import Subsidised
from tests.functional.subsidy.desks import open_desk
from tests.support.site import Client

PLACE = "/staff/facts/lists"


@pytest.fixture
def desk(app: Flask, database: Database, own: Subsidised) -> Client:
    return open_desk(app, database)[0]


@pytest.fixture
def card(app: Flask, database: Database, own: Subsidised) -> str:
    """The learner's own number, as it is kept of people who said theirs."""
    with database.transaction() as session:
        make_identity(session, own.person, app.extensions["lms_keys"], number=CARDS[0])
    return CARDS[0]


def send(desk: Client, data: bytes, name: str = "list.xlsx", **form: str):
    sent = {
        "kind": "registered_unemployed",
        "county": "330822",
        "title": "2026 年 4 月失业登记",
        "as_of": "2026-04-01",
        "list": (io.BytesIO(data), name),
        **form,
    }
    return desk.post(PLACE, data=sent)


def taken(desk: Client, data: bytes, **form: str) -> None:
    """Send a list, look at it and take it in."""
    place = send(desk, data, **form).headers["Location"]
    page = desk.get(place).text
    digest = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert digest, page
    assert desk.post(place, data={"sha256": digest[1]}).headers["Location"] == PLACE


def facts(database: Database) -> list[LearnerFact]:
    with database.snapshot() as session:
        rows = select(LearnerFact).where(LearnerFact.source == "import").order_by(LearnerFact.id)
        return list(session.scalars(rows))


def verdict(client: Client, clause: str) -> str:
    clauses = client.get("/api/v1/me/eligibility").json["items"][0]["clauses"]
    return next(each["verdict"] for each in clauses if each["id"] == clause)


@pytest.mark.usefixtures("card")
def test_a_list_is_looked_at_before_anything_is_written(
    desk: Client, learner: Client, own: Subsidised, database: Database
) -> None:
    rows = [[1, "林秀芳", CARDS[0], ""], [2, "王五", CARDS[1], ""]]
    place = send(desk, workbook(rows)).headers["Location"]
    page = desk.get(place).text
    assert facts(database) == []
    assert CARDS[0] not in page
    assert CARDS[1] not in page
    assert "王五" not in page
    taken(desk, workbook(rows))
    [fact] = facts(database)
    assert (fact.person_id, fact.key, fact.value) == (
        own.person.id,
        "groups",
        ["registered_unemployed"],
    )
    assert fact.valid_from.isoformat() == "2026-04-01"
    with database.snapshot() as session:
        row = session.scalars(select(FactList)).one()
        assert (row.rows, row.matched, row.is_complete, row.id) == (2, 1, False, fact.import_id)
        assert own.person.id in session.scalars(select(EligibilityDue.person_id)).all()
    assert verdict(learner, "GROUP") == "pass"
    assert "2026-04-01 的名单" in re.sub("<[^>]*>", "", learner.get("/me/subsidy").text)


@pytest.mark.usefixtures("card")
def test_no_number_of_a_card_is_kept_anywhere(
    desk: Client, own: Subsidised, database: Database, settings: Settings
) -> None:
    send(desk, csv_of([[1, "林秀芳", CARDS[0], ""]], heading=HEADING).encode(), "a.csv")
    taken(desk, csv_of([[1, "林秀芳", CARDS[0], ""], [2, "", CARDS[1], ""]]).encode())
    with database.engine.connect() as connection:
        tables = (
            *("learner_fact", "fact_list", "fact_list_draft", "audit_entry", "evidence"),
            *("external_certificate", "certificate_entry", "promise", "eligibility_due"),
        )
        dump = json.dumps(
            [
                [str(v) for v in row]
                for t in tables
                for row in connection.execute(select(Base.metadata.tables[t]))
            ]
        )
    assert "registered_unemployed" in dump
    for card in CARDS:
        assert card not in dump
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    drafts = [path for path in files if path.parent.name == "fact_list_draft"]
    # The one looked at lies sealed, the one taken in is gone.
    assert len(drafts) == 1
    assert CARDS[0].encode() not in drafts[0].read_bytes()


def test_people_are_found_by_phone_and_name_within_the_county(
    desk: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        away = make_person(session, name="赵六", county_code="330881")
    rows = [
        [1, "林秀芳", "", own.person.phone],
        [2, "赵六", "", away.phone],
        [3, "别的名字", "", "13900000001"],
    ]
    taken(desk, workbook(rows), kind="pension")
    assert [(row.person_id, row.key, row.value) for row in facts(database)] == [
        (own.person.id, "receiving_pension", True)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_as_offices_save_it(
    desk: Client, own: Subsidised, database: Database, encoding: str
) -> None:
    data = csv_of([[1, "林秀芳", "", own.person.phone]]).encode(encoding)
    taken(desk, data, kind="public_staff")
    assert [row.value for row in facts(database)] == [True]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, "林秀芳", '=HYPERLINK("http://x","y")', ""], "有公式"),
        ([1, "林秀芳", 330802199001010002, ""], "改成了小数"),
        ([1, "林秀芳", "3.30802E+17", ""], "改成了小数"),
        ([1, "林秀芳", "330802199001010003", ""], "身份证号不对"),
        ([1, "林秀芳", "330802199002300001", ""], "身份证号不对"),
        ([1, "<script>alert(1)</script>", "", "12"], "手机号"),
        ([1, "+cmd|' /C calc'!A0", "", "13900000001"], "有公式"),
        ([1, "林秀芳", "", ""], "认不出是谁"),
    ],
)
def test_a_bad_row_is_named_by_its_number_and_nothing_is_taken_in(
    desk: Client, own: Subsidised, database: Database, row: list[object], said: str
) -> None:
    good = [2, "林秀芳", "", own.person.phone]
    place = send(desk, workbook([good, row])).headers["Location"]
    page = desk.get(place).text
    assert "第 3 行" in page
    assert said in page
    assert "<script>alert" not in page
    assert 'name="sha256"' not in page
    with database.snapshot() as session:
        digest = session.scalars(select(FactListDraft.sha256)).one()
    desk.post(place, data={"sha256": digest})
    assert facts(database) == []
    assert "一行也没有收" in desk.get(place).text


@pytest.mark.usefixtures("card")
def test_who_stands_twice_is_named_by_row_only(
    desk: Client, own: Subsidised, database: Database
) -> None:
    rows = [
        [1, "林秀芳", CARDS[0], ""],
        [2, "林秀芳", f" {CARDS[0][:6]} {CARDS[0][6:]}", ""],
        [3, "林秀芳", "", own.person.phone],
    ]
    page = desk.get(send(desk, workbook(rows)).headers["Location"]).text
    assert "第 3 行" in page
    assert "第 4 行" in page
    assert page.count("和第 2 行重复") == 2
    assert CARDS[0] not in page


def test_the_same_list_is_not_taken_in_twice(
    desk: Client, own: Subsidised, database: Database
) -> None:
    data = workbook([[1, "林秀芳", "", own.person.phone]])
    first = send(desk, data).headers["Location"]
    taken(desk, data)
    answer = send(desk, data)
    assert answer.status_code == 409
    assert "收过了" in answer.text
    assert "周敏" in answer.text
    # The one that was looked at before is refused as well.
    with database.snapshot() as session:
        waiting = FactListDraft.taken_in_at.is_(None)
        digest = session.scalars(select(FactListDraft.sha256).where(waiting)).one()
    assert desk.post(first, data={"sha256": digest}).headers["Location"] == first
    assert len(facts(database)) == 1


def test_only_what_was_looked_at_is_taken_in(
    desk: Client, own: Subsidised, database: Database, app: Flask
) -> None:
    place = send(desk, workbook([[1, "林秀芳", "", own.person.phone]])).headers["Location"]
    assert desk.post(place, data={"sha256": "0" * 64}).status_code == 409
    # Somebody else of the same county finds nothing there.
    other = open_desk(app, database)[0]
    assert other.get(place).status_code == 404
    assert other.post(place, data={"sha256": "0" * 64}).status_code == 404
    assert other.post(f"{place}/drop").status_code == 404
    assert facts(database) == []
    assert desk.post(f"{place}/drop").headers["Location"] == PLACE
    assert desk.get(place).status_code == 404


def test_other_counties_and_learners_are_refused(
    app: Flask, desk: Client, learner: Client, database: Database, own: Subsidised
) -> None:
    stranger = open_desk(app, database, county="330881")[0]
    data = workbook([[1, "林秀芳", "", own.person.phone]])
    assert send(stranger, data).status_code == 422
    assert learner.get(PLACE).status_code == 403
    assert send(learner, data).status_code == 403
    assert send(desk, data, as_of="2199-01-01").status_code == 422
    assert send(desk, data, kind="salary").status_code == 422
    assert facts(database) == []


def test_nobody_takes_facts_in_about_oneself(
    app: Flask, database: Database, own: Subsidised
) -> None:
    desk, person_id = open_desk(app, database)
    with database.snapshot() as session:
        phone = accounts.person(session, person_id).phone
    rows = [[1, "周敏", "", phone], [2, "林秀芳", "", own.person.phone]]
    page = desk.get(send(desk, workbook(rows)).headers["Location"]).text
    assert "您自己也在名单上" in page
    taken(desk, workbook(rows))
    assert [row.person_id for row in facts(database)] == [own.person.id]


def test_a_failure_in_the_middle_leaves_nothing(
    desk: Client, own: Subsidised, database: Database, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    place = send(desk, workbook([[1, "林秀芳", "", own.person.phone]])).headers["Location"]
    with database.snapshot() as session:
        digest = session.scalars(select(FactListDraft.sha256)).one()

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("the line went")

    monkeypatch.setattr(lists, "mark_many", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert desk.post(place, data={"sha256": digest}).status_code == 500
    assert facts(database) == []
    with database.snapshot() as session:
        assert session.scalars(select(FactList)).all() == []


def test_a_list_nobody_took_in_is_forgotten(
    desk: Client, own: Subsidised, database: Database
) -> None:
    send(desk, workbook([[1, "林秀芳", "", own.person.phone]]))
    with database.transaction() as session:
        at = session.scalars(select(FactListDraft.sent_at)).one()
        service.forget_drafts(session, now=at.replace(year=at.year + 1))
    with database.snapshot() as session:
        assert session.scalars(select(FactListDraft)).all() == []


def test_the_bom_is_no_part_of_the_heading(desk: Client, own: Subsidised) -> None:
    data = codecs.BOM_UTF8 + "身份证号码\r\n330802199001010002\r\n".encode()
    assert "1" in desk.get(send(desk, data, "a.csv").headers["Location"]).text
