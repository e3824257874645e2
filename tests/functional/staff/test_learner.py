"""The read-only page of a learner."""

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.factories.accounts import COUNTY, make_staff, sign_in
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.support.site import Client


def address(person_id: int) -> str:
    return f"/staff/learners/{person_id}"


def test_the_desk_reads_hours_and_what_is_missing(small: Small, open_desk: OpenDesk) -> None:
    for role in (Role.ADMINISTRATOR, Role.SUPERVISOR):
        text = open_desk(role).get(address(small.half.person_id)).text
        assert "占小燕" in text
        assert ">1.0<" in text
        assert "A04" in text
        assert "A01" not in text
        assert "<form" not in text


def test_a_learner_of_another_county_is_not_found(small: Small, open_desk: OpenDesk) -> None:
    browser = open_desk(county_code=NEIGHBOUR)
    for person_id in (small.half.person_id, 999_999, 2**63 - 1, 2**70):
        answer = browser.get(address(person_id))
        assert answer.status_code == 404
        assert "占小燕" not in answer.text


def test_staff_without_enrollments_are_not_learners(
    database: Database, small: Small, client: Client
) -> None:
    with database.transaction() as session:
        staff = make_staff(session, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, COUNTY))
    sign_in(client, staff)
    assert client.get(address(staff.id)).status_code == 404
    assert client.get(address(small.half.person_id)).status_code == 200


def test_a_learner_may_not_read_it_not_even_their_own(small: Small, open_desk: OpenDesk) -> None:
    browser = open_desk(Role.LEARNER)
    assert browser.get(address(small.half.person_id)).status_code == 403


def test_addresses_that_are_no_number_are_not_found(small: Small, open_desk: OpenDesk) -> None:
    browser = open_desk()
    for odd in ("-1", "1.5", "x", f"{small.half.person_id}x", "%00"):
        assert browser.get(f"/staff/learners/{odd}").status_code == 404
