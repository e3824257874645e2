"""A session at the desk: marking many, putting right, the code at the door, cancelling."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import day_bounds, local_day, local_time, utc_now
from lms.db.session import Database
from lms.enrollment.models import AttendanceEntry, ClassSession, Enrollment
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.support.site import Client


@dataclass
class Scene:
    """A session of two hours that began an hour ago, with two people of the class."""

    session_id: int
    people: list[int]
    begins: datetime

    @property
    def at(self) -> str:
        return f"/staff/sessions/{self.session_id}"

    def clock(self, minutes: int) -> str:
        return local_time(self.begins + timedelta(minutes=minutes)).strftime("%H:%M")


@pytest.fixture
def scene(small: Small, database: Database) -> Scene:
    # Of a morning: one that goes on over midnight has no hours of one day to write down.
    begins = day_bounds(local_day(utc_now()) - timedelta(days=1))[0] + timedelta(hours=9)
    with database.transaction() as session:
        row = make_class(session, small.course, state="running")
        people = [
            make_enrollment(session, course=small.course, training_class_id=row.id).person_id
            for _ in range(2)
        ]
        held = make_session(session, row, starts_at=begins, ends_at=begins + timedelta(hours=2))
        return Scene(held.id, people, begins)


def entries(database: Database) -> list[tuple[int, str, int, str, str | None]]:
    with database.snapshot() as session:
        rows = session.scalars(
            select(AttendanceEntry).order_by(AttendanceEntry.person_id, AttendanceEntry.number)
        )
        return [
            (each.number, each.status, each.attended_ms // 60_000, each.source, each.reason)
            for each in rows
        ]


def test_many_are_written_down_at_once(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk = open_desk()
    assert desk.get(scene.at).text.count("没记") == 2
    sent = {"who": scene.people, "status": "present"}
    assert desk.post(f"{scene.at}/marks", data=sent).status_code == 302
    assert entries(database) == [(1, "present", 120, "staff", None)] * 2
    page = desk.get(scene.at).text
    assert "记下了 2 人" in page
    assert page.count("2.6") == 2  # 120 min / 45 = 2.66, never rounded up
    with database.snapshot() as session:
        assert session.get_one(ClassSession, scene.session_id).state == "held"


def test_what_stands_already_is_left_and_a_correction_says_why(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk, who = open_desk(), scene.people[:1]
    desk.post(f"{scene.at}/marks", data={"who": who, "status": "present"})
    desk.post(f"{scene.at}/marks", data={"who": who, "status": "present"})
    assert len(entries(database)) == 1
    silent = desk.post(f"{scene.at}/marks", data={"who": who, "status": "absent"})
    assert silent.status_code == 422
    assert "写明原因" in silent.text
    desk.post(f"{scene.at}/marks", data={"who": who, "status": "absent", "reason": "看错人了"})
    assert entries(database)[1] == (2, "absent", 0, "correction", "看错人了")
    assert "看错人了" in desk.get(scene.at).text


def test_coming_late_and_leaving_early_count_what_lies_between(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk, who = open_desk(), scene.people[:1]
    late = {"who": who, "status": "present", "from": scene.clock(20), "until": scene.clock(50)}
    desk.post(f"{scene.at}/marks", data=late)
    assert entries(database) == [(1, "present", 30, "staff", None)]
    assert "迟到" in desk.get(scene.at).text
    outside = desk.post(f"{scene.at}/marks", data=late | {"from": scene.clock(-5)})
    assert outside.status_code == 422
    assert "不在这次课的时间里" in outside.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"status": "present"}, 422),
        ({"who": "x", "status": "present"}, 422),
        ({"who": "999999", "status": "present"}, 404),
        ({"who": "{own}", "status": "asleep"}, 422),
        ({"who": "{own}", "status": "present", "from": "25:61"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(
    sent: dict[str, str], status: int, open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    data = {key: value.format(own=scene.people[0]) for key, value in sent.items()}
    assert open_desk().post(f"{scene.at}/marks", data=data).status_code == status
    assert entries(database) == []


def test_nobody_is_written_down_before_it_begins(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    with database.transaction() as session:
        row = session.get_one(ClassSession, scene.session_id)
        row.starts_at, row.ends_at = (
            each + timedelta(days=2) for each in (row.starts_at, row.ends_at)
        )
    sent = {"who": scene.people, "status": "present"}
    assert open_desk().post(f"{scene.at}/marks", data=sent).status_code == 409
    assert open_desk().post(f"{scene.at}/state", data={"state": "held"}).status_code == 409


def test_one_with_people_in_it_is_neither_cancelled_nor_moved(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk = open_desk()
    assert 'value="cancelled"' in desk.get(scene.at).text
    desk.post(f"{scene.at}/marks", data={"who": scene.people[:1], "status": "present"})
    page = desk.get(scene.at).text
    assert "已记有人到场，这一次是上过的。" in page
    assert 'value="cancelled"' not in page
    assert desk.post(f"{scene.at}/state", data={"state": "cancelled"}).status_code == 409
    moved = {
        "title": "改到下午",
        "kind": "theory",
        "day": "2026-12-01",
        "from": "13:30",
        "until": "15:30",
        "place": "镇上",
    }
    assert desk.post(f"{scene.at}/plan", data=moved).status_code == 409
    absent = {"who": scene.people[:1], "status": "absent", "reason": "课改期"}
    desk.post(f"{scene.at}/marks", data=absent)
    assert desk.post(f"{scene.at}/plan", data=moved).status_code == 302
    assert desk.post(f"{scene.at}/state", data={"state": "cancelled"}).status_code == 302
    with database.snapshot() as session:
        row = session.get_one(ClassSession, scene.session_id)
    assert (row.title, row.kind, row.required, row.state) == (
        *("改到下午", "theory", False),
        "cancelled",
    )
    again = desk.post(f"{scene.at}/marks", data={"who": scene.people[1:], "status": "present"})
    assert again.status_code == 409


def test_the_code_at_the_door_is_a_picture_that_is_not_kept(
    open_desk: OpenDesk, scene: Scene
) -> None:
    desk = open_desk()
    page = desk.get(f"{scene.at}/door").text
    assert f'data-door src="{scene.at}/door.svg"' in page
    picture = desk.get(f"{scene.at}/door.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"


def test_a_neighbour_finds_no_session(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    neighbour: Client = open_desk(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    for path in ("", "/door", "/door.svg"):
        assert neighbour.get(scene.at + path).status_code == 404
    sent = {"who": scene.people, "status": "present", "state": "cancelled"}
    for path in ("/marks", "/state", "/plan"):
        assert neighbour.post(scene.at + path, data=sent).status_code == 404
    with database.snapshot() as session:
        other = session.scalars(
            select(Enrollment.training_class_id).where(Enrollment.person_id == scene.people[0])
        ).one()
    teacher = open_desk(Role.INSTRUCTOR, Scope(ScopeKind.CLASS, str(other)))
    assert teacher.get(scene.at).status_code == 200
