"""Objections pull rows back at once; rulings, approving, closing and taking down follow rules."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.gateway import Vault
from lms.accounts.models import Person
from lms.accounts.service.resealing import reseal
from lms.audit import queries as audit
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, NotFound
from lms.db.session import Database, now
from lms.subsidy import queries, service
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.domain.notices import Outcome, Ruling
from lms.subsidy.gateway import shelf
from lms.subsidy.models import NoticeObjection, NoticeRow, PublicNotice
from lms.wiring import SEALED
from tests.factories.accounts import make_county
from tests.factories.claims import claim_now, make_reviewer, steps_of
from tests.factories.notices import make_listed, make_waiting, object_
from tests.factories.subsidy import make_fact
from tests.integration.subsidy.test_claiming import PAST

# Five working days of a year without holidays are over by then.
LATER = timedelta(days=12)


@pytest.fixture
def listed(database, keys, two) -> PublicNotice:
    """A list of two claims that hangs out since today."""
    with database.transaction() as session:
        make_waiting(session, keys, two, 2)
        return make_listed(session, two[0], keys)


def rows(database: Database) -> list[NoticeRow]:
    with database.snapshot() as session:
        return list(session.scalars(select(NoticeRow).order_by(NoticeRow.id)))


def states(database: Database) -> list[str]:
    return [row.state for row in rows(database)]


def claims(database: Database) -> list[str]:
    return [claim_now(database, row.claim_id).state for row in rows(database)]


def rule(session, actor: Actor, number: str, outcome: Outcome, reason: str = "查过了"):
    ruling = Ruling(outcome, reason)
    return service.rule(session, actor, number, ruling, shelf=shelf(), now=now(session))


def end(session, act, actor: Actor, number: str, *, after: timedelta = LATER, **more):
    return act(session, actor, number, shelf=shelf(), now=now(session) + after, **more)


def test_of_two_who_object_at_once_both_are_kept_and_the_row_goes_once(database, keys, listed):
    def say(which: int) -> str:
        with database.transaction() as session:
            return object_(session, listed.number, keys, words=f"不对，第 {which} 个人说").number

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(say, range(2)))
    assert [each[-5:] for each in numbers] == ["-0001", "-0002"]
    assert (states(database), claims(database)) == (
        ["objected", "standing"],
        ["objected", "publicised"],
    )
    steps = [each.act for each in steps_of(database, rows(database)[0].claim_id)]
    assert steps.count("object") == 1
    assert steps_of(database, rows(database)[0].claim_id)[-1].by_id is None


def test_the_row_stands_again_when_the_last_objection_is_dismissed(database, keys, two, listed):
    with database.transaction() as session:
        first = object_(session, listed.number, keys).number
        second = object_(session, listed.number, keys).number
        rule(session, two[0], first, Outcome.DISMISS)
    assert states(database)[0] == "objected", "another objection is open"
    with database.transaction() as session:
        rule(session, two[1], second, Outcome.DISMISS, "营业执照是他哥哥的")
        with pytest.raises(Conflict, match="objection_ruled"):
            rule(session, two[0], second, Outcome.REJECT)
    assert (states(database)[0], claims(database)[0]) == ("standing", "publicised")
    with database.snapshot() as session:
        line = queries.objection_line(session, two[0], second, "subsidy.read")
        assert (line.objection.ruling, line.ruled_by, line.objection.reason) == (
            *("dismissed", "鲁晓东"),
            "营业执照是他哥哥的",
        )


def test_nothing_is_approved_while_somebodys_word_against_the_whole_list_waits(
    database, keys, two, listed
):
    with database.transaction() as session:
        own = object_(session, listed.number, keys, place=None, words="没有一个是本县的").number
    assert states(database) == ["standing", "standing"]
    for act in (service.foresee, service.approve_notice):
        with database.transaction() as session, pytest.raises(Conflict, match="notice_disputed"):
            end(session, act, two[0], listed.number)
    with database.transaction() as session:
        rule(session, two[0], own, Outcome.DISMISS, "都核对过户籍")
        end(session, service.approve_notice, two[0], listed.number)
    assert claims(database) == ["approved", "approved"]


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.RETURN, "returned"), (Outcome.REJECT, "rejected")]
)
def test_upheld_the_claim_goes_back_or_is_over(database, keys, two, listed, outcome, state):
    with database.transaction() as session:
        own = object_(session, listed.number, keys).number
        rule(session, two[1], own, outcome, "店是他开的")
    assert (states(database), claims(database)[0]) == (["pulled", "standing"], state)
    assert steps_of(database, rows(database)[0].claim_id)[-1].reason == "店是他开的"


def test_nobody_rules_on_their_own_claim_out_of_reach_or_changes_a_ruling(
    database, keys, two, listed
):
    with database.transaction() as session:
        own = object_(session, listed.number, keys).number
        owner = claim_now(database, rows(database)[0].claim_id).person_id
        learner = Actor(owner, "林秀芳", two[0].grants, 0)
        with pytest.raises(Conflict, match="claim_own"):
            rule(session, learner, own, Outcome.DISMISS)
        make_county(session, code="330824")
        stranger = make_reviewer(session, "330824")
        with pytest.raises(NotFound):
            rule(session, stranger, own, Outcome.DISMISS)
        rule(session, two[0], own, Outcome.DISMISS)
        for change in ("reason = 'x'", "ruling = 'upheld'", "ruling = NULL", "words = 'x'"):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(f"UPDATE notice_objection SET {change}"))  # noqa: S608 (ours)


def test_after_the_last_day_nobody_objects_and_before_it_nothing_is_approved(
    database, keys, two, listed
):
    with database.transaction() as session:
        last = now(session) + (listed.last_day - local_day(now(session))) * 1
        with pytest.raises(Conflict, match="notice_hangs"):
            service.approve_notice(session, two[0], listed.number, shelf=shelf(), now=last)
        with pytest.raises(Conflict, match="notice_over"):
            object_(session, listed.number, keys, at=last + timedelta(days=1))
        object_(session, listed.number, keys, at=last)
        done = end(session, service.approve_notice, two[1], listed.number)
        assert (done.rows, done.total_fen, done.is_closed) == (1, 60_000, False)
    assert (states(database), claims(database)) == (["objected", "done"], ["objected", "approved"])


def test_what_approving_would_do_is_foreseen_and_done_so(database, keys, two, listed):
    with database.transaction() as session:
        owner = claim_now(database, rows(database)[1].claim_id).person_id
        make_fact(session, session.get_one(Person, owner), FactKey.PAST_SUBSIDIES, [PAST])
    with database.snapshot() as session:
        seen = end(session, service.foresee, two[0], listed.number)
    assert (seen.rows, [(place, why.code) for place, why in seen.refused]) == (
        1,
        [(2, "claim_not_met")],
    )
    with database.transaction() as session:
        done = end(session, service.approve_notice, two[0], listed.number)
    assert (done.rows, [place for place, _ in done.refused]) == (1, [2])
    with database.transaction() as session, pytest.raises(Conflict, match="notice_rows_left"):
        service.close(session, two[0], listed.number, now=now(session))


def test_a_list_whose_rows_are_all_approved_is_over(database, two, listed):
    with database.transaction() as session:
        assert end(session, service.approve_notice, two[0], listed.number).is_closed
    with database.transaction() as session:
        notice = session.get_one(PublicNotice, listed.id)
        assert (notice.state, notice.closed_by_id) == ("over", two[0].person_id)
        with pytest.raises(Conflict, match="notice_closed"):
            end(session, service.approve_notice, two[0], listed.number)


def test_taken_down_its_claims_wait_for_the_next_list_and_objections_for_a_ruling(
    database, keys, two, listed
):
    with database.transaction() as session:
        own = object_(session, listed.number, keys).number
        gone = end(session, service.cancel, two[0], listed.number, after=timedelta(), reason="错")
        assert gone == 1
    assert (states(database), claims(database)) == (
        ["objected", "pulled"],
        ["objected", "in_review"],
    )
    with database.transaction() as session:
        rule(session, two[0], own, Outcome.DISMISS)
    assert claims(database)[0] == "in_review"
    with database.transaction() as session:
        assert make_listed(session, two[0], keys).rows == 2
        assert audit.verify(session).fault is None


def test_the_contact_is_sealed_opened_on_the_record_and_sealed_anew(database, keys, two, listed):
    with database.transaction() as session:
        own = object_(session, listed.number, keys, contact="13900002222").number
        kept = session.scalar(select(NoticeObjection.contact))
        assert "13900002222" not in kept
        for _ in range(2):
            _, reach = service.open_contact(session, two[0], own, keys=keys, now=now(session))
            assert reach == "13900002222"
        opened = "SELECT count(*) FROM audit_entry WHERE action = 'notice.objection_opened'"
        assert session.execute(text(opened)).scalar_one() == 1
        rule(session, two[0], own, Outcome.DISMISS)
        newer = Vault({"k2": bytes(32), "k1": bytes(range(32))})
        (column,) = [each for each in SEALED if each.text.class_ is NoticeObjection]
        assert reseal(session, newer, column, after=None, limit=10)[0] == 1
        session.flush()
        assert session.scalar(select(func.count()).where(NoticeObjection.contact.like("k2:%"))) == 1


def test_the_list_as_a_whole_can_be_objected_to_and_no_row_moves(database, keys, two, listed):
    with database.transaction() as session:
        own = object_(session, listed.number, keys, place=None).number
        rule(session, two[0], own, Outcome.REJECT)
        with pytest.raises(NotFound):
            object_(session, listed.number, keys, place=99)
    assert states(database) == ["standing", "standing"]
