"""Versions of a course at the desk: who has which, the preview, the move, classes, strangers."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.models import Enrollment, TrainingClass
from lms.jobs.models import Job
from tests.factories.catalog import MadeCourse, lesson, make_revision, reading
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.roster import NEIGHBOUR, Small
from tests.support.site import Client, Jobs
from tests.support.statements import assert_few_statements


@dataclass
class Scene:
    """The small county's course with a newer version, and a class on the older one."""

    slug: str
    new: MadeCourse
    half: int
    training_class: int
    member: int

    def at(self, rest: str = "") -> str:
        return f"/staff/courses/{self.slug}/versions{rest}"


@pytest.fixture
def scene(small: Small, database: Database) -> Scene:
    with database.transaction() as session:
        training_class = make_class(session, small.course, title="秋季一班")
        member = make_enrollment(session, course=small.course, training_class_id=training_class.id)
        new = make_revision(
            session,
            small.course.course,
            lessons=[
                lesson("A01", reading(minutes=50)),
                lesson("A07", reading(minutes=2), title={"zh": "选对农产品"}),
            ],
        )
        return Scene(*(small.course.course.slug, new, small.half.id), training_class.id, member.id)


def pinned(database: Database, enrollment_id: int) -> int:
    with database.snapshot() as session:
        return session.get_one(Enrollment, enrollment_id).revision_id


def test_the_page_says_who_has_which_version(open_desk, scene: Scene) -> None:
    text = open_desk().get(scene.at()).text
    rows = [" ".join(row.split()) for row in text.split("<tbody>")[1].split("<tr>")[1:]]
    assert len(rows) == 3
    assert "第 2 版" in rows[0]
    assert "已发布" in rows[0]
    assert "不在班里" in rows[1]
    assert 'data-l="在学">1<' in rows[1]
    assert 'data-l="已结业">1<' in rows[1]
    assert "秋季一班" in rows[2]
    assert 'data-l="在学">1<' in rows[2]
    assert text.count("换到第 2 版") == 2


def test_the_preview_says_what_changes_and_moves_nobody(
    open_desk, scene: Scene, database: Database
) -> None:
    before = pinned(database, scene.half)
    text = open_desk().get(scene.at("/move?from=1")).text
    assert "1 人从第 1 版换到第 2 版" in text
    assert "选对农产品" in text
    assert "第 A04 课" in text
    assert "学完的步骤还算学完" in text
    assert pinned(database, scene.half) == before


def test_confirming_moves_them_by_a_job(
    open_desk, scene: Scene, database: Database, run_jobs: Jobs
) -> None:
    desk = open_desk()
    answer = desk.post(scene.at("/move"), data={"from": 1, "version": 2})
    assert answer.location == scene.at()
    assert "正在换到第 2 版" in desk.get(scene.at()).text
    run_jobs()
    assert pinned(database, scene.half) == scene.new.revision.id
    assert "已换到第 2 版：1 人" in desk.get(scene.at()).text
    assert pinned(database, scene.member) != scene.new.revision.id


def test_a_class_is_moved_with_its_people(
    open_desk, scene: Scene, database: Database, run_jobs: Jobs
) -> None:
    desk = open_desk()
    assert "秋季一班" in desk.get(scene.at(f"/move?class={scene.training_class}")).text
    desk.post(scene.at("/move"), data={"class": scene.training_class, "version": 2})
    run_jobs()
    assert pinned(database, scene.member) == scene.new.revision.id
    assert pinned(database, scene.half) != scene.new.revision.id


def test_one_learner_is_moved_from_their_own_page(
    open_desk, scene: Scene, small: Small, database: Database, run_jobs: Jobs
) -> None:
    desk = open_desk()
    page = desk.get(f"/staff/learners/{small.half.person_id}").text
    preview = scene.at(f"/move?enrollment={scene.half}")
    assert preview in page
    assert "占小燕" in desk.get(preview).text
    desk.post(scene.at("/move"), data={"enrollment": scene.half, "version": 2})
    run_jobs()
    assert pinned(database, scene.half) == scene.new.revision.id
    assert preview not in desk.get(f"/staff/learners/{small.half.person_id}").text


def test_a_move_is_stopped_from_the_page(
    open_desk, scene: Scene, database: Database, run_jobs: Jobs
) -> None:
    desk = open_desk()
    desk.post(scene.at("/move"), data={"from": 1, "version": 2})
    with database.snapshot() as session:
        job_id = session.scalars(select(Job.id)).one()
    assert desk.post(scene.at(f"/moves/{job_id}/stop")).location == scene.at()
    run_jobs()
    assert pinned(database, scene.half) != scene.new.revision.id
    assert "换版停了" in desk.get(scene.at()).text


def test_a_version_published_meanwhile_moves_nobody(
    open_desk, scene: Scene, small: Small, database: Database
) -> None:
    with database.transaction() as session:
        make_revision(session, small.course.course)
    answer = open_desk().post(scene.at("/move"), data={"from": 1, "version": 2})
    assert answer.status_code == 409
    assert "刚刚又发布了一个新版本" in answer.text


