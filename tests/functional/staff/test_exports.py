"""Ordering a list from the drawer, and the page of one's own lists."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core.access import Role
from lms.db.session import Database
from lms.roster.models import Export
from tests.factories.accounts import COUNTY
from tests.factories.roster import NEIGHBOUR
from tests.support.site import Jobs

FORM = {"format": "xlsx", "purpose": "5 月补贴申报", "language": "zh"}


def exports(database: Database) -> list[Export]:
    with database.snapshot() as session:
        return list(session.scalars(select(Export)))


def test_the_list_is_made_with_the_filters_of_the_page_and_handed_out_once(
    open_desk, database: Database, run_jobs: Jobs
) -> None:
    browser = open_desk()
    answer = browser.post("/staff/exports?town=何家乡&status=all", data=FORM)
    assert answer.status_code == 302
    assert answer.location.endswith("&export=1")
    (export,) = exports(database)
    assert export.filters == {"town": "何家乡", "status": "all"}
    assert "5 月补贴申报" in browser.get("/staff/exports").text
    assert 'data-busy="true"' in browser.get(answer.location).text
    run_jobs()
    ready = browser.get("/staff/exports").text
    assert 'data-busy="false"' in ready
    assert f"/exports/{export.id}" in ready
    file = browser.get(f"/exports/{export.id}", buffered=True)
    assert file.status_code == 200
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.data.startswith(b"PK")
    assert f"/exports/{export.id}" not in browser.get("/staff/exports").text
    assert browser.get(f"/exports/{export.id}", buffered=True).status_code == 403


def test_an_old_proof_leads_to_the_confirm_page(open_desk, database: Database) -> None:
    answer = open_desk(confirmed=timedelta(hours=1)).post("/staff/exports", data=FORM)
    assert answer.status_code == 302
    assert answer.location.startswith("/confirm")
    assert exports(database) == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEARNER, Role.INSTRUCTOR])
def test_others_may_not_export(open_desk, database: Database, role: Role) -> None:
    browser = open_desk(role)
    assert browser.post("/staff/exports", data=FORM).status_code == 403
    assert browser.get("/staff/exports").status_code == 403
    assert exports(database) == []


def test_an_order_without_the_forms_token_is_refused(open_desk, database: Database) -> None:
    assert open_desk().post("/staff/exports", data=FORM, csrf=False).status_code == 400
    assert exports(database) == []


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("", {**FORM, "purpose": " "}),
        ("", {**FORM, "format": "exe"}),
        ("?from=never", FORM),
        ("?class=first", FORM),
    ],
)
def test_an_order_that_does_not_fit_is_refused(
    open_desk, database: Database, query: str, form: dict[str, str]
) -> None:
    assert open_desk().post(f"/staff/exports{query}", data=form).status_code == 422
    assert exports(database) == []


def test_an_administrator_of_another_county_cannot_name_this_one(
    open_desk, database: Database
) -> None:
    browser = open_desk(county_code=NEIGHBOUR)
    assert browser.post(f"/staff/exports?county={COUNTY}", data=FORM).status_code == 404
    assert exports(database) == []


def test_a_list_that_failed_says_what_happened(
    open_desk, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lms.roster.service.files.write_xlsx", full)
    browser = open_desk()
    browser.post("/staff/exports", data=FORM)
    run_jobs()
    text = browser.get("/staff/exports?lang=en").text
    assert "The file could not be written" in text


def test_a_list_being_made_is_stopped_from_its_place_in_the_drawer(
    open_desk, database: Database, run_jobs: Jobs
) -> None:
    browser = open_desk()
    drawer = browser.get(browser.post("/staff/exports?status=all", data=FORM).location).text
    (export,) = exports(database)
    assert f'action="/staff/exports/{export.id}/stop"' in drawer
    stopped = browser.post(f"/staff/exports/{export.id}/stop", follow_redirects=True)
    assert stopped.request.full_path == "/staff/completions?status=all"
    assert "没有留下文件" in stopped.text
    assert 'data-busy="false"' in stopped.text
    run_jobs()
    page = browser.get("/staff/exports").text
    assert f'href="/exports/{export.id}"' not in page
    assert f'action="/staff/exports/{export.id}/resume"' in page
    browser.post(f"/staff/exports/{export.id}/resume")
    run_jobs()
    assert f'href="/exports/{export.id}"' in browser.get("/staff/exports").text


def test_a_strangers_list_is_not_stopped(open_desk, database: Database) -> None:
    open_desk().post("/staff/exports", data=FORM)
    (export,) = exports(database)
    assert open_desk().post(f"/staff/exports/{export.id}/stop").status_code == 404
