"""A roster brings particulars: gaps are filled, what stands stays, and the preview says so."""

import io
import re

import pytest
from sqlalchemy import select

from lms.accounts.models import Particulars, Person
from lms.audit.models import AuditEntry
from lms.db.session import now
from tests.factories.accounts import make_person
from tests.factories.rosters import ROSTER, line
from tests.factories.sheets import workbook

PLACE = "/staff/people/import"
HEADING = [*ROSTER, "文化程度", "家庭地址", "户籍所在地"]


@pytest.fixture
def desk(open_desk):
    return open_desk()


@pytest.fixture
def known(database):
    """Somebody of the list of whom something stands already."""
    with database.transaction() as session:
        person = make_person(session, name="学员1", phone="13900000001")
        own = {"person_id": person.id, "written_by_id": person.id, "written_at": now(session)}
        session.add(Particulars(**own, education="初中"))
        return person


def send(desk, *rows):
    data = {"county": "330822", "agreed": "1", "sensitive": "1"}
    file = (io.BytesIO(workbook(rows, heading=HEADING)), "花名册.xlsx")
    return desk.post(PLACE, data={**data, "list": file}).location


def row(number, *said):
    return [*line(number, card=""), *said]


def hidden(page):
    return dict(re.findall(r'name="(sha256|seen)" value="([0-9a-f]{64})"', page))


def kept(database):
    with database.snapshot() as session:
        rows = session.execute(
            select(Person.phone, Particulars).join(Particulars, Particulars.person_id == Person.id)
        )
        return {phone: (own.education, own.address, own.hukou_place) for phone, own in rows}


def test_what_is_missing_is_written_down_and_what_stands_stays(desk, database, known):
    rows = (row(1, "本科", "前庄村", "常山县"), row(2, "大专", "", ""), row(3, "", "", ""))
    place = send(desk, *rows)
    page = desk.get(place).text
    assert "将填写 2 人的花名册信息。原有人员只补空缺" in page
    assert "第 2 行与系统里已填的信息不同，系统里的不改" in page
    assert kept(database) == {"13900000001": ("初中", None, None)}
    desk.post(place, data={**hidden(page), "papers": "1"})
    assert kept(database) == {
        "13900000001": ("初中", "前庄村", "常山县"),
        "13900000002": ("大专", None, None),
    }
    with database.snapshot() as session:
        taken = select(AuditEntry.details).where(AuditEntry.action == "people.taken_in")
        said = session.scalars(taken).one()
    assert (said["particulars"], said["fields"]) == (2, "education,hukou_code,address")


def test_what_is_filled_in_meanwhile_stops_the_list(desk, database, known):
    place = send(desk, row(1, "", "前庄村", ""))
    shown = hidden(desk.get(place).text)
    with database.transaction() as session:
        session.get_one(Particulars, known.id).address = "后庄村"
    assert desk.post(place, data={**shown, "papers": "1"}).location == place
    assert kept(database) == {"13900000001": ("初中", "后庄村", None)}


def test_a_wrong_word_is_named_by_its_row_and_keeps_everybody_out(desk, database):
    place = send(desk, row(1, "初中", "", ""), row(2, "高小", "=1+1", ""), row(3, "高小", "", ""))
    page = desk.get(place).text
    said = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert (
        "第 4 行 “文化程度”列：请从中选填：小学及以下、初中、高中(中专)、大专、本科、研究生。"
        in said
    )
    assert "第 3 行" in said
    assert hidden(page) == {}
    assert kept(database) == {}
