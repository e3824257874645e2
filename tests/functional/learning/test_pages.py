"""Home, menu, course, record and "me", as visitor, learner and stranger."""

import pytest

from lms.core.access import Role
from lms.db.session import Database
from tests.factories.accounts import make_staff, sign_in
from tests.functional.learning.conftest import School
from tests.support.site import Client
from tests.support.statements import assert_cheap


def test_a_visitor_sees_what_the_site_is_for(client: Client, school: School) -> None:
    page = client.get("/").text
    assert "直播之星" in page
    assert 'href="/sign-in"' in page


def test_home_without_a_course_sends_to_the_menu(client: Client, school: School) -> None:
    sign_in(client, school.stranger)
    assert 'href="/courses"' in client.get("/").text


def test_home_says_what_to_do_next(learner: Client, school: School) -> None:
    page = learner.get("/").text
    assert "林秀芳" in page
    assert f'href="/learn/{school.slug}"' in page


def test_going_on_opens_the_first_step_that_is_not_done(learner: Client, school: School) -> None:
    answer = learner.get(f"/learn/{school.slug}")
    assert answer.location == f"/learn/{school.slug}/A01.video"


def test_the_menu_finds_a_course_by_a_word_of_its_lessons(client: Client, school: School) -> None:
    assert school.slug in client.get("/courses?q=Live").text
    nothing = client.get("/courses?q=腊肉")
    assert nothing.status_code == 200
    assert f'href="/courses/{school.slug}"' not in nothing.text
    assert "腊肉" in nothing.text


def test_the_course_page_is_open_to_visitors(client: Client, school: School) -> None:
    page = client.get(f"/courses/{school.slug}")
    assert page.status_code == 200
    assert "直播之星" in page.text


def test_an_unknown_course_is_a_404_page_in_chinese(client: Client) -> None:
    answer = client.get("/courses/no-such-course")
    assert answer.status_code == 404
    assert "找不到" in answer.text


def test_joining_a_free_course_leads_to_its_first_lesson(client: Client, school: School) -> None:
    sign_in(client, school.person)
    answer = client.post(f"/courses/{school.slug}/enrollment")
    assert answer.location == f"/learn/{school.slug}"
    again = client.post(f"/courses/{school.slug}/enrollment")
    assert again.location == f"/learn/{school.slug}"


def test_joining_needs_a_sign_in(client: Client, school: School) -> None:
    answer = client.post(f"/courses/{school.slug}/enrollment")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("path", ["/courses", "/api/v1/courses"])
def test_an_unknown_course_cannot_be_joined(learner: Client, path: str) -> None:
    assert learner.post(f"{path}/no-such-course/enrollment").status_code == 404


def test_a_course_that_costs_money_is_not_joined_for_free(
    client: Client, school: School, database: Database
) -> None:
    with database.transaction() as session:
        session.merge(school.course.course).price_fen = 2900
    sign_in(client, school.stranger)
    answer = client.post(f"/api/v1/courses/{school.slug}/enrollment")
    # The revision's outline is kept by the process; the price is part of the course.
    assert answer.status_code == 402
    assert answer.json["code"] == "payment_required"
    checkout = f"/courses/{school.slug}/checkout"
    assert answer.json["checkout"] == f"http://localhost{checkout}"
    assert client.post(f"/courses/{school.slug}/enrollment").location.endswith(checkout)


@pytest.mark.parametrize("path", ["/me", "/me/record", "/"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_own_pages_speak_both_languages(
    learner: Client, school: School, path: str, language: str
) -> None:
    answer = learner.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text
    kept = learner.get(path)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in kept.text


def test_large_type_is_remembered(learner: Client) -> None:
    assert 'class=" big"' in learner.get("/me?big=1").text
    assert 'class=" big"' in learner.get("/").text


@pytest.mark.parametrize("path", ["/me", "/me/record", "/learn/x/A01"])
def test_own_pages_need_a_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_pages_are_not_kept_by_the_browser_and_allow_no_inline_code(learner: Client) -> None:
    headers = learner.get("/").headers
    assert headers["Cache-Control"] == "no-store"
    assert "'unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("role", "desk", "other"),
    [
        (Role.INSTRUCTOR, "/studio", "/staff/completions"),
        (Role.ADMINISTRATOR, "/staff/completions", "/studio"),
    ],
)
def test_staff_find_their_desk_on_their_own_page(
    client: Client, database: Database, role: Role, desk: str, other: str
) -> None:
    with database.transaction() as session:
        person = make_staff(session, role)
    sign_in(client, person)
    page = client.get("/me").text
    assert f'href="{desk}"' in page
    assert f'href="{other}"' not in page
    assert client.get(desk).status_code == 200


def test_an_answer_leaves_no_connection_taken(learner: Client, database: Database) -> None:
    for path in ("/me", "/courses", "/nowhere", "/api/v1/session"):
        learner.get(path)
        assert database.engine.pool.checkedout() == 0


@pytest.mark.parametrize("path", ["/", "/courses", "/courses?q=a", "/me", "/me/record", "course"])
def test_a_learners_page_stays_within_its_statements(
    learner: Client, school: School, database: Database, path: str
) -> None:
    address = f"/courses/{school.slug}" if path == "course" else path
    assert_cheap(learner, database, address)
