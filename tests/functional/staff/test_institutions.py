"""Institutions and the bureau's lists at the desk: enter, change, list, end; strangers nothing."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from lms.catalog.models import CatalogueListing, Institution
from lms.catalog.service.institutions import Listing, add_listing
from lms.core.access import Actor, Role, Scope, ScopeKind
from lms.db.session import Database, now
from tests.factories.accounts import make_person
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk

USCC = "91350100M000100Y43"
AT = "/staff/institutions"


def sent(**changes: str) -> dict[str, str]:
    return {
        "county": "330822",
        "slug": "changshan-school",
        "name_zh": "常山县职业培训学校",
        "name_en": "Changshan School",
        "code": "CS-007",
        "uscc": USCC.lower(),
        "contact": "王主任 0570-5021234",
    } | changes


def known(database: Database, slug: str = "changshan-school") -> Institution | None:
    with database.snapshot() as session:
        return session.scalar(select(Institution).where(Institution.slug == slug))


def listed(database: Database) -> list[tuple[str, str | None]]:
    with database.snapshot() as session:
        rows = session.scalars(select(CatalogueListing).order_by(CatalogueListing.id))
        return [(str(each.starts_on), str(each.ends_on or "")) for each in rows]


def test_an_institution_is_entered_and_changed(open_desk: OpenDesk, database: Database) -> None:
    desk = open_desk()
    assert desk.post(AT, data=sent()).status_code == 302
    made = known(database)
    assert made is not None
    assert (made.name, made.uscc, made.county_code) == (
        {"zh": "常山县职业培训学校", "en": "Changshan School"},
        USCC,
        "330822",
    )
    assert USCC in desk.get(AT).text
    changed = desk.post(f"{AT}/{made.id}", data=sent(contact="李主任", slug="another"))
    assert changed.status_code == 302
    after = known(database)
    assert after is not None
    assert after.contact == "李主任"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "Chang Shan"}, "小写字母"),
        ({"name_zh": ""}, "标红"),
        ({"uscc": "91350100M000100Y44"}, "信用代码不对"),
        ({"county": NEIGHBOUR}, "标红"),
    ],
)
def test_what_does_not_fit_is_shown_again(
    changes: dict[str, str], said: str, open_desk: OpenDesk, database: Database
) -> None:
    answer = open_desk().post(AT, data=sent(**changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert known(database) is None


def test_a_code_is_given_once(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.post(AT, data=sent())
    answer = desk.post(AT, data=sent(slug="other-school"))
    assert answer.status_code == 422
    assert "另一家机构已经用了" in answer.text


def test_a_listing_holds_from_day_to_day_and_is_ended_not_rewritten(
    open_desk: OpenDesk, small: Small, database: Database
) -> None:
    desk, institution = open_desk(), small.course.course.institution_id
    row = {
        "list_name": "常山县 2026 年培训机构目录",
        "programme": "anchor-l5",
        "institution": str(institution),
        "starts_on": "2026-01-01",
        "ends_on": "",
    }
    assert desk.post(f"{AT}/lists", data=row).status_code == 302
    twice = desk.post(f"{AT}/lists", data=row | {"starts_on": "2026-06-01"})
    assert twice.status_code == 409
    assert "请先让那一行到期" in twice.text
    assert desk.post(f"{AT}/lists/1/end", data={"ends_on": "2025-12-31"}).status_code == 409
    assert desk.post(f"{AT}/lists/1/end", data={"ends_on": "2026-05-31"}).status_code == 302
    assert desk.post(f"{AT}/lists", data=row | {"starts_on": "2026-06-01"}).status_code == 302
    assert listed(database) == [("2026-01-01", "2026-05-31"), ("2026-06-01", "")]
    for values in ({"list_name": "x"}, {"ends_on": None}):
        rewrite = update(CatalogueListing).where(CatalogueListing.id == 1).values(**values)
        with pytest.raises(DBAPIError), database.transaction() as session:
            session.execute(rewrite)


def test_a_listing_that_makes_no_sense_is_refused(open_desk: OpenDesk, small: Small) -> None:
    desk, institution = open_desk(), str(small.course.course.institution_id)
    row = {"list_name": "目录", "programme": "anchor-l5", "institution": institution}
    for wrong in (
        {"starts_on": "x"},
        {"starts_on": "2026-06-01", "ends_on": "2026-05-01"},
        {"starts_on": "2026-06-01", "programme": "unknown"},
    ):
        assert desk.post(f"{AT}/lists", data=row | wrong).status_code == 422
    assert desk.post(f"{AT}/lists/77/end", data={"ends_on": "2026-05-31"}).status_code == 404


def test_a_neighbour_sees_and_changes_nothing(
    open_desk: OpenDesk, database: Database, small: Small
) -> None:
    open_desk().post(AT, data=sent())
    neighbour = open_desk(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    assert "常山县职业培训学校" not in neighbour.get(AT).text
    institution = small.course.course.institution_id
    assert neighbour.get(f"{AT}/{institution}").status_code == 404
    assert neighbour.post(f"{AT}/{institution}", data=sent()).status_code == 404
    row = {
        "list_name": "目录",
        "programme": "anchor-l5",
        "institution": str(institution),
        "starts_on": "2026-01-01",
    }
    assert neighbour.post(f"{AT}/lists", data=row).status_code == 404
    assert open_desk().post(f"{AT}/lists", data=row).status_code == 302
    assert neighbour.post(f"{AT}/lists/1/end", data={"ends_on": "2026-05-31"}).status_code == 404
    assert listed(database) == [("2026-01-01", "")]


def test_the_list_of_another_county_is_read_and_not_ended(
    open_desk: OpenDesk, database: Database, small: Small
) -> None:
    """The neighbour lists a school of this county: its row shows here, and is theirs."""
    school = small.course.course.institution_id
    with database.transaction() as session:
        actor = Actor(make_person(session).id, "周敏", (), sign_in_id=0)
        row = Listing(NEIGHBOUR, "邻县目录", "anchor-l5", school, date(2026, 1, 1), None)
        at = now(session)
        listing_id = add_listing(session, actor=actor, listing=row, now=at).id
    desk, end = open_desk(), f"{AT}/lists/{listing_id}/end"
    shown = desk.get(AT).text
    assert "邻县目录" in shown
    assert end not in shown
    assert desk.post(end, data={"ends_on": "2026-05-31"}).status_code == 404
    neighbour = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR), county_code=NEIGHBOUR)
    assert end in neighbour.get(AT).text
    assert neighbour.post(end, data={"ends_on": "2026-05-31"}).status_code == 302
    assert listed(database) == [("2026-01-01", "2026-05-31")]


def test_an_instructor_has_no_lists(open_desk: OpenDesk) -> None:
    assert open_desk(Role.INSTRUCTOR).get(AT).status_code == 403
