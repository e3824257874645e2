"""The queue of claims: its stages and pages, and that it asks of claims, not of everybody."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from lms.core.access import Actor
from lms.db.session import Database
from lms.subsidy.domain.claim_desk import ClaimFilters, Stage
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.gateway import shelf
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.queries import claim_desk
from lms.subsidy.queries.claim_desk_page import claim_page
from tests.factories.claims import make_claim, make_claimant, make_draft, make_reviewer, move
from tests.factories.subsidy import TODAY
from tests.support.statements import asked, read_through


@pytest.fixture
def waiting(database: Database, keys) -> list[int]:
    """Five claims, the last handed in standing the longest."""
    with database.transaction() as session:
        ids = [make_claim(session, make_claimant(session, keys)).id for _ in range(5)]
        make_draft(session, make_claimant(session, keys))
        claim = session.get_one(SubsidyClaim, ids[0])
        for place, each in enumerate(ids):
            at = claim.state_at - timedelta(days=place)
            session.execute(update(SubsidyClaim).where(SubsidyClaim.id == each).values(state_at=at))
        return ids


def listed(database: Database, actor: Actor, **filters: object) -> list[int]:
    with database.snapshot() as session:
        found = claim_desk.claim_queue(session, actor, ClaimFilters(**filters), None)
    return [line.claim.id for line in found.lines]


def test_the_oldest_comes_first_and_pages_neither_skip_nor_repeat(
    database, waiting, two, monkeypatch
):
    monkeypatch.setattr(claim_desk, "PAGE_ROWS", 2)
    seen, place = [], None
    while place is not None or not seen:
        with database.snapshot() as session:
            page = claim_desk.claim_queue(session, two[0], ClaimFilters(), place)
        seen += [line.claim.id for line in page.lines]
        place = page.next
    assert seen == waiting[::-1]


def test_claims_stand_in_the_stage_they_wait_at(database, waiting, two):
    first, second = (each.person_id for each in two)
    steps = {
        1: [(ClaimAct.FIRST_LOOK, first)],
        2: [(ClaimAct.FIRST_LOOK, first), (ClaimAct.SECOND_LOOK, second)],
        3: [(ClaimAct.FIRST_LOOK, first), (ClaimAct.REOPEN, None)],
        4: [(ClaimAct.RETURN, first)],
    }
    with database.transaction() as session:
        for place, acts in steps.items():
            for act, by in acts:
                move(session, waiting[place], act, by)
    found = {stage: listed(database, two[0], stage=stage) for stage in Stage}
    assert found[Stage.FIRST] == [waiting[0], waiting[3]]
    assert found[Stage.CHANGED] == [waiting[3]]
    assert [found[each] for each in (Stage.SECOND, Stage.LIST, Stage.RETURNED)] == [
        *([waiting[1]], [waiting[2]], [waiting[4]])
    ]
    assert sorted(found[Stage.ALL]) == waiting
    with database.snapshot() as session:
        counts = claim_desk.claim_queue(session, two[0], ClaimFilters(), None).counts
    assert counts == {each: len(found[each]) for each in Stage if each is not Stage.ALL}


def test_a_claim_knows_its_place_and_its_neighbours(database, waiting, two):
    def around(claim_id: int):
        with database.snapshot() as session:
            found = claim_page(
                session, two[0], claim_id, ClaimFilters(), shelf=shelf(), today=TODAY
            )
        return found.head.around

    one = around(waiting[3])
    assert (one.place, one.total, one.previous, one.next) == (2, 5, waiting[4], waiting[2])
    with database.transaction() as session:
        move(session, waiting[3], ClaimAct.FIRST_LOOK, two[0].person_id)
    gone = around(waiting[3])
    assert (gone.is_here, gone.first, gone.total) == (0, waiting[4], 4)


def test_filters_narrow_it_and_another_county_sees_nothing(database, waiting, two):
    with database.transaction() as session:
        claim = session.get_one(SubsidyClaim, waiting[1])
        number, person_id = str(claim.number), claim.person_id
        stranger = make_reviewer(session, county="330881")
    assert listed(database, two[0], q=number.lower()) == [waiting[1]]
    assert listed(database, two[0], person=person_id, stage=Stage.ALL) == [waiting[1]]
    assert len(listed(database, two[0], q="秀芳", programme="anchor-l5")) == 5
    assert listed(database, two[0], q="%") == []
    assert listed(database, two[0], town="白石镇") == []
    assert listed(database, stranger, stage=Stage.ALL) == []


def test_no_stage_reads_everybody_through(database, waiting, two):
    with asked(database) as said:
        for stage in Stage:
            listed(database, two[0], stage=stage, q="秀")
    assert read_through(database, said) == []
