"""The button that runs a stopped compensation again: who sees it, what it does."""

import pytest
from sqlalchemy import select

from lms.core.access import Role
from lms.db.session import Database
from lms.jobs.models import Job
from tests.factories.roster import NEIGHBOUR
from tests.functional.progress.conftest import Case, Staff, newest
from tests.functional.progress.test_time_desk import GRANT, outage
from tests.support.site import Client, Jobs

PAGE = "/staff/time/outages"


@pytest.fixture
def stopped(case: Case, database: Database, staff: Staff) -> tuple[Client, str]:
    """An administrator's browser, and where to run the stopped job of their request again."""
    first = staff("周敏")
    first.post(PAGE, data=outage())
    request_id = newest(database).id
    staff("程晓红").post(f"{PAGE}/{request_id}", data=GRANT)
    with database.transaction() as session:
        job = session.scalars(select(Job)).one()
        job.state, job.error_code, job.error_text = "failed", "job_gave_up", "It stopped."
    return first, f"{PAGE}/{request_id}/run"


def test_one_press_runs_it_and_the_page_says_so(
    stopped: tuple[Client, str], database: Database, run_jobs: Jobs
) -> None:
    browser, address = stopped
    page = browser.get(PAGE).text
    assert "没查完就停了" in page
    assert "不会重复算" in page
    assert "正在补算" not in page
    assert f'action="{address}"' in page
    assert browser.post(address).location == PAGE
    assert "正在补算" in browser.get(PAGE).text
    assert run_jobs() >= 1
    page = browser.get(PAGE).text
    assert "没查完就停了" not in page
    assert newest(database).granted_at is not None
    assert browser.post(address).status_code == 409


def test_who_may_not_rule_sees_it_and_cannot_press(
    stopped: tuple[Client, str], case: Case, staff: Staff, database: Database
) -> None:
    _, address = stopped
    reader = staff("郑文英", role=Role.SUPERVISOR)
    page = reader.get(PAGE).text
    assert "没查完就停了" in page
    assert "本县管理员可以再运行一次" in page
    assert address not in page
    assert reader.post(address).status_code == 403
    assert case.browser.post(address).status_code == 403
    assert staff("毛国平", county_code=NEIGHBOUR).post(address).status_code == 404
    assert stopped[0].post(address, csrf=False).status_code == 400
    with database.snapshot() as session:
        assert session.scalars(select(Job.state)).all() == ["failed"]
