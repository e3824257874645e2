"""Who supervises reads classes, sessions and who was there, and is offered nothing to change."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.enrollment.service import wait
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.factories.roster import MINUTE, NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.integration.enrollment.test_seats import NOW, make_actor
from tests.support.site import Client
from tests.support.statements import assert_few_statements

LIST = "/staff/classes"
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="(/staff[^"]+)"')
_ARGUMENT = re.compile(r"<int\([^)]*\):(\w+)>")


@dataclass
class Scene:
    """A full class with a teacher, somebody who waits, and a session at which the door is open."""

    class_id: int
    session_id: int
    people: list[int]
    member: int
    other_id: int

    @property
    def at(self) -> str:
        return f"{LIST}/{self.class_id}"

    @property
    def at_session(self) -> str:
        return f"/staff/sessions/{self.session_id}"


@pytest.fixture
def scene(small: Small, database: Database) -> Scene:
    with database.transaction() as session:
        row = make_class(session, small.course, title="秋季一班", capacity=2)
        members = [
            make_enrollment(
                session,
                course=small.course,
                person=make_person(session, name=name),
                training_class_id=row.id,
                credited={"A01/text": 45 * MINUTE},
            )
            for name in ("吴春燕", "郑爱仙")
        ]
        begins = utc_now().replace(second=0, microsecond=0) - timedelta(minutes=1)
        held = make_session(session, row, starts_at=begins)
        teacher = make_person(session, name="徐老师")
        make_grant(session, teacher, Role.INSTRUCTOR, Scope(ScopeKind.CLASS, str(row.id)))
        waiter = make_actor(session, name="方小琴")
        wait(session, actor=waiter, training_class=row, price_fen=0, now=NOW)
        other = make_class(session, small.course, title="冬季班")
        people = [each.person_id for each in members]
        return Scene(row.id, held.id, people, members[0].id, other.id)


def marked(desk: Client, scene: Scene) -> None:
    """Write everybody of the class down as present."""
    sent = {"who": scene.people, "status": "present"}
    assert desk.post(f"{scene.at_session}/marks", data=sent).status_code == 302


def test_a_supervisor_reads_the_class_and_is_offered_nothing(
    open_desk: OpenDesk, scene: Scene
) -> None:
    marked(open_desk(), scene)
    desk = open_desk(Role.SUPERVISOR)
    board, page, held = (desk.get(at).text for at in (LIST, scene.at, scene.at_session))
    assert "秋季一班" in board
    for words in ("吴春燕", "郑爱仙", "方小琴", "徐老师", "田头试播", "2 / 2"):
        assert words in page
    assert held.count("到了<") == 2
    assert held.count('<span class="n">2.6</span>') == 2
    for shown in (board, page, held):
        assert f'href="{LIST}"' in shown
        assert _FORM.findall(shown) == []
        for words in ("checkbox", f"{LIST}/new", f"{scene.at}/p", "/door", "/staff/people/import"):
            assert words not in shown, words


def test_an_administrator_is_offered_all_of_it(open_desk: OpenDesk, scene: Scene) -> None:
    desk = open_desk()
    marked(desk, scene)
    board, page, held = (desk.get(at).text for at in (LIST, scene.at, scene.at_session))
    assert f"{LIST}/new" in board
    for words in (
        "/plan",
        f"/people/{scene.member}",
        f"/staff/people/import?class={scene.class_id}",
    ):
        assert words in page
    taken = [each.rpartition("/")[2] for each in _FORM.findall(page)]
    assert {"state", "sessions", "remove", "instructors"} <= set(taken)
    assert f"{scene.at_session}/door" in held
    taken = [each.rpartition("/")[2] for each in _FORM.findall(held)]
    assert taken == ["marks", "plan", "state"]
    assert held.count("checkbox") == 3


def changing(app: Flask, scene: Scene) -> list[str]:
    """Return every address of classes and sessions that changes something."""
    ids = {
        "training_class_id": scene.class_id,
        "class_session_id": scene.session_id,
        "enrollment_id": scene.member,
    }
    return [
        _ARGUMENT.sub(lambda found: str(ids.get(found[1], 1)), rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith((LIST, "/staff/sessions")) and "POST" in (rule.methods or ())
    ]


def test_a_supervisor_changes_nothing(app: Flask, open_desk: OpenDesk, scene: Scene) -> None:
    desk, paths = open_desk(Role.SUPERVISOR), changing(app, scene)
    assert len(paths) >= 10
    assert {desk.post(path, data={}).status_code for path in paths} == {403}
    for path in (f"{LIST}/new", f"{scene.at}/plan", f"{scene.at}/people/{scene.member}"):
        assert desk.get(path).status_code == 403
    for path in ("door", "door.svg"):
        assert desk.get(f"{scene.at_session}/{path}").status_code == 403


def test_a_supervisor_of_another_county_finds_nothing(open_desk: OpenDesk, scene: Scene) -> None:
    desk = open_desk(Role.SUPERVISOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    assert "秋季一班" not in desk.get(LIST).text
    assert desk.get(scene.at).status_code == 404
    assert desk.get(scene.at_session).status_code == 404


def test_what_may_be_done_is_asked_of_this_class(
    app: Flask, open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    """Who supervises the county and teaches one class changes that one alone."""
    with database.transaction() as session:
        person = make_person(session)
        make_grant(session, person, Role.SUPERVISOR, Scope(ScopeKind.COUNTY, person.county_code))
        make_grant(session, person, Role.INSTRUCTOR, Scope(ScopeKind.CLASS, str(scene.other_id)))
    desk = app.test_client()
    sign_in(desk, person)
    taught = desk.get(f"{LIST}/{scene.other_id}").text
    assert _FORM.findall(taught) == [f"{LIST}/{scene.other_id}/sessions"]
    for at in (scene.at, scene.at_session):
        assert _FORM.findall(desk.get(at).text) == []
    sent = {"who": scene.people, "status": "present"}
    assert desk.post(f"{scene.at_session}/marks", data=sent).status_code == 404
    assert desk.get(f"{scene.at_session}/door").status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_the_pages_stay_within_their_statements(
    open_desk: OpenDesk, scene: Scene, database: Database, role: Role
) -> None:
    desk = open_desk(role)
    marked(open_desk(), scene)
    for at in (LIST, scene.at, scene.at_session):
        assert_few_statements(desk, database, at)
    if role is Role.ADMINISTRATOR:
        assert_few_statements(desk, database, f"{scene.at}/people/{scene.member}")
        assert_few_statements(desk, database, f"{scene.at_session}/door")
