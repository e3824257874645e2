"""Particulars at the people desk: administrators edit, supervisors read, others see nothing."""

import pytest

from lms.accounts.models import Particulars
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import now
from tests.factories.accounts import make_person
from tests.factories.roster import NEIGHBOUR

ADDRESS = "芳村镇前庄村 8 号"


@pytest.fixture
def villager(database, small):
    with database.transaction() as session:
        person = make_person(session, name="欧阳兰")
        own = {"person_id": person.id, "written_by_id": person.id, "written_at": now(session)}
        session.add(Particulars(**own, address=ADDRESS, education="初中"))
        return person


def row(database, villager):
    with database.snapshot() as session:
        return session.get_one(Particulars, villager.id)


def test_an_administrator_reads_and_edits_what_was_sent_alone(open_desk, database, villager):
    desk, place = open_desk(), f"/staff/people/{villager.id}"
    assert f'value="{ADDRESS}"' in desk.get(place).text
    answer = desk.post(f"{place}/particulars", data={"ethnicity": "畲族", "education": ""})
    assert answer.location == place
    found = row(database, villager)
    assert (found.ethnicity, found.education, found.address) == ("畲族", None, ADDRESS)
    assert "由周敏最后修改" in desk.get(place).text
    wrong = desk.post(f"{place}/particulars", data={"hukou_code": "33 常山"})
    assert wrong.status_code == 422
    assert 'id="hukou_code-fault"' in wrong.text
    assert 'value="33 常山"' in wrong.text


def test_a_supervisor_reads_and_a_mentor_sees_none_of_it(open_desk, villager):
    place = f"/staff/people/{villager.id}"
    watching = open_desk(Role.SUPERVISOR)
    shown = watching.get(place).text
    assert ADDRESS in shown
    assert 'name="education"' not in shown
    assert watching.post(f"{place}/particulars", data={"education": "本科"}).status_code == 403
    helping = open_desk(Role.MENTOR)
    helped = helping.get(place).text
    assert ADDRESS not in helped
    assert "花名册信息" not in helped
    assert helping.post(f"{place}/particulars", data={"education": "本科"}).status_code == 403


def test_of_another_county_nobody_is_there(open_desk, database, villager):
    desk = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR), county_code=NEIGHBOUR)
    place = f"/staff/people/{villager.id}/particulars"
    assert desk.post(place, data={"education": "本科"}).status_code == 404
    assert desk.post(place, data={"hukou_code": "33"}).status_code == 404
    assert row(database, villager).education == "初中"
