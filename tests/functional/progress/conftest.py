"""Learners at work and with seconds that did not count, the desk, and the clock in hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database, now
from lms.progress.models import StudyFlag, TimeRequest
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.catalog import MadeCourse, both, lesson, make_course, reading, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.clock import move_clock
from tests.support.site import Client

# 08:00 of a day in China.
START_MS = 1_795_996_800_000


@dataclass
class Hands:
    """The database's clock, moved by hand: seconds since the start."""

    seconds: float = 0

    @property
    def ms(self) -> int:
        return START_MS + round(self.seconds * 1000)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    move_clock(monkeypatch, lambda: made.ms)
    return made


@pytest.fixture
def course(database: Database, client: Client) -> MadeCourse:
    with database.transaction() as session:
        person = make_person(session)
        asset = make_asset(session, duration_ms=120_000)
        made = make_course(
            session,
            lessons=[lesson("A01", video(asset_id=asset.id, duration_ms=120_000), reading())],
        )
        make_enrollment(session, person=person, course=made)
    sign_in(client, person)
    return made


Staff = Callable[..., Client]
WORDS = "在车上看的，信号老断。"


@dataclass
class Case:
    """The learner's browser, the item whose seconds did not count, and its lesson page."""

    browser: Client
    person: Person
    course: MadeCourse
    item_id: int
    page: str

    def ask(self, words: str = WORDS) -> int:
        """Ask for another look; return the status of the answer."""
        sent = {"words": words}
        answer = self.browser.post(f"/me/time/items/{self.item_id}/appeals", data=sent)
        return int(answer.status_code)


@pytest.fixture
def case(app: Flask, database: Database) -> Case:
    """The learner claimed 40 s and 20 s of a video at once: most is faster than the clock."""
    with database.transaction() as session:
        person = make_person(session, name="林秀芳")
        asset = make_asset(session, duration_ms=120_000)
        made = make_course(
            session,
            title=both("直播之星", "Live Star"),
            lessons=[
                lesson("A01", video(asset_id=asset.id, duration_ms=120_000), reading()),
            ],
        )
        make_enrollment(session, person=person, course=made)
    browser: Client = app.test_client()
    sign_in(browser, person)
    item_id = made.items["A01/video"].id
    lease = browser.post(f"/api/v1/items/{item_id}/lease").json["lease"]
    for seq, played in enumerate(([[0, 40]], [[80, 100]]), 1):
        body = {"seq": seq, "played": played, "position": 40, "rate": 1, "state": "playing"}
        assert browser.post(f"/api/v1/leases/{lease}/beats", json=body).status_code == 200
    return Case(browser, person, made, item_id, f"/learn/{made.course.slug}/A01.video")


@pytest.fixture
def staff(app: Flask, database: Database) -> Staff:
    """Call it for a browser at the desk of the learner's county by default."""

    def opened(
        name: str = "周敏",
        role: Role = Role.ADMINISTRATOR,
        confirmed: timedelta = timedelta(0),
        **person: str,
    ) -> Client:
        with database.transaction() as session:
            made = make_person(session, name=name, **person)
            make_grant(session, made, role, Scope(ScopeKind.COUNTY, made.county_code))
        browser: Client = app.test_client()
        sign_in(browser, made, confirmed_at=utc_now() - confirmed)
        return browser

    return opened


@pytest.fixture
def flag(database: Database, case: Case) -> int:
    """The learner's player looked like clockwork yesterday."""
    with database.transaction() as session:
        at = now(session)
        row = StudyFlag(
            person_id=case.person.id,
            kind="steady_cadence",
            day=at.date().toordinal() - 1,
            evidence={
                "reports": 61,
                "pause_ms": 15_010,
                "spread_ms": 20,
                "from_ms": 1_795_996_800_000,
                "to_ms": 1_795_997_700_000,
            },
            found_at=at,
        )
        session.add(row)
        session.flush()
        return row.id


def newest(database: Database) -> TimeRequest:
    """Return the newest request about time."""
    with database.snapshot() as session:
        found = session.scalars(select(TimeRequest).order_by(TimeRequest.id.desc())).first()
    assert found is not None
    return found
