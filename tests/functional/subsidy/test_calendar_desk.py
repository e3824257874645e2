"""Working days at the desk: what is known, what is wrong beside its field, what changes."""

import re
from urllib.parse import urlencode

from lms.core.access import Scope, ScopeKind
from lms.subsidy import queries
from lms.subsidy.gateway.calendars import calendar_files
from tests.factories.accounts import COUNTY, make_county
from tests.factories.policies import Desk

PAGE = "/staff/calendar"
SENT = {
    "year": "2027",
    "title": "国务院办公厅关于2027年部分节假日安排的通知",
    "dated": "2026-11-05",
    "name1": "元旦",
    "first1": "2027-01-01",
    "last1": "2027-01-03",
    "name2": "春节",
    "workdays": "2027-01-09\n",
}


def hidden(page: str) -> dict[str, str]:
    """Return what the form of the preview sends."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    areas = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*\n[^"]*)">', page)
    return found | dict(areas)


def test_a_year_is_shown_first_then_taken_in_and_counts(desk: Desk) -> None:
    client = desk.client()
    board = client.get(PAGE).text
    assert "国务院办公厅关于2026年部分节假日安排的通知" in board
    assert "248 个工作日" in board
    shown = client.get(f"{PAGE}/preview?{urlencode(SENT)}").text
    assert "这一年还没有，录入后共 261 个工作日" in shown
    assert re.search(r"01-01</span> <span class=\"dim\">周五", shown)
    assert re.search(r"01-09</span> <span class=\"dim\">周六", shown)
    answer = client.post(PAGE, data=hidden(shown))
    assert answer.status_code == 302
    assert "2027 年的工作日已录入" in client.get(PAGE).text
    with desk.database.snapshot() as session:
        known = queries.calendars(session, calendar_files()).by_year
    assert known[2027].working_days == 261
    # The same page once more: somebody has entered the year since.
    assert client.post(PAGE, data=hidden(shown)).status_code == 409
    corrected = client.get(f"{PAGE}?year=2027").text
    assert 'value="2027-01-03"' in corrected
    assert "2027-01-09</textarea>" in corrected


def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(desk: Desk) -> None:
    wrong = SENT | {"last1": "2026-12-31", "workdays": "2027-01-11"}
    answer = desk.client().get(f"{PAGE}/preview?{urlencode(wrong)}")
    assert answer.status_code == 422
    faults = dict(re.findall(r'<p class="err" id="(\w+)-fault">([^<]*)</p>', answer.text))
    assert faults == {
        "first1": "2026-12-31 结束，比开始的 2027-01-01 还早。",
        "workdays": "2027-01-11 不是周六、周日，本来就上班。",
    }
    assert f'value="{SENT["title"]}"' in answer.text


def test_a_county_among_several_reads_the_days_and_enters_none(desk: Desk) -> None:
    with desk.database.transaction() as session:
        make_county(session, code="330824")
    client = desk.client(scope=Scope(ScopeKind.COUNTY, COUNTY))
    board = client.get(PAGE).text
    assert "248 个工作日" in board
    assert "<textarea" not in board
    assert client.get(f"{PAGE}/preview?{urlencode(SENT)}").status_code == 404
    assert client.post(PAGE, data=SENT).status_code == 404
