"""The list of courses, the new course and the outline."""

import pytest
from sqlalchemy import select

from lms.catalog.models import Course
from lms.core.access import Role
from lms.db.session import Database
from tests.factories.catalog import both, make_course
from tests.functional.studio.conftest import COURSE, SLUG, OpenAs
from tests.support.site import Client

# ------------------------------------------------------------------------ the list


@pytest.mark.usefixtures("published")
def test_the_list_shows_own_courses_with_their_state(
    instructor: Client, database: Database
) -> None:
    with database.transaction() as session:
        make_course(session, title=both("别人的课"))

    page = instructor.get("/studio").text

    assert "播手工面" in page
    assert "已发布" in page
    assert "别人的课" not in page


def test_an_instructor_without_courses_is_told_what_to_do(instructor: Client) -> None:
    assert "您还没有课程" in instructor.get("/studio").text


@pytest.mark.parametrize("path", ["/studio", "/studio/courses/new", COURSE])
def test_visitors_sign_in_first(path: str, client: Client) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.SUPERVISOR, Role.MENTOR])
@pytest.mark.usefixtures("published")
def test_other_roles_have_no_studio(role: Role | None, open_as: OpenAs) -> None:
    browser = open_as(role)

    assert browser.get("/studio").status_code == 403
    assert browser.get(COURSE).status_code == 403
    assert browser.post(f"{COURSE}/draft").status_code == 403


# ------------------------------------------------------------------- a new course


def new_course(**changes: str) -> dict[str, str]:
    values = {"slug": "tea", "title_zh": "播茶叶", "title_en": "", "institution": "village-school"}
    return {**values, **changes}


def test_a_new_course_opens_with_what_it_lacks(instructor: Client) -> None:
    answer = instructor.post("/studio/courses/new", data=new_course(), follow_redirects=True)

    assert answer.request.path == "/studio/courses/tea"
    assert "播茶叶" in answer.text
    assert "发布前还差 2 项" in answer.text


@pytest.mark.usefixtures("draft")
def test_what_was_typed_stays_when_the_address_is_taken(instructor: Client) -> None:
    answer = instructor.post("/studio/courses/new", data=new_course(slug=SLUG))

    assert answer.status_code == 422
    assert "别的课程用了这个网址" in answer.text
    assert 'value="播茶叶"' in answer.text


def test_a_malformed_course_is_refused(instructor: Client, database: Database) -> None:
    for data in ({}, new_course(slug="../x"), new_course(institution="xx"), {"slug": "x" * 5000}):
        assert instructor.post("/studio/courses/new", data=data).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(Course)).all() == []


@pytest.mark.usefixtures("draft")
def test_nobody_starts_a_course_in_anothers_institution(stranger: Client) -> None:
    assert stranger.post("/studio/courses/new", data=new_course()).status_code == 422
