"""A list is published whole or not at all, once; rows are masked; the database says no too."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.accounts.models import Person
from lms.audit import queries as audit
from lms.core.clock import local_day
from lms.core.errors import ConfirmationNeeded, Conflict, NotFound
from lms.db.session import Database, now
from lms.subsidy import queries, service
from lms.subsidy.domain.check_codes import check_code
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.domain.notice_rows import Masks, NewNotice, content_of
from lms.subsidy.domain.public_masks import NumberMask
from lms.subsidy.domain.workdays import MissingYear
from lms.subsidy.models import NoticeRow, PublicNotice, SubsidyClaim
from tests.factories.accounts import COUNTY, make_county
from tests.factories.claims import claim_now, make_reviewer, steps_of
from tests.factories.notices import (
    OFFICE,
    confirm,
    grounds,
    make_listed,
    make_published,
    make_waiting,
    plain_calendars,
)
from tests.factories.subsidy import make_fact
from tests.integration.subsidy.test_claiming import PAST


def rows_of(database: Database) -> list[NoticeRow]:
    with database.snapshot() as session:
        return list(session.scalars(select(NoticeRow).order_by(NoticeRow.place)))


def count(database: Database, what=PublicNotice) -> int:
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


@pytest.fixture
def waiting(database, keys, two) -> list[int]:
    with database.transaction() as session:
        return make_waiting(session, keys, two, 3)


def test_a_list_has_rows_number_days_code_and_its_digest_in_the_log(database, keys, two, waiting):
    with database.transaction() as session:
        made = make_listed(session, two[0], keys)
        today = local_day(now(session))
    with database.snapshot() as session:
        notice = session.get_one(PublicNotice, made.id)
        rows = queries.all_rows(session, notice.id)
        content = content_of(queries.head_of(notice), [(r.shown, r.amount_fen) for r in rows])
        said = "SELECT details FROM audit_entry WHERE action = 'notice.published'"
        assert notice.content_sha256 in str(session.execute(text(said)).scalar_one())
        assert audit.verify(session).fault is None
        found = queries.notice_of_claim(session, waiting[1])
    assert notice.number == f"GS-{today:%y-%m}-01"
    assert (notice.rows, notice.total_fen, notice.state) == (3, 180_000, "open")
    assert notice.first_day > today
    assert [row.claim_id for row in rows] == waiting
    assert rows[0].shown["name"] == "林*芳"
    assert re.fullmatch(r"\*{14}[0-9]{3}[0-9X]", rows[0].shown["number"])
    assert rows[0].shown["class"] is None
    assert check_code(content) == notice.check_code
    assert {claim_now(database, each).state for each in waiting} == {"publicised"}
    assert steps_of(database, waiting[0])[-1].about == {
        "notice": notice.number,
        "until": notice.last_day.isoformat(),
    }
    assert (found.number, found.place, found.row_state) == (notice.number, 2, "standing")


def test_what_one_list_has_no_room_for_goes_on_the_next(
    database, keys, two, waiting, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lms.subsidy.service.notices.MOST_ROWS", 2)
    with database.transaction() as session:
        first = make_listed(session, two[0], keys)
        second = make_listed(session, two[0], keys)
        assert (first.rows, second.rows) == (2, 1)
    assert [row.claim_id for row in rows_of(database)] == [waiting[0], waiting[2], waiting[1]]


def test_what_cannot_stand_on_it_is_named_and_nothing_of_another_county(
    database, keys, two, waiting
):
    with database.transaction() as session:
        make_county(session, "330881")
        clerk = make_reviewer(session, "330881")
        asked = NewNotice("330881", contact=OFFICE, claim_ids=tuple(waiting))
        assert service.plan(session, clerk, asked).missing == []
        make_listed(session, two[0], keys, claim_ids=tuple(waiting[:1]))
        asked = NewNotice(COUNTY, contact=OFFICE, claim_ids=tuple(waiting))
        missing = service.plan(session, two[0], asked).missing
    assert missing == [claim_now(database, waiting[0]).number]


def test_what_no_longer_passes_is_left_out_and_said(database, keys, two, waiting):
    with database.transaction() as session:
        person = session.get_one(Person, claim_now(database, waiting[1]).person_id)
        make_fact(session, person, FactKey.PAST_SUBSIDIES, [PAST])
        made = make_published(session, two[0], keys)
        left = [(name, why.code) for name, why in made.left_out]
    assert left == [(claim_now(database, waiting[1]).number, "claim_changed")]
    assert [(row.place, row.claim_id) for row in rows_of(database)] == [
        (1, waiting[0]),
        (2, waiting[2]),
    ]


def test_a_list_on_which_nothing_stands_is_not_made(database, keys, two):
    with database.transaction() as session:
        (own,) = make_waiting(session, keys, two)
        person = session.get_one(Person, session.get_one(SubsidyClaim, own).person_id)
        make_fact(session, person, FactKey.PAST_SUBSIDIES, [PAST])
    with pytest.raises(Conflict, match="claim_changed"), database.transaction() as session:
        make_listed(session, two[0], keys)
    assert count(database) == 0


def test_killed_half_way_nothing_is_published(database, keys, two, waiting):
    with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012 (both are one piece of work)
        make_listed(session, two[0], keys)
        _ = 1 // 0
    assert (count(database), count(database, NoticeRow)) == (0, 0)
    assert {claim_now(database, each).state for each in waiting} == {"in_review"}
    with database.transaction() as session:
        assert make_listed(session, two[0], keys).number.endswith("-01"), "no number is lost"


def test_of_five_who_publish_at_once_one_does(database, keys, waiting):
    with database.transaction() as session:
        actors = [make_reviewer(session) for _ in range(5)]

    def publish(actor) -> str:
        try:
            with database.transaction() as session:
                make_listed(session, actor, keys)
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(5) as pool:
        said = list(pool.map(publish, actors))
    assert said.count("done") == 1
    assert set(said) <= {"done", "notice_changed", "claim_moved_on"}
    assert (count(database), count(database, NoticeRow)) == (1, 3)


def test_without_the_index_a_claim_would_hang_on_two_lists(database, keys, two, waiting):
    with database.transaction() as session:
        notice = make_listed(session, two[0], keys)
        values = {
            each.name: getattr(notice, each.name)
            for each in PublicNotice.__table__.columns
            if each.name != "id"
        }
        again = PublicNotice(**values | {"number": "GS-00-00-99", "check_code": "another"})
        session.add(again)
        session.flush()
        row = {
            "notice_id": again.id,
            "claim_id": waiting[0],
            "place": 1,
            "shown": {},
            "amount_fen": 1,
        }
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(NoticeRow), [row])
        session.execute(text("DROP INDEX uq_notice_row_standing"))
        session.execute(insert(NoticeRow), [row])
    assert [each.claim_id for each in rows_of(database)].count(waiting[0]) == 2


def test_the_database_keeps_what_was_published(database, keys, two):
    with database.transaction() as session:
        make_waiting(session, keys, two)
        make_listed(session, two[0], keys)
        for said in (
            "UPDATE notice_row SET shown = '{}'",
            "UPDATE notice_row SET amount_fen = 1",
            "DELETE FROM notice_row",
            "UPDATE public_notice SET last_day = first_day",
            "UPDATE public_notice SET contact = 'x'",
            "UPDATE public_notice SET state = 'over'",
            "DELETE FROM public_notice",
        ):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(said))


def test_the_longer_mask_opens_numbers_as_one_act_and_keeps_none(database, keys, two, waiting):
    with database.transaction() as session:
        notice = make_listed(session, two[0], keys, masks=Masks(NumberMask.SIX_AND_FOUR))
        details = session.execute(
            text("SELECT details FROM audit_entry WHERE action = 'notice.numbers_opened'")
        ).all()
    assert len(details) == 1
    assert "public notice" in str(details[0])
    assert notice.id_mask == "six_and_four"
    numbers = [row.shown["number"] for row in rows_of(database)]
    assert [bool(re.fullmatch(r"\d{6}\*{8}\d{3}[\dX]", each)) for each in numbers] == [True] * 3


def test_nobody_publishes_without_proof_out_of_reach_or_for_days_nobody_knows(
    database, keys, two, waiting
):
    new = NewNotice(COUNTY, contact=OFFICE)
    with database.transaction() as session:
        with pytest.raises(ConfirmationNeeded):
            service.publish(session, two[1], new, grounds=grounds(keys), now=now(session))
        confirm(session, two[0])
        known = grounds(keys, plain_calendars(2024))
        with pytest.raises(MissingYear):
            service.publish(session, two[0], new, grounds=known, now=now(session))
        with pytest.raises(NotFound):
            service.plan(session, two[0], NewNotice("330824"))
        with pytest.raises(Conflict, match="notice_changed"):
            service.publish(session, two[0], new, grounds=grounds(keys), now=now(session))
    assert count(database) == 0
