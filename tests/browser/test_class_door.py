"""A class at the village: the code at the door, a phone that scans it, the signature at the end."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.enrollment.domain import door_code, door_step
from lms.enrollment.models import ClassConfirmation, TrainingClass
from tests.browser.conftest import enter
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.support.browser import barriers
from tests.support.site import LiveSite


@dataclass
class Village:
    """A class with a session that is on, its learner and its teacher."""

    class_id: int
    session_id: int
    enrollment_id: int
    learner: Person
    teacher: Person


@pytest.fixture
def village(database: Database) -> Village:
    begins = utc_now() - timedelta(minutes=20)
    with database.transaction() as session:
        made = make_course(session)
        row = make_class(session, made, title="2026乡播学堂直播销售员五级01", state="running")
        learner = make_person(session, name="吴春燕")
        own = make_enrollment(session, course=made, person=learner, training_class_id=row.id)
        held = make_session(session, row, starts_at=begins, ends_at=begins + timedelta(hours=2))
        scope = Scope(ScopeKind.CLASS, str(row.id))
        teacher = make_staff(session, Role.INSTRUCTOR, scope, name="徐老师")
        return Village(row.id, held.id, own.id, learner, teacher)


def test_a_learner_scans_the_code_and_signs_at_the_end(
    page: Page, live_site: LiveSite, village: Village, database: Database
) -> None:
    enter(page, live_site, village.teacher)
    page.goto(f"{live_site.url}/staff/sessions/{village.session_id}/door")
    expect(page.get_by_role("img", name="手机扫的签到码")).to_be_visible()
    assert barriers(page) == []
    code = door_code(live_site.app.secret_key, village.session_id, door_step(utc_now()))

    enter(page, live_site, village.learner)
    page.goto(f"{live_site.url}/attend/{village.session_id}?k={code}")
    assert barriers(page) == []
    page.get_by_role("button", name="我到了").click()
    expect(page.get_by_text("签到好了")).to_be_visible()

    with database.transaction() as session:
        session.get_one(TrainingClass, village.class_id).state = "ended"
    page.reload()
    assert barriers(page) == []
    page.get_by_role("button", name="写得对，我签字").click()
    expect(page.get_by_text("签好了")).to_be_visible()
    with database.snapshot() as session:
        signed = session.scalars(select(ClassConfirmation)).one()
    assert signed.shown["hours"]["practice_ms"] > 0

    enter(page, live_site, village.teacher)
    page.goto(f"{live_site.url}/staff/sessions/{village.session_id}")
    expect(page.get_by_text("迟到").first).to_be_visible()
    assert barriers(page) == []
    page.goto(f"{live_site.url}/staff/classes/{village.class_id}")
    assert barriers(page) == []
