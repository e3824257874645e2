"""A re-uploaded video: later learners see the new one, earlier ones theirs until moved."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from lms.db.session import Database, now
from lms.enrollment import service as enrollments
from lms.enrollment.models import Enrollment
from lms.media.models import Asset
from lms.progress.models import MaterialProgress
from tests.factories.accounts import sign_in
from tests.factories.catalog import MadeCourse, lesson, make_revision, quiz, reading, video
from tests.factories.enrollment import make_class
from tests.factories.media import make_asset, make_caption
from tests.functional.learning.conftest import School
from tests.support.clock import move_clock
from tests.support.site import Client

START_MS = 1_795_996_800_000


@dataclass
class Newer:
    """The course's next version: another video in A01, the same final test."""

    course: MadeCourse
    asset: Asset
    old_asset: str


@pytest.fixture
def newer(learner: Client, school: School, database: Database) -> Newer:
    with database.transaction() as session:
        asset = make_asset(session, duration_ms=150_000)
        make_caption(session, asset, language="en")
        final = school.course.items["FINAL/final"]
        made = make_revision(
            session,
            school.course.course,
            lessons=[
                lesson(
                    "A01",
                    video(asset_id=asset.id, duration_ms=150_000, captions={"en": 1}),
                    reading(),
                ),
                lesson("FINAL", quiz("final", quiz_id=final.quiz_id)),
            ],
        )
    return Newer(made, asset, str(school.course.items["A01/video"].asset_id))


@pytest.fixture
def later(app, school: School, newer: Newer) -> Client:
    """Somebody who joins after the new version was published."""
    client: Client = app.test_client()
    sign_in(client, school.stranger)
    answer = client.post(f"/api/v1/courses/{school.slug}/enrollment")
    assert answer.status_code == 201
    return client


def assets(client: Client, slug: str) -> set[str]:
    course = client.get(f"/api/v1/courses/{slug}").json
    return {item["asset"] for each in course["lessons"] for item in each["items"] if item["asset"]}


def test_the_call_tells_each_their_own_version(
    learner: Client, later: Client, newer: Newer, school: School
) -> None:
    assert assets(learner, school.slug) == {newer.old_asset}
    assert assets(later, school.slug) == {newer.asset.id}
    versions = [
        each.get(f"/api/v1/courses/{school.slug}").json["revision"] for each in (learner, later)
    ]
    assert versions == [1, 2]


def test_the_page_plays_each_their_own_video(
    learner: Client, later: Client, newer: Newer, school: School
) -> None:
    old = learner.get(f"/learn/{school.slug}/A01.video").text
    new = later.get(f"/learn/{school.slug}/A01.video").text
    assert 'data-duration="120.0"' in old
    assert 'data-duration="150.0"' in new
    assert re.findall(r'<track[^>]*srclang="(\w+)"', old) == ["zh"]
    assert re.findall(r'<track[^>]*srclang="(\w+)"', new) == ["en"]


