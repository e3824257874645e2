"""Links of the log of acts: to what one may open, plain words for everything else."""

import re
from dataclasses import dataclass

import pytest

from lms.audit.service import record
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database, now
from lms.progress.models import StudyFlag
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.credentials import make_badge
from tests.factories.enrollment import make_class, make_session
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.support.statements import assert_few_statements

AUDIT = "/supervision/audit"
EVERYWHERE = Scope(ScopeKind.PLATFORM)
_LINK = re.compile(r'<li>.*?<a href="([^"]+)"')


@dataclass
class Acts:
    """The pages of what was acted on, here and in the neighbour county."""

    own: set[str]
    theirs: set[str]
    schools: set[str]


def flagged(session, person_id: int) -> StudyFlag:
    row = StudyFlag(
        person_id=person_id, kind="long_nights", day=739_000, evidence={}, found_at=now(session)
    )
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def acts(small: Small, database: Database, settings: Settings) -> Acts:
    badge = make_badge(database, settings)
    with database.transaction() as session:
        here, there = make_person(session), make_person(session, county_code=NEIGHBOUR)
        classes = [
            make_class(session, small.course),
            make_class(session, small.course, county_code=NEIGHBOUR),
        ]
        meetings = [make_session(session, each) for each in classes]
        flags = [flagged(session, each.id) for each in (here, there)]
        school = small.course.course.institution_id
        subjects = [f"class:{each.id}" for each in classes]
        subjects += [f"class_session:{each.id}" for each in meetings]
        subjects += [f"study_flag:{each.id}" for each in flags]
        subjects += [f"credential:{badge.id}", f"institution:{school}", "class:404", "course:live"]
        for subject in subjects:
            record(
                session,
                actor_id=here.id,
                action="class.changed",
                subject=subject,
                details={},
                at=now(session),
            )
        own, theirs = (
            {
                f"/staff/classes/{classes[at].id}",
                f"/staff/sessions/{meetings[at].id}",
                f"/staff/flags/{flags[at].id}",
            }
            for at in (0, 1)
        )
        return Acts(own | {f"/staff/badges/{badge.id}"}, theirs, {f"/staff/institutions/{school}"})


def links(page: str) -> set[str]:
    listed = page.rsplit('<ul class="list sheet">', maxsplit=1)[-1].split("</ul>", maxsplit=1)[0]
    return set(_LINK.findall(listed))


def test_what_lies_in_reach_is_linked_and_nothing_else(open_desk: OpenDesk, acts: Acts) -> None:
    for role, scope, expected in (
        (Role.SUPERVISOR, None, acts.own),
        (Role.ADMINISTRATOR, None, acts.own | acts.schools),
        (Role.SUPERVISOR, EVERYWHERE, acts.own | acts.theirs),
        (Role.ADMINISTRATOR, EVERYWHERE, acts.own | acts.theirs | acts.schools),
    ):
        desk = open_desk(role, scope)
        found = links(desk.get(AUDIT).text)
        assert found == expected
        assert {desk.get(each).status_code for each in found} == {200}


def test_links_cost_few_statements(open_desk: OpenDesk, acts: Acts, database: Database) -> None:
    assert_few_statements(open_desk(Role.SUPERVISOR), database, AUDIT)
