"""The page of tokens: made by one, approved by another, shown once, ended; nobody else gets in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.core.access import Role, Scope, ScopeKind
from lms.core.ids import digest
from lms.db.session import Database
from lms.exchange.models import AccessToken
from tests.factories.accounts import COUNTY
from tests.factories.exchange import make_access_token
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.functional.exchange.conftest import API, System
from tests.support.site import Client
from tests.support.statements import assert_few_statements

PAGE = "/staff/exchange"


@pytest.fixture
def form(small: Small) -> dict[str, Any]:
    return {
        "system": "县人社局平台",
        "institution": str(small.course.course.institution_id),
        "county": COUNTY,
        "scope": ["completions.read", "people.names"],
        "days": "90",
    }


def shown_token(page: str) -> str:
    return re.search(r'id="token"[^>]* value="([^"]+)"', page)[1]


def tokens(database: Database) -> list[AccessToken]:
    with database.snapshot() as session:
        return list(session.scalars(select(AccessToken).order_by(AccessToken.id)))


def test_two_administrators_let_a_system_in_and_either_ends_it(
    open_desk: OpenDesk, client: Client, database: Database, form: dict[str, Any]
) -> None:
    first, second = open_desk(), open_desk(name="何红")
    answer = first.post(PAGE, data=form)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    token = shown_token(answer.text)
    (row,) = tokens(database)
    assert row.token_hash == digest(token)
    assert (row.beginning, row.days, row.scopes) == (
        token[:8],
        90,
        "completions.read people.names",
    )
    assert token not in first.get(PAGE).text
    assert f"{token[:8]}…" in first.get(PAGE).text
    caller = System(client, token)
    assert caller.get(f"{API}/enrollments").json["code"] == "token_unapproved"
    assert first.post(f"{PAGE}/{row.id}/approve").status_code == 403
    assert caller.get(f"{API}/enrollments").json["code"] == "token_unapproved"
    assert second.post(f"{PAGE}/{row.id}/approve").location == PAGE
    assert len(caller.get(f"{API}/enrollments").json["items"]) == 3
    page = second.get(PAGE).text
    assert "周敏" in page
    assert "何红" in page
    assert second.post(f"{PAGE}/{row.id}/approve").status_code == 409
    assert second.post(f"{PAGE}/{row.id}/end").location == PAGE
    assert caller.get(f"{API}/enrollments").json["code"] == "token_revoked"
    assert first.post(f"{PAGE}/{row.id}/end").status_code == 409
    log = re.sub(r"<[^>]+>", "", first.get("/supervision/audit").text)
    number = f"外部系统令牌 {row.id}"
    for step in ("开了", "批准了", "撤销了", "有系统用"):
        assert f"{step} {number}" in log


def test_a_token_that_waits_is_refused_for_good(
    open_desk: OpenDesk, database: Database, form: dict[str, Any]
) -> None:
    first, second = open_desk(), open_desk(name="何红")
    first.post(PAGE, data=form)
    (row,) = tokens(database)
    second.post(f"{PAGE}/{row.id}/end")
    assert second.post(f"{PAGE}/{row.id}/approve").status_code == 409
    log = re.sub(r"<[^>]+>", "", first.get("/supervision/audit").text)
    assert f"没有批准 外部系统令牌 {row.id}" in log


def test_an_old_proof_does_nothing(
    open_desk: OpenDesk, small: Small, database: Database, form: dict[str, Any]
) -> None:
    with database.transaction() as session:
        school = small.course.course.institution_id
        row, _ = make_access_token(session, school, is_approved=False)
    browser = open_desk(confirmed=timedelta(hours=1))
    assert 'name="system"' not in browser.get(PAGE).text
    for address in (PAGE, f"{PAGE}/{row.id}/approve", f"{PAGE}/{row.id}/end"):
        assert browser.post(address, data=form).location.startswith("/confirm")
    (after,) = tokens(database)
    assert (after.approved_at, after.revoked_at) == (None, None)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSTRUCTOR, Role.MENTOR, Role.LEARNER])
def test_nobody_else_makes_one(
    open_desk: OpenDesk, database: Database, role: Role, form: dict[str, Any]
) -> None:
    browser = open_desk(role)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, data=form).status_code == 403
    assert tokens(database) == []


def test_an_administrator_of_elsewhere_neither_sees_nor_makes_any(
    open_desk: OpenDesk, small: Small, database: Database, form: dict[str, Any]
) -> None:
    school = small.course.course.institution_id
    with database.transaction() as session:
        row, _ = make_access_token(session, school, is_approved=False)
    elsewhere = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR))
    other_school = open_desk(scope=Scope(ScopeKind.INSTITUTION, str(school + 1)))
    for browser in (elsewhere, other_school):
        assert row.beginning not in browser.get(PAGE).text
        for step in ("approve", "end"):
            assert browser.post(f"{PAGE}/{row.id}/{step}").status_code == 404
        assert browser.post(PAGE, data=form).status_code == 422
    own_school = open_desk(scope=Scope(ScopeKind.INSTITUTION, str(school)))
    assert row.beginning in own_school.get(PAGE).text
    assert own_school.post(PAGE, data=form).status_code == 201
    assert len(tokens(database)) == 2


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"system": ""}, "system"),
        ({"institution": "999999"}, "institution"),
        ({"county": "330000"}, "county"),
        ({"scope": []}, "scope"),
        ({"scope": ["people.names"]}, "scope"),
        ({"scope": ["everything"]}, "scope"),
        ({"days": "366"}, "days"),
        ({"days": "-1"}, "days"),
    ],
)
def test_a_wrong_form_comes_back_with_what_is_wrong(
    open_desk: OpenDesk, database: Database, form: dict[str, Any], wrong: dict[str, Any], fault: str
) -> None:
    answer = open_desk(scope=Scope(ScopeKind.PLATFORM)).post(PAGE, data={**form, **wrong})
    assert answer.status_code == 422
    assert f'id="{fault}-fault"' in answer.text
    assert tokens(database) == []


def test_the_page_takes_few_statements(
    open_desk: OpenDesk, small: Small, database: Database
) -> None:
    with database.transaction() as session:
        for _ in range(3):
            make_access_token(session, small.course.course.institution_id)
    assert_few_statements(open_desk(), database, PAGE)