def test_sets_belong_to_person_and_version(
    learner: Client,
    later: Client,
    newer: Newer,
    school: School,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [0.0]
    move_clock(monkeypatch, lambda: START_MS + round(seconds[0] * 1000))
    for client, made, upto in ((learner, school.course, 15), (later, newer.course, 10)):
        play(client, made.items["A01/video"].id, seconds, 0, upto)
    with database.snapshot() as session:
        found = {
            (row.person_id, row.material_id): row.credited_ms
            for row in session.scalars(select(MaterialProgress))
        }
    assert found == {
        (school.person.id, school.course.materials["A01/video"].id): 15_000,
        (school.stranger.id, newer.course.materials["A01/video"].id): 10_000,
    }


def play(client: Client, item: int, seconds: list[float], begin: int, end: int) -> dict:
    lease = client.post(f"/api/v1/items/{item}/lease").json["lease"]
    seconds[0] += end - begin
    body = {"seq": 1, "played": [[begin, end]], "position": end, "rate": 1, "state": "playing"}
    return client.post(f"/api/v1/leases/{lease}/beats", json=body).json


def move(database: Database, newer: Newer, school: School) -> None:
    with database.transaction() as session:
        own = select(Enrollment.id).where(Enrollment.person_id == school.person.id)
        enrollment_id = session.scalars(own).one()
        assert enrollments.move_one(
            session,
            enrollment_id=enrollment_id,
            revision_id=newer.course.revision.id,
            now=now(session),
        )


def test_who_is_moved_sees_the_new_video_with_the_old_hours(
    learner: Client,
    newer: Newer,
    school: School,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [0.0]
    move_clock(monkeypatch, lambda: START_MS + round(seconds[0] * 1000))
    for begin in (0, 60):
        play(learner, school.course.items["A01/video"].id, seconds, begin, begin + 60)
    move(database, newer, school)
    page = learner.get(f"/learn/{school.slug}/A01.video").text
    assert 'data-duration="150.0"' in page
    assert "已核验 2 分 0 秒" in page or "2 分 0 秒" in page
    new = newer.course.items["A01/video"].id
    for begin in (0, 60):
        answer = play(learner, new, seconds, begin, min(begin + 60, 150))
    assert answer["verified_seconds"] == 150
    assert answer["refused"][0]["reason"] == "already_counted"
    assert "旧版" in answer["refused"][0]["message"]
    assert learner.get(f"/api/v1/items/{new}/progress").json["verified_seconds"] == 150
    course = learner.get("/api/v1/me/record").json["courses"][0]
    assert course["verified_seconds"] == 150


def test_the_course_page_says_since_when_it_is_new(
    learner: Client, newer: Newer, school: School, database: Database
) -> None:
    assert "换成新版" not in learner.get(f"/courses/{school.slug}").text
    move(database, newer, school)
    assert "换成新版" in learner.get(f"/courses/{school.slug}").text


def test_a_page_from_before_asks_to_be_opened_again(
    learner: Client, newer: Newer, school: School, database: Database
) -> None:
    move(database, newer, school)
    answer = learner.post(f"/api/v1/items/{school.course.items['A01/video'].id}/lease")
    assert (answer.status_code, answer.json["code"]) == (409, "newer_version")


def test_a_test_begun_before_the_move_is_ended_in_its_own_version(
    learner: Client, newer: Newer, school: School, database: Database
) -> None:
    item = school.course.items["A01/quiz"].id
    started = learner.post(f"/api/v1/items/{item}/attempts").json
    attempt = started["attempt"]
    move(database, newer, school)
    assert learner.get(f"/attempts/{attempt}/check").status_code == 200
    assert learner.post(f"/api/v1/items/{item}/lease").status_code == 201
    assert learner.post(f"/api/v1/attempts/{attempt}/submit", json={}).status_code == 200
    assert learner.post(f"/api/v1/items/{item}/lease").status_code == 409


@pytest.fixture
def old_class(newer: Newer, school: School, database: Database) -> int:
    with database.transaction() as session:
        return make_class(session, school.course).id


def test_who_joins_a_class_has_the_classs_version(
    app, school: School, newer: Newer, old_class: int
) -> None:
    client: Client = app.test_client()
    sign_in(client, school.stranger)
    path = f"/api/v1/courses/{school.slug}/enrollment"
    assert client.post(path, json={"class": old_class}).status_code == 201
    assert assets(client, school.slug) == {newer.old_asset}


def test_the_link_of_a_class_leads_into_it(
    app, school: School, newer: Newer, old_class: int
) -> None:
    client: Client = app.test_client()
    sign_in(client, school.stranger)
    page = client.get(f"/courses/{school.slug}?class={old_class}").text
    assert f'name="class" value="{old_class}"' in page
    client.post(f"/courses/{school.slug}/enrollment", data={"class": old_class})
    assert assets(client, school.slug) == {newer.old_asset}


def test_who_takes_the_course_already_is_not_moved_by_a_class(
    learner: Client, school: School, newer: Newer, database: Database
) -> None:
    with database.transaction() as session:
        own = make_class(session, newer.course).id
    path = f"/api/v1/courses/{school.slug}/enrollment"
    assert learner.post(path, json={"class": own}).status_code == 201
    assert assets(learner, school.slug) == {newer.old_asset}


@pytest.mark.parametrize(
    ("sent", "status"), [({"class": 4711}, 404), ({"class": "x"}, 422), ({"class": -1}, 422)]
)
def test_a_class_there_is_not_is_not_joined(
    sent: dict, status: int, app, school: School, newer: Newer
) -> None:
    client: Client = app.test_client()
    sign_in(client, school.stranger)
    answer = client.post(f"/api/v1/courses/{school.slug}/enrollment", json=sent)
    assert answer.status_code == status


@pytest.mark.parametrize("state", ["draft", "filed", "running", "ended", "archived"])
def test_a_class_that_is_not_open_takes_nobody_in(
    state: str, app, school: School, newer: Newer, database: Database
) -> None:
    with database.transaction() as session:
        closed = make_class(session, school.course, state=state).id
    client: Client = app.test_client()
    sign_in(client, school.stranger)
    path = f"/api/v1/courses/{school.slug}/enrollment"
    answer = client.post(path, json={"class": closed})
    assert (answer.status_code, answer.json["code"]) == (409, "class_not_open")
    with database.snapshot() as session:
        own = select(Enrollment.id).where(Enrollment.person_id == school.stranger.id)
        assert session.scalar(own) is None
