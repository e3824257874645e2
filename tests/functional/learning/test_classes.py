"""Learners and their classes: the line, the door, what they sign; and what is refused there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lms.core.clock import utc_now
from lms.db.session import Database
from lms.enrollment.domain import door_code, door_step
from lms.enrollment.models import (
    AttendanceEntry,
    ClassConfirmation,
    ClassObjection,
    ClassSession,
    Enrollment,
    TrainingClass,
)
from lms.progress.queries import totals_of
from tests.factories.accounts import make_person, sign_in
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.factories.roster import MINUTE, Small, make_small_county
from tests.support.site import Client


@dataclass
class Scene:
    """A full class, its one learner's browser, a stranger's, and a session that began just now."""

    slug: str
    class_id: int
    session_id: int
    enrollment: int
    own: Client
    stranger: Client
    secret: str

    def code(self, at: datetime | None = None) -> str:
        return door_code(self.secret, self.session_id, door_step(at or utc_now()))

    @property
    def door(self) -> str:
        return f"/attend/{self.session_id}"

    @property
    def mine(self) -> str:
        return f"/me/classes/{self.enrollment}"


@pytest.fixture
def small(database: Database) -> Small:
    with database.transaction() as session:
        return make_small_county(session)


@pytest.fixture
def scene(app, small: Small, database: Database) -> Scene:
    begins = utc_now() - timedelta(minutes=10)
    with database.transaction() as session:
        row = make_class(session, small.course, title="秋季一班", capacity=1)
        person, stranger = make_person(session, name="吴春燕"), make_person(session)
        own = make_enrollment(
            session,
            course=small.course,
            person=person,
            training_class_id=row.id,
            credited={"A01/text": 46 * MINUTE},
        )
        held = make_session(session, row, starts_at=begins, ends_at=begins + timedelta(hours=2))
    clients = []
    for each in (person, stranger):
        client: Client = app.test_client()
        sign_in(client, each)
        clients.append(client)
    slug = small.course.course.slug
    return Scene(slug, row.id, held.id, own.id, *clients, app.secret_key)


def entries(database: Database) -> list[AttendanceEntry]:
    with database.snapshot() as session:
        return list(session.scalars(select(AttendanceEntry)))


def change(database: Database, model: type, row_id: int, **values: object) -> None:
    with database.transaction() as session:
        row = session.get_one(model, row_id)
        for key, value in values.items():
            setattr(row, key, value)


def test_whoever_scans_the_code_taps_once_and_is_there(scene: Scene, database: Database) -> None:
    page = scene.own.get(f"{scene.door}?k={scene.code()}").text
    assert "我到了" in page
    assert "吴春燕" in page
    answer = scene.own.post(scene.door, data={"k": scene.code()})
    assert answer.location == scene.mine
    assert "签到好了" in scene.own.get(scene.mine).text
    [entry] = entries(database)
    assert (entry.source, entry.status) == ("qr", "present")
    assert 109 <= entry.attended_ms / MINUTE <= 110
    scene.own.post(scene.door, data={"k": scene.code()})
    assert "已经签过到了" in scene.own.get(scene.mine).text
    assert len(entries(database)) == 1


def test_the_code_before_the_last_still_holds_and_an_older_one_does_not(
    scene: Scene, database: Database
) -> None:
    old = scene.own.post(scene.door, data={"k": scene.code(utc_now() - timedelta(seconds=90))})
    assert old.status_code == 409
    assert "签到码换了" in old.text
    assert "签到码换了" in scene.own.get(f"{scene.door}?k=nonsense").text
    assert entries(database) == []


@pytest.mark.parametrize(
    ("shift", "said"), [(timedelta(hours=2), "还早"), (timedelta(hours=-3), "已经结束")]
)
def test_too_early_and_too_late_are_said(
    shift: timedelta, said: str, scene: Scene, database: Database
) -> None:
    with database.transaction() as session:
        row = session.get_one(ClassSession, scene.session_id)
        row.starts_at, row.ends_at = row.starts_at + shift, row.ends_at + shift
    answer = scene.own.post(scene.door, data={"k": scene.code()})
    assert answer.status_code == 409
    assert said in answer.text
    assert entries(database) == []


def test_somebody_of_no_class_is_told_and_a_visitor_signs_in_first(
    scene: Scene, client: Client, database: Database
) -> None:
    answer = scene.stranger.post(scene.door, data={"k": scene.code()})
    assert answer.status_code == 409
    assert "您不在这个班" in answer.text
    assert "next=" in client.get(f"{scene.door}?k=1").location
    assert scene.own.get("/attend/4711").status_code == 404
    assert entries(database) == []


def test_a_full_class_is_waited_for_and_left_again(scene: Scene, database: Database) -> None:
    course = f"/courses/{scene.slug}"
    page = scene.stranger.get(f"{course}?class={scene.class_id}").text
    assert "这个班满了" in page
    assert "排队等名额" in page
    refused = scene.stranger.post(f"{course}/enrollment", data={"class": scene.class_id})
    assert refused.status_code == 409
    assert "您可以排队" in refused.text
    scene.stranger.post(f"{course}/wait", data={"class": scene.class_id})
    assert "第 1 位" in scene.stranger.get(course).text
    assert "第 1 位" in scene.stranger.get("/me").text
    scene.stranger.post(f"{course}/wait/leave", data={"class": scene.class_id})
    assert "第 1 位" not in scene.stranger.get("/me").text
    assert scene.stranger.post(f"{course}/wait", data={"class": 4711}).status_code == 404


def test_whoever_waits_for_a_class_that_has_begun_still_may_leave_the_line(
    scene: Scene, database: Database
) -> None:
    course = f"/courses/{scene.slug}"
    scene.stranger.post(f"{course}/wait", data={"class": scene.class_id})
    change(database, TrainingClass, scene.class_id, state="running")
    assert "不等了" in scene.stranger.get(course).text


def test_leaving_gives_the_seat_to_who_waits_and_keeps_the_hours(
    scene: Scene, database: Database
) -> None:
    course = f"/courses/{scene.slug}"
    scene.stranger.post(f"{course}/wait", data={"class": scene.class_id})
    assert scene.own.post(f"{course}/leave").location == course
    assert "秋季一班" in scene.stranger.get("/me").text
    with database.snapshot() as session:
        left = session.get_one(Enrollment, scene.enrollment)
        assert left.status == "withdrawn"
        studied, _ = totals_of(session, left.person_id)
        assert studied.of_course(left.course_id) == 46 * MINUTE
    assert scene.own.get(scene.mine).status_code == 404


def test_the_next_session_stands_on_the_course_and_on_me(scene: Scene) -> None:
    for path in (f"/courses/{scene.slug}", "/me"):
        page = scene.own.get(path).text
        assert "秋季一班" in page
        assert "村委会二楼" in page


def test_it_is_signed_once_after_the_class_with_what_was_shown(
    scene: Scene, database: Database
) -> None:
    scene.own.post(scene.door, data={"k": scene.code()})
    assert "我签字" not in scene.own.get(scene.mine).text
    assert scene.own.post(f"{scene.mine}/sign").status_code == 409
    change(database, TrainingClass, scene.class_id, state="ended")
    assert "我签字" in scene.own.get(scene.mine).text
    assert scene.own.post(f"{scene.mine}/sign").location == scene.mine
    with database.snapshot() as session:
        row = session.scalars(select(ClassConfirmation)).one()
    assert (row.text_version, row.address_prefix) == ("1", "127.0.0.0/24")
    assert row.shown["class"] == "秋季一班"
    assert row.shown["hours"]["online_ms"] == 46 * MINUTE
    assert row.shown["hours"]["practice_ms"] == row.shown["sessions"][0]["attended_ms"] > 0
    assert "签过字了" in scene.own.get(scene.mine).text
    assert scene.own.post(f"{scene.mine}/sign").status_code == 409
    said = scene.own.post(f"{scene.mine}/objections", data={"words": "少了一次"})
    assert said.status_code == 409


def test_what_is_not_right_is_told_in_words(scene: Scene, database: Database) -> None:
    change(database, TrainingClass, scene.class_id, state="ended")
    silent = scene.own.post(f"{scene.mine}/objections", data={"words": " "})
    assert silent.status_code == 422
    assert "哪里不对" in silent.text
    scene.own.post(f"{scene.mine}/objections", data={"words": "九月三号那次我来了"})
    assert "九月三号那次我来了" in scene.own.get(scene.mine).text
    with database.snapshot() as session:
        assert session.scalars(select(ClassObjection.words)).all() == ["九月三号那次我来了"]


def test_nobody_sees_or_signs_another_s_class(scene: Scene, client: Client) -> None:
    assert scene.stranger.get(scene.mine).status_code == 404
    assert scene.stranger.post(f"{scene.mine}/sign").status_code == 404
    words = {"words": "x"}
    assert scene.stranger.post(f"{scene.mine}/objections", data=words).status_code == 404
    assert client.get(scene.mine).status_code == 302
