"""An identity number leads to whom it names and stands in no address."""

from urllib.parse import parse_qs, urlsplit

from lms.core.access import Scope, ScopeKind
from tests.factories.roster import NEIGHBOUR
from tests.functional.staff.test_people import keys, number, villager

__all__ = ["keys", "number", "villager"]


def test_an_identity_number_is_not_looked_for_in_an_address(open_desk, villager, number):
    desk = open_desk()
    for more in ({}, {"county": "330822"}):
        asked = {"q": f"{number[:6]} {number[6:]}", **more}
        refused = desk.get("/staff/people", query_string=asked)
        assert refused.status_code == 422
        assert "身份证号码不能出现在网址里" in refused.text
        assert number not in refused.text
    nobody = desk.post("/staff/people", data={"q": "11010519491231002X"}, follow_redirects=True)
    assert "您管的范围里没有这个身份证号" in nobody.text
    other = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR), county_code=NEIGHBOUR)
    theirs = other.post("/staff/people", data={"q": number}, follow_redirects=True)
    assert "您管的范围里没有这个身份证号" in theirs.text


def test_a_search_keeps_what_else_was_asked_for(open_desk, villager):
    sent = {"q": "欧阳", "county": "", "identity": "declared", "state": "", "staff": "1"}
    led = open_desk().post("/staff/people", data=sent).location
    assert parse_qs(urlsplit(led).query) == {
        "q": ["欧阳"],
        "identity": ["declared"],
        "staff": ["1"],
    }
