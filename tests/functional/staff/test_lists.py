"""What somebody keeps of the completions page: columns, filters under a name, people selected."""

import pytest
from sqlalchemy import select

from lms.core.access import Role
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.roster.models import Export
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.roster import Small

PAGE = "/staff/completions"


def send(browser, address: str, **form: object):
    return browser.post(address, data=form)


def test_filters_are_saved_under_a_name_for_oneself_and_forgotten_again(open_desk) -> None:
    browser, other = open_desk(), open_desk()
    assert send(browser, f"{PAGE}/saved?town=何家乡&ids=1", name="我的乡").status_code == 302
    text = browser.get(PAGE).text
    assert 'href="/staff/completions?town=%E4%BD%95%E5%AE%B6%E4%B9%A1"' in text
    assert "我的乡" not in other.get(PAGE).text
    address = text.split('action="/staff/completions/saved/')[1].split('"')[0]
    assert send(other, f"{PAGE}/saved/{address}").status_code == 404
    assert send(browser, f"{PAGE}/saved/{address}").status_code == 302
    assert "我的乡" not in browser.get(PAGE).text


def test_columns_are_chosen_and_remembered(open_desk) -> None:
    browser = open_desk()
    assert ">90%<" in browser.get(PAGE).text
    send(browser, f"{PAGE}/columns?status=active", column=["town", "phone", "nonsense"])
    text = browser.get(PAGE).text
    assert ">90%<" not in text
    assert ">139****2217<" in text
    send(browser, f"{PAGE}/columns", usual="1")
    assert ">90%<" in browser.get(PAGE).text


def test_a_supervisor_reads_and_saves_but_selects_nobody(open_desk) -> None:
    text = open_desk(Role.SUPERVISOR).get(PAGE).text
    assert 'name="record"' not in text
    assert 'name="column"' in text


def test_classes_and_groups_narrow_the_list(open_desk, database: Database, small: Small) -> None:
    with database.transaction() as session:
        taken = make_class(session, small.course)
        seated = make_person(session, name="在班上")
        make_enrollment(session, course=small.course, person=seated, training_class_id=taken.id)
        far = make_class(session, small.course, county_code=small.foreign.county_code)
    browser, asked = open_desk(), {"status": "all", "class": taken.id}
    text = browser.get(PAGE, query_string=asked).text
    assert ("在班上" in text, "占小燕" in text) == (True, False)
    assert browser.get(PAGE, query_string={"class": far.id}).status_code == 404
    assert browser.get(PAGE, query_string={"class": 999}).status_code == 404
    assert browser.get(PAGE, query_string={"group": "mothers"}).status_code == 422
    assert "占小燕" not in browser.get(PAGE, query_string={**asked, "group": "veteran"}).text


@pytest.fixture
def three(database: Database, small: Small) -> list[int]:
    """Three more who completed, on pages of their own."""
    with database.transaction() as session:
        return [
            make_enrollment(
                session,
                course=small.course,
                person=make_person(session, name=f"第{number}人"),
                status=EnrollmentStatus.COMPLETED,
            ).id
            for number in range(3)
        ]


def test_without_script_the_form_carries_who_is_selected_over_pages(open_desk, three) -> None:
    browser = open_desk()
    text = send(browser, f"{PAGE}?limit=1", record=[three[2]], ids="", shown=three[2]).text
    assert f'name="ids" value="{three[2]}"' in text
    both = send(browser, f"{PAGE}?limit=1", record=[three[0]], ids=three[2], shown=three[0]).text
    assert f'name="ids" value="{three[2]},{three[0]}"' in both
    gone = send(browser, f"{PAGE}?limit=1", ids=f"{three[2]},{three[0]}", shown=three[0]).text
    assert f'name="ids" value="{three[2]}"' in gone


def test_the_export_holds_the_selected_alone_and_the_address_none_of_them(
    open_desk, database: Database, small: Small, three: list[int]
) -> None:
    order = {"kind": "completions", "format": "csv", "purpose": "核对", "language": "zh"}
    wanted = f"{three[0]},{three[2]},{small.foreign.id}"
    answer = send(open_desk(), "/staff/exports?town=", ids=wanted, **order)
    assert "ids" not in answer.location
    with database.snapshot() as session:
        assert [each["ids"] for each in session.scalars(select(Export.filters))] == [wanted]
    refused = send(open_desk(), "/staff/exports", ids="1,x", **order)
    assert refused.status_code == 422
