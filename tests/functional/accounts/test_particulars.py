"""/me/particulars: what lists ask, all optional, said by oneself; locked while a proof is owed."""

import json

import pytest
from sqlalchemy import select, update

from lms.accounts.models import Particulars, Person
from lms.audit.models import AuditEntry
from lms.core.clock import utc_now
from tests.factories.accounts import sign_in

PLACE = "/me/particulars"
SAID = {
    "education": "初中",
    "hukou_code": "330822 浙江省常山县",
    "address": "=cmd|' /C calc'!A0 🏠",
    "employer": "无",
    "insured": "否",
}


@pytest.fixture
def browser(client, learner):
    sign_in(client, learner, confirmed_at=utc_now())
    return client


def row(database, learner):
    with database.snapshot() as session:
        return session.get(Particulars, learner.id)


def acts(database):
    with database.snapshot() as session:
        wanted = AuditEntry.action == "particulars.written"
        return session.scalars(select(AuditEntry.details).where(wanted)).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_linked_from_me_and_asks_everything_but_the_people_one_belongs_to(browser, language):
    assert f'href="{PLACE}"' in browser.get(f"/me?lang={language}").text
    page = browser.get(PLACE).text
    assert 'name="education"' in page
    assert 'name="ethnicity"' not in page
    assert "required" not in page


def test_what_is_said_is_kept_as_typed_and_named_in_the_audit_by_field_alone(
    browser, database, learner
):
    answer = browser.post(PLACE, data=SAID)
    assert answer.location == PLACE
    found = row(database, learner)
    assert (found.hukou_code, found.hukou_place) == ("330822", "浙江省常山县")
    assert (found.address, found.written_by_id) == (SAID["address"], learner.id)
    page = browser.get(PLACE).text
    assert 'value="330822 浙江省常山县"' in page
    assert '<option value="初中" selected>' in page
    assert acts(database) == [{"fields": "education,hukou_code,address,employer,insured"}]
    data = json.loads(browser.get("/me/data.json").text)
    assert [each["address"] for each in data["particulars"]] == [SAID["address"]]
    # The same again changes nothing; all of it emptied leaves nothing.
    browser.post(PLACE, data=SAID)
    assert len(acts(database)) == 1
    browser.post(PLACE, data=dict.fromkeys(SAID, " "))
    assert row(database, learner) is None
    assert len(acts(database)) == 2


def test_what_the_office_entered_stands_and_is_shown(browser, database, learner):
    with database.transaction() as session:
        own = {"person_id": learner.id, "written_by_id": learner.id}
        session.add(Particulars(**own, ethnicity="畲族", written_at=utc_now()))
    browser.post(PLACE, data={"education": "大专", "ethnicity": "汉族"})
    found = row(database, learner)
    assert (found.education, found.ethnicity) == ("大专", "畲族")
    assert "畲族" in browser.get(PLACE).text


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("hukou_code", "33082 常山"),
        ("address", "长" * 101),
        ("education", "<script>alert(1)</script>"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_nothing_typed_is_lost(
    browser, database, learner, key, typed
):
    answer = browser.post(PLACE, data={**SAID, key: typed})
    assert answer.status_code == 422
    assert f'id="{key}-fault"' in answer.text
    assert 'value="无"' in answer.text
    assert "<script>alert" not in answer.text
    assert row(database, learner) is None


def test_whoever_still_owes_a_proof_reads_and_writes_nothing(browser, database, learner):
    browser.post(PLACE, data=SAID)
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == learner.id).values(held_at=utc_now()))
    page = browser.get(PLACE).text
    assert "浙江省常山县" not in page
    assert 'name="education"' not in page
    assert browser.post(PLACE, data={"education": "本科"}).status_code == 409
    assert row(database, learner).education == "初中"
