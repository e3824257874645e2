"""A roster that was taken in or forgotten: a second tap and an old address say what became."""

import re
import threading

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.staff.models import RosterDraft
from tests.factories.enrollment import make_class
from tests.factories.rosters import line, roster
from tests.functional.staff.test_rosters import PLACE, hidden, send, take


@pytest.fixture
def desk(open_desk):
    return open_desk()


@pytest.fixture
def own_class(small, database):
    with database.transaction() as session:
        return make_class(session, small.course, title="秋季班", capacity=5)


def newcomers(database):
    with database.snapshot() as session:
        return session.scalar(select(func.count()).where(Person.name.like("学员%")))


def test_a_second_tap_says_who_took_it_in_and_where_to_go_on(desk, database, own_class):
    place = send(desk, roster(line(1)), **{"class": str(own_class.id)}).location
    shown = {**hidden(desk.get(place).text), "papers": "1"}
    assert desk.post(place, data=shown).location == f"/staff/classes/{own_class.id}"
    for again in (place, f"{place}/drop"):
        assert desk.post(again, data=shown).location == place
        page = desk.get(place).text
        assert "这份名单已经导入过了" in page
        assert re.search(
            r"已于 <span[^>]*>\d{4}-\d\d-\d\d \d\d:\d\d</span> 导入，不用再做一次", page
        )
        assert f'href="/staff/classes/{own_class.id}"' in page
        assert hidden(page) == {}
    assert newcomers(database) == 1


def test_two_taps_at_once_take_it_in_once_and_both_end_well(desk, open_desk, database, app):
    place = send(desk, roster(*(line(number) for number in range(1, 40)))).location
    shown = {**hidden(desk.get(place).text), "papers": "1"}
    cookie = desk.get_cookie("session")
    barrier, ends = threading.Barrier(2), []

    def tap() -> None:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        barrier.wait()
        ends.append(browser.post(place, data=shown).location)

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(ends) == ["/staff/people", place]
    assert newcomers(database) == 39


def test_one_that_is_not_there_any_more_says_to_choose_the_file_again(desk, open_desk, database):
    place = send(desk, roster(line(1))).location
    with database.transaction() as session:
        session.execute(delete(RosterDraft))
    gone = [desk.get(place), desk.post(place), open_desk().get(f"{PLACE}/nothing")]
    for answer in gone:
        assert answer.status_code == 404
        assert "上传的名单只保留一天" in answer.text
        assert f'href="{PLACE}"' in answer.text


def test_without_the_word_on_the_papers_nobody_is_taken_in(desk, database):
    place = send(desk, roster(line(1))).location
    page = desk.get(place).text
    box = re.search(r'<input type="checkbox" name="papers"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]
    assert (
        "书面材料在我这里：名单上每个人都签字同意用户约定和隐私说明，并同意保存身份证号。" in page
    )
    assert desk.post(place, data=hidden(page)).location == place
    assert newcomers(database) == 0
    take(desk, place)
    assert newcomers(database) == 1
    with database.snapshot() as session:
        draft = session.scalars(select(RosterDraft)).one()
        act = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "people.taken_in")
        ).one()
    assert draft.papers == "terms:2 privacy:5 sensitive:1"
    assert act.details["way"] == "paper"
    assert act.details["texts"] == ["terms", "privacy", "sensitive"]
    assert act.actor_id == draft.sent_by_id


def test_without_numbers_nobody_is_said_to_agree_to_keeping_them(desk, database):
    place = send(desk, roster(line(1, card=""))).location
    assert "并同意保存身份证号。</span>" not in desk.get(place).text
    take(desk, place)
    with database.snapshot() as session:
        assert session.scalars(select(RosterDraft.papers)).one() == "terms:2 privacy:5"


@pytest.mark.parametrize("change", ["papers", "taken_in_at", "deleted"])
def test_the_database_keeps_what_was_said_of_the_papers(desk, database, change):
    take(desk, send(desk, roster(line(1))).location)
    what = (
        delete(RosterDraft) if change == "deleted" else update(RosterDraft).values({change: None})
    )
    with pytest.raises(IntegrityError, match="never change"), database.transaction() as session:
        session.execute(what)