@pytest.mark.parametrize(
    "query", ["", "?from=1&class=1", "?from=x", "?class=99999999999999999999", "?enrollment=-1"]
)
def test_a_group_that_is_none_is_told_so(open_desk, scene: Scene, query: str) -> None:
    assert open_desk().get(scene.at(f"/move{query}")).status_code == 422


@pytest.mark.parametrize("query", ["?from=77", "?class=4711", "?enrollment=4711"])
def test_a_group_there_is_not_is_not_found(open_desk, scene: Scene, query: str) -> None:
    assert open_desk().get(scene.at(f"/move{query}")).status_code == 404


def test_another_county_finds_neither_the_class_nor_its_people(
    open_desk, scene: Scene, small: Small, database: Database, run_jobs: Jobs
) -> None:
    """The course is theirs too, for somebody of theirs takes it; what is not theirs is not."""
    desk = open_desk(county_code=NEIGHBOUR)
    text = desk.get(scene.at()).text
    assert "秋季一班" not in text
    assert desk.get(scene.at(f"/move?class={scene.training_class}")).status_code == 404
    assert desk.get(scene.at(f"/move?enrollment={scene.half}")).status_code == 404
    sent = {"class": scene.training_class, "version": 2}
    assert desk.post(scene.at("/move"), data=sent).status_code == 404
    assert pinned(database, scene.member) != scene.new.revision.id


@pytest.mark.parametrize("rest", ["", "/move?from=1"])
def test_a_course_out_of_reach_is_not_found(open_desk, rest: str) -> None:
    assert open_desk().get(f"/staff/courses/nobodys/versions{rest}").status_code == 404


def test_a_stranger_of_another_institution_does_not_find_the_course(
    open_desk, scene: Scene
) -> None:
    desk = open_desk(scope=Scope(ScopeKind.INSTITUTION, "4711"))
    assert desk.get(scene.at()).status_code == 404


def test_a_supervisor_reads_and_moves_nobody(open_desk, scene: Scene) -> None:
    desk = open_desk(Role.SUPERVISOR)
    text = desk.get(scene.at()).text
    assert "秋季一班" in text
    assert "换到第 2 版" not in text
    assert "开一个班" not in text
    assert desk.get(scene.at("/move?from=1")).status_code == 403
    assert desk.post(scene.at("/move"), data={"from": 1, "version": 2}).status_code == 403


def test_a_learner_has_no_business_here(client: Client, scene: Scene) -> None:
    assert client.get(scene.at()).status_code == 302


def test_a_class_is_opened_on_the_published_version(
    open_desk, scene: Scene, database: Database
) -> None:
    sent = {"title": "冬季班", "county": "330822", "starts_on": "2026-12-01"}
    answer = open_desk().post(f"/staff/courses/{scene.slug}/classes", data=sent)
    assert answer.location == scene.at()
    with database.snapshot() as session:
        newest = session.scalars(select(TrainingClass).order_by(TrainingClass.id.desc())).first()
    assert newest is not None
    assert (newest.title, newest.state) == ("冬季班", "open")
    assert newest.revision_id == scene.new.revision.id


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"title": ""}, "请填写这一项"),
        ({"starts_on": "morgen"}, "2026-05-31"),
        ({"ends_on": "2026-11-01"}, "最后一天不能早于第一天"),
        ({"county": NEIGHBOUR}, "请选您管的一个县"),
        ({"title": "x" * 81}, ""),
    ],
)
def test_a_class_that_is_none_is_not_opened(
    change: dict[str, str], named: str, open_desk, scene: Scene, database: Database
) -> None:
    sent = {"title": "冬季班", "county": "330822", "starts_on": "2026-12-01"} | change
    answer = open_desk().post(f"/staff/courses/{scene.slug}/classes", data=sent)
    assert answer.status_code == 422
    assert named in answer.text
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(TrainingClass)) == 1


def test_an_institutions_own_administrator_opens_classes_where_it_is(
    open_desk, scene: Scene, small: Small
) -> None:
    institution = str(small.course.course.institution_id)
    desk = open_desk(scope=Scope(ScopeKind.INSTITUTION, institution))
    assert "开一个班" in desk.get(scene.at()).text


def test_the_page_asks_few_statements(open_desk, scene: Scene, database: Database) -> None:
    assert_few_statements(open_desk(), database, scene.at())


def test_completions_of_a_course_lead_here(open_desk, scene: Scene) -> None:
    desk = open_desk()
    assert scene.at() in desk.get(f"/staff/completions?course={scene.slug}").text
    assert scene.at() not in desk.get("/staff/completions").text


def test_everything_is_there_in_english(open_desk, scene: Scene) -> None:
    desk = open_desk()
    assert "Who has which version" in desk.get(scene.at("?lang=en")).text
    assert "What they keep" in desk.get(scene.at("/move?from=1&lang=en")).text
