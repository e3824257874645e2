"""Classes at the desk: plan, states, sessions, people, instructors; strangers find nothing."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select

from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.models import ClassSession, Enrollment, TrainingClass
from lms.enrollment.service import wait
from lms.progress.queries import totals_of
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.roster import MINUTE, NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.integration.enrollment.test_seats import NOW, make_actor
from tests.support.site import Client


@dataclass
class Scene:
    """A class of the small county with a member who studied, and another class of the course."""

    class_id: int
    other_id: int
    member: int
    person: int

    @property
    def at(self) -> str:
        return f"/staff/classes/{self.class_id}"

    @property
    def at_member(self) -> str:
        return f"{self.at}/people/{self.member}"


@pytest.fixture
def scene(small: Small, database: Database) -> Scene:
    with database.transaction() as session:
        row = make_class(session, small.course, title="秋季一班", capacity=1)
        other = make_class(session, small.course, title="冬季班")
        person = make_person(session, name="吴春燕")
        member = make_enrollment(
            session,
            course=small.course,
            person=person,
            training_class_id=row.id,
            credited={"A01/text": 45 * MINUTE},
        )
        return Scene(row.id, other.id, member.id, person.id)


def plan(**changes: str) -> dict[str, str]:
    return {
        "title": "2026乡播学堂直播销售员五级01",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-20",
        "host_kind": "institution",
        "capacity": "30",
        "theory": "24",
        "practice": "96",
    } | changes


def of_class(database: Database, class_id: int) -> TrainingClass:
    with database.snapshot() as session:
        return session.get_one(TrainingClass, class_id)


def test_the_list_shows_the_county_s_classes_and_narrows_them(
    open_desk: OpenDesk, scene: Scene
) -> None:
    desk = open_desk()
    page = desk.get("/staff/classes").text
    assert "秋季一班" in page
    assert "冬季班" in page
    assert "1 / 1" in page
    found = desk.get("/staff/classes?q=冬&state=open").text
    assert "冬季班" in found
    assert "秋季一班" not in found
    assert "这里没有班" in desk.get("/staff/classes?state=ended").text
    assert desk.get("/staff/classes?state=x").status_code == 422


def test_the_list_is_paged(open_desk: OpenDesk, scene: Scene) -> None:
    first = open_desk().get("/staff/classes?limit=1").text
    assert "冬季班" in first
    assert f"after={scene.other_id}" in first
    second = open_desk().get(f"/staff/classes?limit=1&after={scene.other_id}").text
    assert "秋季一班" in second
    assert f"before={scene.class_id}" in second


def test_a_class_is_planned_filed_opened_and_each_step_is_written_down(
    open_desk: OpenDesk, scene: Scene, small: Small, database: Database
) -> None:
    desk, slug = open_desk(), small.course.course.slug
    form = desk.get(f"/staff/classes/new?course={slug}").text
    assert "03" in form.split('name="title"')[1][:120]
    sent = plan(course=slug, county="330822", filing_no="常人社培 2026-17")
    made = desk.post("/staff/classes/new", data=sent).location
    class_id = int(made.rsplit("/", 1)[1])
    row = of_class(database, class_id)
    assert (row.state, row.capacity, row.theory_minutes, row.practice_minutes) == (
        *("draft", 30),
        *(24 * 45, 96 * 45),
    )
    for state in ("filed", "open"):
        assert desk.post(f"{made}/state", data={"state": state}).status_code == 302
    assert of_class(database, class_id).state == "open"
    refused = desk.post(f"{made}/state", data={"state": "draft"})
    assert refused.status_code == 409
    assert "班期现在不能改成这个状态" in refused.text
    with database.snapshot() as session:
        acts = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == f"class:{class_id}")
        ).all()
    assert acts == ["class.drafted", "class.moved_on", "class.moved_on"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": "2026-11-30"}, "不能早于"),
        ({"title": ""}, "标红"),
        ({"capacity": "0"}, "1 到 10000"),
        ({"host_kind": "enterprise", "host_name": "常山面业"}, "信用代码"),
        ({"host_uscc": "91330822MA000000X1"}, "信用代码不对"),
        ({"host_kind": "cloud"}, "请选一个"),
    ],
)
def test_a_plan_that_does_not_fit_is_shown_again(
    changes: dict[str, str], said: str, open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    answer = open_desk().post(f"{scene.at}/plan", data=plan(**changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert of_class(database, scene.class_id).title == "秋季一班"


def test_more_seats_reach_who_waits(open_desk: OpenDesk, scene: Scene, database: Database) -> None:
    with database.transaction() as session:
        waiter = make_actor(session, name="方小琴")
        row = session.get_one(TrainingClass, scene.class_id)
        wait(session, actor=waiter, training_class=row, price_fen=0, now=NOW)
    desk = open_desk()
    assert "方小琴" in desk.get(scene.at).text
    assert desk.post(f"{scene.at}/plan", data=plan(capacity="2")).status_code == 302
    with database.snapshot() as session:
        found = select(Enrollment.training_class_id).where(Enrollment.person_id == waiter.person_id)
        assert session.scalar(found) == scene.class_id


def test_the_page_shows_hours_on_line_and_in_person(open_desk: OpenDesk, scene: Scene) -> None:
    page = open_desk().get(scene.at).text
    assert "吴春燕" in page
    assert 'data-l="线上学时">1.0<' in page
    assert 'data-l="线下学时">0.0<' in page


def test_going_to_another_class_keeps_the_hours(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    def verified() -> int:
        with database.snapshot() as session:
            course_id = session.get_one(Enrollment, scene.member).course_id
            return totals_of(session, scene.person)[0].of_course(course_id)

    before = verified()
    answer = open_desk().post(f"{scene.at_member}/transfer", data={"class": scene.other_id})
    assert answer.location == f"/staff/classes/{scene.other_id}"
    assert verified() == before == 45 * MINUTE
    assert "吴春燕" in open_desk().get(answer.location).text


def test_leaving_needs_a_reason_and_frees_the_seat(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk = open_desk()
    assert desk.post(f"{scene.at_member}/withdraw", data={}).status_code == 422
    desk.post(f"{scene.at_member}/withdraw", data={"reason": "搬走了"})
    with database.snapshot() as session:
        assert session.get_one(Enrollment, scene.member).status == "withdrawn"
    again = desk.post(f"{scene.at_member}/withdraw", data={"reason": "搬走了"})
    assert again.status_code == 409


def test_a_session_is_planned_on_the_clock_of_the_wall(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    sent = {
        "title": "田头试播",
        "kind": "practice",
        "day": "2026-12-02",
        "from": "08:30",
        "until": "11:30",
        "place": "村委会二楼",
        "required": "1",
    }
    desk = open_desk()
    assert desk.post(f"{scene.at}/sessions", data=sent).status_code == 302
    with database.snapshot() as session:
        [row] = session.scalars(select(ClassSession))
    assert (row.number, row.held_on, row.starts_at.hour, row.state) == (
        *(1, date(2026, 12, 2), 0),
        "planned",
    )
    assert "08:30–11:30" in desk.get(scene.at).text
    wrong = desk.post(f"{scene.at}/sessions", data=sent | {"until": "08:00"})
    assert wrong.status_code == 422
    assert "下课时间不能早于上课时间" in wrong.text


def test_a_teacher_is_named_and_reaches_this_class_alone(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    with database.transaction() as session:
        person = make_person(session, name="徐老师", phone="13811112222")
    desk = open_desk()
    assert desk.post(f"{scene.at}/instructors", data={"phone": "138"}).status_code == 422
    unknown = desk.post(f"{scene.at}/instructors", data={"phone": "13899990000"})
    assert "还没登录过" in unknown.text
    desk.post(f"{scene.at}/instructors", data={"phone": "138 1111 2222"})
    assert "徐老师" in desk.get(scene.at).text
    with database.snapshot() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)).one()
    assert (grant.role, grant.scope_kind, grant.scope_id) == (
        *("instructor", "class"),
        str(scene.class_id),
    )
    desk.post(f"{scene.at}/instructors/{grant.id}/remove")
    assert "徐老师" not in desk.get(scene.at).text


def test_an_instructor_of_a_class_sees_it_and_no_other(open_desk: OpenDesk, scene: Scene) -> None:
    teacher: Client = open_desk(
        Role.INSTRUCTOR, Scope(ScopeKind.CLASS, str(scene.class_id)), name="徐老师"
    )
    page = teacher.get("/staff/classes")
    assert "秋季一班" in page.text
    assert "冬季班" not in page.text
    assert teacher.get(scene.at).status_code == 200
    assert teacher.get(f"/staff/classes/{scene.other_id}").status_code == 404
    assert teacher.post(f"{scene.at}/state", data={"state": "ended"}).status_code == 403
    assert teacher.get(scene.at_member).status_code == 403


PATHS = ("", "/plan", "/people/{member}")
POSTS = ("/plan", "/state", "/sessions", "/instructors", "/people/{member}/withdraw")


def test_a_neighbour_and_a_learner_find_nothing(
    open_desk: OpenDesk, scene: Scene, client: Client
) -> None:
    neighbour = open_desk(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    for path in PATHS:
        assert neighbour.get(scene.at + path.format(member=scene.member)).status_code == 404
    sent = plan(reason="x", state="ended", phone="13811112222", kind="theory")
    for path in POSTS:
        answer = neighbour.post(scene.at + path.format(member=scene.member), data=sent)
        assert answer.status_code == 404, path
    assert "秋季一班" not in neighbour.get("/staff/classes").text
    moved = neighbour.post(f"{scene.at_member}/transfer", data={"class": scene.other_id})
    assert moved.status_code == 404
    assert client.get(scene.at).status_code == 302


def test_somebody_of_another_class_is_not_moved_from_here(
    open_desk: OpenDesk, scene: Scene, database: Database, small: Small
) -> None:
    assert open_desk().get(f"{scene.at}/people/{small.half.id}").status_code == 404
    with database.transaction() as session:
        row = session.get_one(TrainingClass, scene.other_id)
        row.state = "ended"
    answer = open_desk().post(f"{scene.at_member}/transfer", data={"class": scene.other_id})
    assert answer.status_code == 409
