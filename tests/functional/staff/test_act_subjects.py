"""What was acted on is one step away where its reader may look at it, and nowhere else."""

import pytest

from lms.audit.service import record
from lms.catalog.models import RevisionState
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import now
from tests.factories.accounts import make_person
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import NEIGHBOUR
from tests.support.statements import assert_few_statements

AUDIT = "/supervision/audit"
BOARDS = ["/staff/institutions", "/staff/facts/lists"]
EVERYWHERE = Scope(ScopeKind.PLATFORM)


@pytest.fixture
def made(database, small):
    """A course with a learner of the county and one of the neighbour, and acts about them."""
    with database.transaction() as session:
        course = make_course(session)
        draft = make_course(session, state=RevisionState.DRAFT)
        near = make_enrollment(session, course=course, person=make_person(session))
        other = make_person(session, county_code=NEIGHBOUR)
        far = make_enrollment(session, course=course, person=other)
        for subject in (
            f"course:{course.course.slug}",
            f"course:{course.course.id}",
            f"enrollment:{near.id}",
            f"enrollment:{far.id}",
            f"course:{draft.course.slug}",
            "course:gone",
            "enrollment:" + "9" * 40,
            "fact_list:1",
            "listing:1",
            "export:abc",
        ):
            record(
                session,
                actor_id=near.person_id,
                action="version.ordered",
                subject=subject,
                details={},
                at=now(session),
            )
        return course.course.slug, near.person_id, other.id


def links(client):
    page = client.get(AUDIT).text.split('<ul class="list sheet">')[1].split("</ul>")[0]
    return [each.split('"')[0] for each in page.split('<a href="')[1:]]


def test_each_link_is_open_to_who_sees_it(open_desk, made):
    slug, near, _ = made
    desk = open_desk()
    course = f"/staff/courses/{slug}/versions"
    assert links(desk) == [*BOARDS, f"/staff/learners/{near}", course, course]
    for address in links(desk):
        assert desk.get(address).status_code == 200
    everywhere = open_desk(Role.ADMINISTRATOR, EVERYWHERE)
    assert f"/staff/learners/{made[2]}" in links(everywhere)
    for address in links(everywhere):
        assert everywhere.get(address).status_code == 200
    # Supervisors write nothing down, so the bureau's lists are not theirs.
    assert not {*BOARDS} & {*links(open_desk(Role.SUPERVISOR))}


def test_lists_are_led_to_for_whoever_ordered_them(database, open_desk, made):
    desk = open_desk()
    own = desk.get("/api/v1/session").json["person"]["id"]
    with database.transaction() as session:
        record(
            session,
            actor_id=own,
            action="export.ordered",
            subject="export:abc",
            details={},
            at=now(session),
        )
    assert links(desk)[0] == "/staff/exports"
    assert "/staff/exports" not in links(open_desk(name="程晓红"))


def test_finding_them_costs_little(database, open_desk, made):
    assert_few_statements(open_desk(), database, AUDIT)
