"""Fills a fresh database: the real course, many learners in the middle of it, an administrator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from bench.bare import TABLE
from bench.servers import ROOT
from lms.accounts.models import Person, RoleGrant, SignIn
from lms.assessment.models import AttemptQuestion
from lms.assessment.service import start_attempt
from lms.catalog.outline import CourseView, ItemView
from lms.catalog.tree import published_revisions, revision_tree
from lms.core.access import Actor, Role, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.ids import digest, new_token
from lms.db.session import Database, now
from lms.enrollment.models import Enrollment
from lms.progress.models import MaterialProgress, PlaybackLease, StudyClock, WatchSlice
from lms.progress.service.clocks import seal
from tests.factories.accounts import COUNTY, make_county
from tests.support.production import browser_headers

COURSE = ROOT / "course_content" / "live-streaming-stars"
LESSON = "A01"
LEARNERS = 1_500
READERS = 50
TAKERS = 100
# What everybody has seen already, milliseconds, and what beside it was refused.
_SEEN_MS = 20_000
_REFUSED = {"hidden": [[12_000, 16_000]]}
_STAFF_PHONE = 99


@dataclass(frozen=True, slots=True)
class Browser:
    """A signed-in person; ``headers`` are what their browser sends with a request."""

    person_id: int
    sign_in_id: int
    headers: str


@dataclass(slots=True)
class World:
    """What the requests are made of."""

    course: CourseView
    learners: list[Browser]
    administrator: Browser
    leases: list[str] = field(default_factory=list)
    responses: list[tuple[Browser, int, int]] = field(default_factory=list)

    @property
    def video(self) -> ItemView:
        """Return the video the learners watch."""
        return _item(self.course, "video")


def build(app: Flask) -> World:
    """Load the course and make the people in the application's empty database."""
    loaded = app.test_cli_runner().invoke(args=["content", "load", str(COURSE)])
    if loaded.exit_code != 0:
        raise RuntimeError(f"the course did not load:\n{loaded.output}")
    database: Database = app.extensions["lms_database"]
    with database.transaction() as session:
        session.execute(text(TABLE))
        make_county(session)
        at = now(session)
        people = _people(session, LEARNERS + 1, at)
        browsers = _browsers(app, session, people, at)
        course = revision_tree(session, published_revisions(session)[0])
        world = World(course, browsers[:-1], browsers[-1])
        appoint(session, world.administrator, Scope(ScopeKind.COUNTY, COUNTY))
        _enroll(session, world, at)
        _let_watch(session, world, at)
    with database.transaction() as session:
        _start_quizzes(session, world)
    return world


def _people(session: Session, number: int, at: datetime) -> list[int]:
    rows = [
        {
            "phone": f"137{serial:08d}",
            "name": f"学员{serial}",
            "county_code": COUNTY,
            "town": "白石镇",
            "state": "active",
            "created_at": at,
        }
        for serial in range(number)
    ]
    made = insert(Person).returning(Person.id, sort_by_parameter_order=True)
    return list(session.scalars(made, rows))


def _browsers(app: Flask, session: Session, people: Iterable[int], at: datetime) -> list[Browser]:
    tokens = {person_id: new_token() for person_id in people}
    rows = [
        {
            "token_hash": digest(token),
            "person_id": person_id,
            "device": "android wechat",
            "device_hash": digest("bench"),
            "created_at": at,
            "last_seen_at": at,
            "expires_at": at + timedelta(days=30),
            "confirmed_at": at,
            "second_factor_at": at,
        }
        for person_id, token in tokens.items()
    ]
    made = insert(SignIn).returning(SignIn.id, sort_by_parameter_order=True)
    ids = session.scalars(made, rows).all()
    return [
        Browser(person_id, sign_in_id, _headers(app, token))
        for (person_id, token), sign_in_id in zip(tokens.items(), ids, strict=True)
    ]


def _headers(app: Flask, token: str) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in browser_headers(app, token).items())


def appoint(session: Session, browser: Browser, scope: Scope) -> None:
    """Make the person an administrator of the scope."""
    session.add(
        RoleGrant(
            person_id=browser.person_id,
            role=Role.ADMINISTRATOR,
            scope_kind=scope.kind,
            scope_id=scope.id,
            granted_at=now(session),
        )
    )


