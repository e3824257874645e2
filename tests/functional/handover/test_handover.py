"""The page of packages: who may, what is named, ordered, stopped, handed out once and over."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.core.access import Role
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.delivery.models import Delivery
from lms.handover.models import Handover
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.support.site import Client, Jobs
from tests.support.statements import assert_few_statements

PAGE = "/supervision/handover"
FORM = {"seed": "2026-05", "n": "2", "status": "all", "purpose": "抽查"}


def made(database: Database) -> list[Handover]:
    with database.snapshot() as session:
        return list(session.scalars(select(Handover)))


def test_a_spot_check_is_taken_home_once(
    open_desk: OpenDesk, database: Database, run_jobs: Jobs
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    drawn = browser.get("/supervision/sample?seed=2026-05&n=2&status=all").text
    link = re.search(r'href="(/supervision/handover\?[^"]+)"', drawn)[1].replace("&amp;", "&")
    form = browser.get(link).text
    upto = re.search(r'name="upto" value="(\d+)"', form)[1]
    answer = browser.post(PAGE, data={**FORM, "upto": upto})
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert 'data-busy="true"' in browser.get(PAGE).text
    run_jobs()
    (handover,) = made(database)
    page = browser.get(PAGE).text
    assert f"--manifest {handover.manifest_sha256}" in page
    assert browser.head(f"{PAGE}/{handover.id}/file").status_code == 204
    file = browser.get(f"{PAGE}/{handover.id}/file", buffered=True)
    assert file.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(file.data)) as parcel:
        people = {name for name in parcel.namelist() if name.startswith("people/")}
    shown = set(re.findall(r"/supervision/learners/(\d+)", drawn))
    assert people == {f"people/{each}.json" for each in shown}
    assert browser.get(f"{PAGE}/{handover.id}/file").status_code == 403


def test_a_learners_package_is_ordered_from_their_file(
    open_desk: OpenDesk, database: Database, small: Small
) -> None:
    browser, person = open_desk(), small.finished.person_id
    file = browser.get(f"/supervision/learners/{person}").text
    assert f'href="{PAGE}?learner={person}"' in file
    page = browser.get(f"{PAGE}?learner={person}").text
    assert "程建军的证据" in page
    browser.post(PAGE, data={"learner": person, "purpose": "申诉"})
    (handover,) = made(database)
    assert (handover.learner_id, handover.seed) == (person, None)
    stopped = browser.post(f"{PAGE}/{handover.id}/stop", follow_redirects=True).text
    assert "没有留下文件" in stopped


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({**FORM, "purpose": " "}, 422),
        ({**FORM, "n": "501"}, 422),
        ({**FORM, "seed": ""}, 422),
        ({**FORM, "from": "2030-01-01"}, 422),
        ({**FORM, "county": NEIGHBOUR}, 404),
    ],
)
def test_an_order_that_does_not_fit_is_refused(
    open_desk: OpenDesk, database: Database, sent: dict[str, str], status: int
) -> None:
    assert open_desk(Role.SUPERVISOR).post(PAGE, data=sent).status_code == status
    assert made(database) == []


def test_a_strangers_county_and_package_are_not_found(
    open_desk: OpenDesk, database: Database, small: Small
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    browser.post(PAGE, data=FORM)
    (handover,) = made(database)
    stranger: Client = open_desk(Role.SUPERVISOR, county_code=NEIGHBOUR)
    own = small.finished.person_id
    assert stranger.get(f"{PAGE}?learner={own}").status_code == 404
    assert stranger.post(PAGE, data={"learner": own, "purpose": "x"}).status_code == 404
    assert stranger.get(f"{PAGE}/{handover.id}/file").status_code == 404
    assert stranger.post(f"{PAGE}/{handover.id}/stop").status_code == 404
    assert open_desk(Role.INSTRUCTOR).get(PAGE).status_code == 403


def test_an_old_proof_is_asked_for_anew_and_an_old_package_is_gone(
    open_desk: OpenDesk, database: Database, run_jobs: Jobs
) -> None:
    tired = open_desk(Role.SUPERVISOR, confirmed=timedelta(hours=1))
    assert "/confirm?next=" in tired.get(f"{PAGE}?seed=a&n=3").text
    assert tired.post(PAGE, data=FORM).location.startswith("/confirm")
    browser = open_desk(Role.SUPERVISOR)
    browser.post(PAGE, data=FORM)
    run_jobs()
    (handover,) = made(database)
    with database.transaction() as session:
        session.execute(update(Delivery).values(expires_at=utc_now()))
    assert browser.get(f"{PAGE}/{handover.id}/file").status_code == 403


def test_the_page_asks_the_database_little(
    open_desk: OpenDesk, database: Database, small: Small
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    browser.post(PAGE, data=FORM)
    assert_few_statements(browser, database, f"{PAGE}?learner={small.half.person_id}")
