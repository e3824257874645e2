"""A county's form of a list: moved, renamed, looked at, kept as a version, brought back."""

import re

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.roster import queries, service
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.templates import shipped
from lms.roster.models import RosterTemplate
from tests.factories.accounts import COUNTY, make_county, make_staff, sign_in
from tests.factories.roster import NEIGHBOUR, make_small_county
from tests.support.site import Client

PAGE = "/staff/rosters/opening"


@pytest.fixture
def desk(app: Flask, database: Database) -> Client:
    """The browser of an administrator of the small county."""
    with database.transaction() as session:
        make_small_county(session)
        make_county(session, NEIGHBOUR)
        person = make_staff(session, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, COUNTY))
    browser: Client = app.test_client()
    sign_in(browser, person)
    return browser


def typed(*keys: str, **changes: object) -> dict[str, object]:
    own = {each.key: each for each in shipped(ExportKind.OPENING).columns}
    columns = [own[key] for key in keys or ("seq", "name", "phone")]
    return {
        "heading": "常山县培训花名册",
        "sheet": "花名册",
        "unit": "常山县人社局",
        "signs": "填报单位（盖章）/经办人",
        "key": [each.key for each in columns],
        "title": [each.title for each in columns],
        "form": [each.form for each in columns],
        "seen": "0",
        **changes,
    }


def shown(page: str) -> list[str]:
    return re.findall(r'name="key" value="(\w+)"', page)


def test_columns_are_moved_added_and_taken_out_without_being_kept(
    desk: Client, database: Database
) -> None:
    assert shown(desk.get(PAGE).text)[:3] == ["seq", "name", "sex"]
    assert shown(desk.post(PAGE, data=typed(act="up:2")).text) == ["seq", "phone", "name"]
    assert shown(desk.post(PAGE, data=typed(act="down:0")).text) == ["name", "seq", "phone"]
    assert shown(desk.post(PAGE, data=typed(act="remove:1")).text) == ["seq", "phone"]
    more = desk.post(PAGE, data=typed(act="add", added="ethnicity")).text
    assert shown(more) == ["seq", "name", "phone", "ethnicity"]
    with database.snapshot() as session:
        assert session.scalars(select(RosterTemplate)).all() == []


def test_lines_are_shown_as_they_would_look_and_masked(desk: Client) -> None:
    page = desk.post(PAGE, data=typed(act="preview", title=["序", "学员", "电话"])).text
    assert '<th scope="col" lang="zh-CN">学员</th>' in page
    assert "程建军" in page
    assert "139****2217" in page
    assert "13900002217" not in page


def test_what_is_kept_is_what_the_next_file_looks_like(
    desk: Client, database: Database, tmp_path
) -> None:
    kept = desk.post(PAGE, data=typed("name", "phone", title=["学员", "电话"], act="save"))
    assert kept.status_code == 303
    selection = queries.Selection((Scope(ScopeKind.COUNTY, COUNTY),), Filters(status=Status.ALL))
    wanted = queries.Wanted(ExportKind.OPENING, selection)
    service.write_list(database, wanted, tmp_path / "list.xlsx", lambda *_: None)
    rows = list(
        openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0].iter_rows(values_only=True)
    )
    assert rows[0][0] == "常山县培训花名册"
    assert str(rows[1][0]).startswith("填报单位（盖章）：常山县人社局")
    assert rows[2] == ("学员", "电话")
    assert ("程建军", "139****2217") in rows[3:]
    page = desk.post(PAGE, data=typed(seen="1", act="save")).headers["Location"]
    assert "没有" not in desk.get(page).text
    assert desk.post(f"{PAGE}/shipped", data={"seen": "2"}).status_code == 303
    with database.snapshot() as session:
        assert queries.template_in_force(session, COUNTY, ExportKind.OPENING) == shipped(
            ExportKind.OPENING
        )
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        (before, *_) = session.scalars(select(RosterTemplate).order_by(RosterTemplate.version))
    assert [act for act in acts if act.startswith("roster_template")] == [
        *("roster_template.kept", "roster_template.kept", "roster_template.taken_back"),
    ]
    assert [each["title"] for each in before.content["columns"]] == ["学员", "电话"]


def test_what_is_wrong_and_what_somebody_else_did_is_said(desk: Client) -> None:
    twice = desk.post(PAGE, data=typed("name", "name", act="save"))
    assert (twice.status_code, "“姓名”写了两次。" in twice.text) == (422, True)
    phone = typed("name", "phone", act="save")
    refused = desk.post("/staff/rosters/notice", data=phone)
    assert (refused.status_code, "公示名单上不能有“联系电话”" in refused.text) == (422, True)
    desk.post(PAGE, data=typed(act="save"))
    late = desk.post(PAGE, data=typed(act="save"))
    assert (late.status_code, "刚才有别人改过" in late.text) == (409, True)


def test_another_countys_forms_are_not_there(desk: Client) -> None:
    assert desk.get(f"/staff/rosters?county={NEIGHBOUR}").status_code == 404
    assert desk.post(f"{PAGE}?county={NEIGHBOUR}", data=typed(act="save")).status_code == 404
    assert desk.get("/staff/rosters/nonsense").status_code == 404
    assert "培训人员花名册" in desk.get("/staff/rosters").text


@pytest.mark.parametrize(
    "doing", ["UPDATE roster_template SET version = 9", "DELETE FROM roster_template"]
)
def test_a_version_never_changes(desk: Client, database: Database, doing: str) -> None:
    desk.post(PAGE, data=typed(act="save"))
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.connection().exec_driver_sql(doing)
