"""The desk of public lists: seen before it hangs out, published once proved, read by others."""

import re
from importlib import import_module
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.accounts.gateway import keys_of
from lms.accounts.models import Identity, Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.models import SubsidyClaim
from tests.factories.accounts import COUNTY, make_county, sign_in
from tests.factories.claims import make_reviewer
from tests.factories.notices import OFFICE, make_waiting, object_, plain_calendars
from tests.factories.policies import Desk
from tests.support.clock import move_days
from tests.support.site import Client
from tests.support.statements import assert_few_statements

DESK = import_module("lms.subsidy.views.notice_desk")
BOARD = "/staff/notices"
ASKED = urlencode({"county": COUNTY, "all": "1", "contact": OFFICE})


@pytest.fixture(autouse=True)
def known_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list may be published on whatever day this is tested."""
    years = tuple(plain_calendars().by_year.values())
    monkeypatch.setattr(DESK, "calendar_files", lambda: years)


@pytest.fixture
def clerk(app: Flask, database: Database, settings: Settings) -> Client:
    """An administrator who proved who they are; two claims wait for a list."""
    with database.transaction() as session:
        two = make_reviewer(session), make_reviewer(session, name="鲁晓东")
        make_waiting(session, keys_of(settings), two, 2)
        person = session.get_one(Person, two[0].person_id)
    client: Client = app.test_client()
    sign_in(client, person, confirmed_at=utc_now())
    return client


def hidden(page: str) -> dict[str, str]:
    form = page[page.index('action="/staff/notices"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def published(clerk: Client) -> str:
    answer = clerk.post(BOARD, data=hidden(clerk.get(f"{BOARD}/preview?{ASKED}").text))
    assert answer.status_code == 303
    return answer.location


def test_a_list_is_seen_as_it_will_hang_out_then_published_and_approved_afterwards(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "2 件" in clerk.get(BOARD).text
    assert clerk.get(f"{BOARD}/new?county={COUNTY}").text.count('name="claim"') == 2
    preview = clerk.get(f"{BOARD}/preview?{ASKED}").text
    assert preview.count("林*芳") == 2
    assert "林秀芳" not in preview
    sent = hidden(preview)
    page = published(clerk)
    assert "已发布，现在开始公示" in clerk.get(page).text
    # The same page once more publishes nothing.
    again = clerk.post(BOARD, data=sent)
    assert "名单已经变了" in clerk.get(again.location).text
    assert clerk.get(f"{page}/approve").status_code == 409
    move_days(monkeypatch, 20)
    assert "林*芳" in clerk.get(page).text, "the desk still sees all"
    foreseen = clerk.get(f"{page}/approve").text
    assert "1200 元" in foreseen
    assert clerk.post(f"{page}/approve").status_code == 303
    assert clerk.get(page).text.count("已批准") >= 2


def test_a_word_against_the_whole_list_is_ruled_on_before_anything_is_approved(
    clerk: Client, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = published(clerk)
    with database.transaction() as session:
        object_(session, address.rsplit("/", 1)[1], keys_of(settings), place=None)
    move_days(monkeypatch, 20)
    page = clerk.get(address).text
    assert "有人对整份名单提了异议，请先处理" in page
    assert f"{address}/approve" not in page
    assert clerk.post(f"{address}/approve").status_code == 409


def test_whose_number_nobody_knows_is_named_before_the_list_hangs_out(
    clerk: Client, database: Database
) -> None:
    with database.transaction() as session:
        claim = session.scalars(select(SubsidyClaim).order_by(SubsidyClaim.number)).first()
        assert claim is not None
        session.execute(delete(Identity).where(Identity.person_id == claim.person_id))
        number = claim.number
    shown = clerk.get(f"{BOARD}/preview?{ASKED}").text
    assert re.search(f'还没有登记身份证号： *<span class="n">{number}</span>', shown)
    assert '<dd class="n">1</dd>' in shown


def test_a_year_nobody_knows_is_said_with_a_way_to_enter_it_and_nothing_is_published(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = hidden(clerk.get(f"{BOARD}/preview?{ASKED}").text)
    monkeypatch.setattr(DESK, "calendar_files", lambda: ())
    page = clerk.get(f"{BOARD}/preview?{ASKED}").text
    assert "年的工作日还没有录入" in page
    assert 'href="/staff/calendar#enter"' in page
    assert 'action="/staff/notices"' not in page
    told = clerk.get(clerk.post(BOARD, data=sent).location).text
    assert "年的工作日还没有录入" in told
    assert "还没有发布过名单" in clerk.get(BOARD).text


def test_others_read_and_neighbours_find_nothing(
    app: Flask, database: Database, settings: Settings, clerk: Client
) -> None:
    page = published(clerk)
    number = page.rsplit("/", 1)[-1]
    with database.transaction() as session:
        make_county(session, code="330824")
        own = object_(session, number, keys_of(settings)).number
    desk = Desk(app, database)
    supervisor = desk.client(Role.SUPERVISOR, Scope(ScopeKind.COUNTY, COUNTY))
    told = supervisor.get(f"{BOARD}/objections/{own}").text
    assert "他开着店" in told
    assert "13900002222" not in told
    for form in (supervisor.get(page).text, told, supervisor.get(BOARD).text):
        assert 'method="post"' not in form
    assert supervisor.post(f"{BOARD}/objections/{own}/contact").status_code == 403
    stranger = desk.client(scope=Scope(ScopeKind.COUNTY, "330824"))
    assert number not in stranger.get(BOARD).text
    for path in (page, f"{page}/approve", f"{BOARD}/objections/{own}"):
        assert stranger.get(path).status_code == 404
    for path in ("close", "approve", "cancel"):
        sent = stranger.post(f"{page}/{path}", data={"reason": "错了"})
        assert sent.status_code == 404
    assert stranger.post(f"{BOARD}/objections/{own}/contact").status_code == 404
    assert_few_statements(clerk, database, BOARD)
    assert_few_statements(clerk, database, page)


def test_an_objection_is_read_ruled_with_a_reason_and_the_list_taken_down(
    database: Database, settings: Settings, clerk: Client
) -> None:
    page = published(clerk)
    with database.transaction() as session:
        own = object_(session, page.rsplit("/", 1)[-1], keys_of(settings)).number
    at = f"{BOARD}/objections/{own}"
    assert own in clerk.get(f"{BOARD}/objections").text
    assert "13900002222" not in clerk.get(at).text
    assert "13900002222" in clerk.post(f"{at}/contact").text
    assert clerk.post(at, data={"outcome": "dismiss"}).status_code == 422
    assert clerk.post(at, data={"outcome": "dismiss", "reason": "查过了"}).status_code == 303
    told = clerk.get(at).text
    assert "查过了" in told
    assert "周敏" in told
    clerk.post(f"{page}/cancel", data={"reason": "标题写错了"})
    assert "标题写错了" in clerk.get(page).text
    gone = clerk.get(page.replace("/staff", ""))
    assert gone.status_code == 410
    assert "标题写错了" not in gone.text
