"""Rosters at the desk: sent with the papers' word, looked at, taken in as shown; strangers 404."""

import io
import json
import os
import re
import time

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Consent, Person
from lms.core.access import Role, Scope, ScopeKind
from lms.db.base import Base
from lms.db.session import now
from lms.enrollment.domain import ClassState
from lms.enrollment.models import Enrollment
from lms.staff.models import RosterDraft
from lms.staff.service import forget_drafts
from lms.staff.tasks import SweepRosters
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class
from tests.factories.roster import NEIGHBOUR
from tests.factories.rosters import card, line, roster, roster_csv
from tests.support.site import Client

PLACE = "/staff/people/import"


@pytest.fixture
def desk(open_desk) -> Client:
    return open_desk()


@pytest.fixture
def own_class(small, database):
    with database.transaction() as session:
        return make_class(session, small.course, title="<b>秋季</b>班", capacity=5)


def send(desk, data, name="花名册.xlsx", **form):
    sent = {"county": "330822", "agreed": "1", "sensitive": "1", **form}
    kept = {key: value for key, value in sent.items() if value}
    return desk.post(PLACE, data={**kept, "list": (io.BytesIO(data), name)})


def hidden(page):
    return dict(re.findall(r'name="(sha256|seen)" value="([0-9a-f]{64})"', page))


def take(desk, place):
    return desk.post(place, data={**hidden(desk.get(place).text), "papers": "1"})


def plain(page):
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def count(database, model, *where):
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def newcomers(database):
    return count(database, Person, Person.name.like("学员%"))


@pytest.mark.parametrize(("made", "name"), [(roster, "花名册.xlsx"), (roster_csv, "花名册.csv")])
def test_a_roster_is_looked_at_and_then_taken_into_the_class(desk, database, own_class, made, name):
    form = desk.get(f"{PLACE}?class={own_class.id}").text
    assert f'<option value="{own_class.id}" selected>' in form
    answer = send(desk, made(line(1), line(2)), name, **{"class": str(own_class.id)})
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "新学员" in page
    assert "&lt;b&gt;秋季&lt;/b&gt;班" in page
    assert card(1) not in page
    assert "13900000001" not in page
    assert newcomers(database) == 0
    taken = take(desk, answer.location)
    assert taken.location == f"/staff/classes/{own_class.id}"
    assert "已导入：新学员 2 人，原有学员入班 0 人。" in desk.get(taken.location).text
    assert newcomers(database) == 2
    assert count(database, Enrollment, Enrollment.training_class_id == own_class.id) == 2
    with database.snapshot() as session:
        networks = set(session.scalars(select(Consent.network)))
    assert networks == {"127.0.0.0/24"}


def test_without_a_class_people_are_there_to_be_found(desk, database):
    answer = send(desk, roster(line(1, card="")), sensitive="")
    assert take(desk, answer.location).location == "/staff/people"
    assert "学员1" in desk.get("/staff/people?q=学员1").text
    assert count(database, Consent, Consent.subject == "sensitive") == 0


@pytest.mark.parametrize("missing", ["agreed", "sensitive"])
def test_without_the_word_on_the_papers_nothing_is_kept(desk, database, settings, missing):
    answer = send(desk, roster(line(1)), **{missing: ""})
    assert answer.status_code == 422
    assert f'id="{missing}-e"' in answer.text
    assert count(database, RosterDraft) == 0
    assert not list(settings.data_dir.glob("roster_draft/*"))


def test_rows_with_a_fault_are_named_by_their_number_alone(desk, database):
    with database.transaction() as session:
        make_person(session, name="王五", phone="13900000002", county_code=NEIGHBOUR)
    rows = [line(1, phone="1390000000"), line(2), line(3, name="=HYPERLINK(1)"), line(4)]
    answer = send(desk, roster(*rows))
    page = desk.get(answer.location).text
    said = plain(page)
    assert "第 2 行 已输入 10 位" in said or "第 2 行" in said
    assert "第 3 行 这个手机号或身份证号在这里不能用。请本人带身份证来办。" in said
    assert "第 4 行" in said
    assert "王五" not in page
    assert "HYPERLINK" not in page
    assert hidden(page) == {}
    assert desk.post(answer.location, data={"sha256": "0" * 64}).status_code == 303
    assert newcomers(database) == 0


