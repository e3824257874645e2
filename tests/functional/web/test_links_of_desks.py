"""Whoever works for less than the whole site: no link of their desk leads to what is not theirs."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from _pytest.mark.structures import ParameterSet
from flask import Flask

from lms.accounts.gateway import keys_of
from lms.audit.service import record
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_grant, make_person, sign_in
from tests.factories.catalog import make_course
from tests.factories.claims import make_claim, make_claimant
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.factories.handed_claims import make_paid_claims
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.web.test_links import crawl
from tests.support.site import Client

AUDIT = "/supervision/audit"


@dataclass
class Ground:
    """A county and its neighbour, each with a class; acts about what lies in both."""

    scopes: dict[str, Scope]
    class_id: int
    session_id: int
    their_class_id: int
    their_session_id: int


@pytest.fixture
def ground(small: Small, database: Database) -> Ground:
    with database.transaction() as session:
        own = make_class(session, small.course, title="秋季一班")
        # Somebody who lives in the neighbour county learns here, and somebody here nowhere.
        guest = make_person(session, name="毛邻居", county_code=NEIGHBOUR)
        make_enrollment(session, course=small.course, person=guest, training_class_id=own.id)
        near = make_enrollment(session, course=small.course, training_class_id=own.id)
        make_person(session, name="还没学")
        held = make_session(session, own)
        other = make_course(session)
        theirs = make_class(session, other, title="邻县班", county_code=NEIGHBOUR)
        away = make_session(session, theirs)
        stranger = make_person(session, name="不认识的", county_code=NEIGHBOUR)
        school = small.course.course.institution_id
        for subject in (
            *(f"class:{own.id}", f"class:{theirs.id}", "class:404"),
            *(f"class_session:{held.id}", f"class_session:{away.id}"),
            *(f"institution:{school}", f"institution:{other.course.institution_id}"),
            *("study_flag:404", "credential:404", "policy_proposal:404", "county:330822"),
            *(f"person:{guest.id}", f"person:{stranger.id}"),
        ):
            record(
                session,
                # In reach of every desk below, whatever the act was done to.
                actor_id=near.person_id,
                action="class.changed",
                subject=subject,
                details={},
                at=now(session),
            )
        scopes = {
            "county": Scope(ScopeKind.COUNTY, COUNTY),
            "institution": Scope(ScopeKind.INSTITUTION, str(school)),
            "course": Scope(ScopeKind.COURSE, str(small.course.course.id)),
            "class": Scope(ScopeKind.CLASS, str(own.id)),
        }
        return Ground(scopes, own.id, held.id, theirs.id, away.id)


@pytest.fixture
def desk(request, app: Flask, database: Database, settings: Settings, ground: Ground) -> Client:
    """Return the browser of a role in a scope; a county has claims, lists and payments."""
    role, scope = request.param
    with database.transaction() as session:
        if scope == "county":
            make_paid_claims(session, keys_of(settings))
            make_claim(session, make_claimant(session, keys_of(settings)))
        person = make_person(session, name="周敏")
        make_grant(session, person, role, ground.scopes[scope])
    client: Client = app.test_client()
    sign_in(client, person, confirmed_at=utc_now(), second_factor_at=utc_now())
    return client


ENGINES = ("sqlite", "postgresql")
KINDS = ("county", "institution", "course", "class")
DESKS = [
    *((role, kind) for role in (Role.ADMINISTRATOR, Role.SUPERVISOR) for kind in KINDS),
    (Role.INSTRUCTOR, "class"),
    (Role.MENTOR, "county"),
]


def cases() -> Iterator[ParameterSet]:
    """Return each desk with an engine, in turns: a page's own tests ask it on both."""
    for place, (role, kind) in enumerate(DESKS):
        engine = ENGINES[(place + place // len(KINDS)) % 2]
        marks = [pytest.mark.postgres] if engine == "postgresql" else []
        yield pytest.param((role, kind), engine, id=f"{role}-{kind}-{engine}", marks=marks)


@pytest.mark.parametrize(("desk", "engine"), list(cases()), indirect=["desk"])
def test_no_link_of_a_desk_leads_to_what_is_not_there(app: Flask, desk: Client) -> None:
    seen, faults = crawl(desk, app, "/me")
    assert faults == []
    assert len(seen) > 20