def sign_in(app: Flask, session: Session, county: str) -> Browser:
    """Make a person who has just proved who they are, in a database that is filled."""
    phone = f"19{session.scalar(select(func.count()).select_from(SignIn)) or 0:09d}"
    at = now(session)
    row = Person(phone=phone, name="管理员", county_code=county, state="active", created_at=at)
    session.add(row)
    session.flush()
    return _browsers(app, session, [row.id], at)[0]


def _enroll(session: Session, world: World, at: datetime) -> None:
    rows = [
        {
            "person_id": each.person_id,
            "course_id": world.course.course_id,
            "revision_id": world.course.revision_id,
            "county_code": COUNTY,
            "status": "active",
            "enrolled_at": at,
        }
        for each in world.learners
    ]
    session.execute(insert(Enrollment), rows)


def _let_watch(session: Session, world: World, at: datetime) -> None:
    """Put everybody into the middle of the first video, a minute after their last report."""
    now_ms = int(at.timestamp() * 1000)
    material_id = world.video.material_id
    enrollments = dict(session.execute(select(Enrollment.person_id, Enrollment.id)).tuples().all())
    clocks, leases, sets, slices = [], [], [], []
    for each in world.learners:
        mark = now_ms - 60_000
        own = {"person_id": each.person_id, "material_id": material_id}
        lease_id = new_token()
        world.leases.append(lease_id)
        clocks.append({**own, "credit_mark_ms": mark, "seen_mark_ms": mark, "day_used": {}})
        leases.append(
            {
                **own,
                "id": lease_id,
                "sign_in_id": each.sign_in_id,
                "enrollment_id": enrollments[each.person_id],
                "item_id": world.video.id,
                "started_at_ms": mark - _SEEN_MS,
            }
        )
        sets.append(own | _watched(mark))
        slices.append(own | _evidence(lease_id, mark, local_day(at).toordinal()))
    for clock in clocks:
        del clock["material_id"]
    for model, rows in (
        (StudyClock, clocks),
        (PlaybackLease, leases),
        (MaterialProgress, sets),
        (WatchSlice, slices),
    ):
        session.execute(insert(model), rows)
    for each in world.learners:
        seal(session, each.person_id)


def _watched(mark: int) -> dict[str, object]:
    lost = sum(end - begin for begin, end in _REFUSED["hidden"])
    return {
        "seen": [[0, _SEEN_MS]],
        "credited": [[0, 12_000], [16_000, _SEEN_MS]],
        "refused": {"hidden": lost},
        "seen_ms": _SEEN_MS,
        "credited_ms": _SEEN_MS - lost,
        "position_ms": _SEEN_MS,
        "updated_at_ms": mark,
    }


def _evidence(lease_id: str, mark: int, day: int) -> dict[str, object]:
    return {
        "lease_id": lease_id,
        "seq": 0,
        "day": day,
        "wall_from_ms": mark - _SEEN_MS,
        "wall_to_ms": mark,
        "claimed": [[0, _SEEN_MS]],
        "seen": [[0, _SEEN_MS]],
        "credited": [[0, 12_000], [16_000, _SEEN_MS]],
        "refused": _REFUSED,
        "claimed_ms": _SEEN_MS,
        "seen_ms": _SEEN_MS,
        "credited_ms": 16_000,
        "device_hash": digest("bench"),
    }


def _start_quizzes(session: Session, world: World) -> None:
    """Let some learners open the quiz of the lesson; its questions are what is answered."""
    item = _item(world.course, "quiz")
    enrollments = dict(session.execute(select(Enrollment.person_id, Enrollment.id)).tuples().all())
    for each in world.learners[:TAKERS]:
        attempt = start_attempt(
            session,
            actor=Actor(each.person_id, "", (), each.sign_in_id),
            item=item,
            enrollment_id=enrollments[each.person_id],
            now=now(session),
        )
        asked = session.scalars(
            select(AttemptQuestion.question_id).where(AttemptQuestion.attempt_id == attempt.id)
        )
        world.responses += [(each, attempt.id, question_id) for question_id in asked]


def _item(course: CourseView, kind: str) -> ItemView:
    return next(item for item in course.items() if item.kind == kind and item.lesson_key == LESSON)