def test_hostile_names_stand_as_they_are(desk):
    name = "<img src=x onerror=alert(1)>"
    rows = roster(line(1, name=name, town="<script>"))
    answer = send(desk, rows, name="<script>\u202e.xlsx")
    assert answer.status_code == 303, plain(answer.text)
    page = desk.get(answer.location).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert page.count("&lt;script&gt;") == 2
    assert "\u202e" not in page


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", b"\x00\x01\x02", "姓名\n林秀芳\n".encode()]
)
def test_a_file_that_is_no_roster_is_told_at_once(desk, database, data):
    answer = send(desk, data)
    assert answer.status_code == 422
    assert 'id="list-e"' in answer.text
    assert count(database, RosterDraft) == 0


@pytest.mark.parametrize(
    ("name", "value"), [("county", NEIGHBOUR), ("county", "x"), ("class", "99999")]
)
def test_only_the_actors_own_places_are_taken(desk, database, name, value):
    answer = send(desk, roster(line(1)), **{name: value})
    assert answer.status_code in (404, 422)
    assert count(database, RosterDraft) == 0


def test_a_class_of_another_county_is_refused(open_desk, small, database):
    everywhere = open_desk(scope=Scope(ScopeKind.PLATFORM))
    with database.transaction() as session:
        away = make_class(session, small.course, county_code=NEIGHBOUR)
    answer = send(everywhere, roster(line(1)), **{"class": str(away.id)})
    assert answer.status_code == 422
    assert "别的县" in answer.text


def test_a_class_that_is_over_takes_nobody(desk, small, database):
    with database.transaction() as session:
        over = make_class(session, small.course, title="旧班", state=ClassState.ENDED)
    answer = send(desk, roster(line(1)), **{"class": str(over.id)})
    page = desk.get(answer.location).text
    assert hidden(page) == {}
    assert f"/staff/people/import?class={over.id}" not in desk.get(f"/staff/classes/{over.id}").text


def test_strangers_find_no_draft(desk, open_desk, database):
    place = send(desk, roster(line(1))).location
    for other in (open_desk(), open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR))):
        assert other.get(place).status_code == 404
        assert other.post(place).status_code == 404
        assert other.post(f"{place}/drop").status_code == 404
    assert open_desk(Role.MENTOR).get(PLACE).status_code == 403
    assert open_desk(Role.SUPERVISOR).post(PLACE).status_code == 403
    assert desk.get(place).status_code == 200
    assert newcomers(database) == 0


def test_only_what_was_looked_at_is_taken_in(desk, database):
    place = send(desk, roster(line(1))).location
    other = {**hidden(desk.get(place).text), "sha256": "0" * 64, "papers": "1"}
    assert desk.post(place, data=other).location == place
    assert newcomers(database) == 0
    shown = {**hidden(desk.get(place).text), "papers": "1"}
    with database.transaction() as session:
        make_person(session, name="学员1", phone="13900000001")
    answer = desk.post(place, data=shown)
    assert answer.location == place
    assert "第 2 行的人在您上传后刚来过这里" in desk.get(place).text
    assert newcomers(database) == 1
    assert take(desk, place).location == "/staff/people"
    assert newcomers(database) == 1


def test_numbers_lie_sealed_and_go_with_the_draft(desk, database, settings):
    place = send(desk, roster_csv(line(1)), "a.csv").location
    [file] = settings.data_dir.glob("roster_draft/*")
    assert card(1).encode() not in file.read_bytes()
    desk.post(f"{place}/drop")
    assert not file.exists()
    assert desk.get(place).status_code == 404
    take(desk, send(desk, roster_csv(line(1)), "a.csv").location)
    assert not list(settings.data_dir.glob("roster_draft/*"))
    with database.engine.connect() as connection:
        tables = ("identity", "audit_entry", "roster_draft", "learner_fact", "job")
        kept = [
            [str(value) for value in row]
            for name in tables
            for row in connection.execute(select(Base.metadata.tables[name]))
        ]
    assert card(1) not in json.dumps(kept)


def test_what_nobody_takes_in_is_forgotten_after_a_day(desk, database, settings):
    send(desk, roster(line(1)))
    [file] = settings.data_dir.glob("roster_draft/*")
    old = time.time() - 2 * 60 * 60
    os.utime(file, (old, old))
    SweepRosters()(database, settings)
    assert file.exists()
    with database.transaction() as session:
        row = session.scalars(select(RosterDraft)).one()
        row.sent_at = row.sent_at.replace(year=row.sent_at.year - 1)
    SweepRosters()(database, settings)
    assert not file.exists()
    with database.transaction() as session:
        forget_drafts(session, now=now(session))
        assert session.scalars(select(RosterDraft)).all() == []
