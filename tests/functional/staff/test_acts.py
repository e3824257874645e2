"""The page of acts: who sees which, in which words, with which links; the end of the chain."""

import json
from datetime import timedelta

import pytest

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.audit import queries as audit
from lms.audit.service import record
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import now
from lms.keeping import service
from tests.factories.accounts import make_person, make_staff
from tests.factories.keeping import china, close, make_everything
from tests.factories.roster import NEIGHBOUR
from tests.support.statements import assert_few_statements

AUDIT, HEAD, ERASED = "/supervision/audit", "/supervision/audit/head.json", "/staff/erased"
EVERYWHERE = Scope(ScopeKind.PLATFORM)


@pytest.fixture
def people(database, small):
    """Two learners of the county and one of the neighbour."""
    with database.transaction() as session:
        return [
            make_person(session, name="林秀芳"),
            make_person(session, name="<i>徐建国"),
            make_person(session, name="邻县人", county_code=NEIGHBOUR),
        ]


def act(database, actor, action, subject, *, at=None, **details):
    with database.transaction() as session:
        entry = record(
            session,
            actor_id=actor.id if actor else None,
            action=action,
            subject=subject,
            details=details,
            at=at or now(session),
        )
        return entry.id


def items(answer):
    """Return the sentences of the page, without markup."""
    listed = answer.text.split('<ul class="list sheet">')[-1].split("</ul>")[0]
    return [" ".join(each.split()) for each in listed.split("<li>")[1:]]


def test_an_act_is_a_sentence_with_name_link_and_reason(database, open_desk, people):
    first, second, _ = people
    act(database, first, "person.locked", f"person:{second.id}", reason="<手机丢失>")
    desk = open_desk(Role.ADMINISTRATOR)
    [shown] = items(desk.get(AUDIT))
    assert (
        f'<b>林秀芳</b> 锁定了 <a href="/staff/people/{second.id}">&lt;i&gt;徐建国</a> 的账户'
        in shown
    )
    assert "理由：&lt;手机丢失&gt;" in shown


def test_county_staff_see_acts_by_or_about_their_people_and_the_platform_all(
    database, open_desk, people
):
    own, _, stranger = people
    act(database, own, "course.published", "course:live")
    act(database, stranger, "person.corrected", f"person:{own.id}")
    act(database, own, "person.corrected", f"person:{stranger.id}")
    act(database, stranger, "course.published", "course:other")
    act(database, None, "person.held", f"person:{stranger.id}")
    shown = items(open_desk(Role.SUPERVISOR).get(AUDIT))
    assert len(shown) == 3
    # Who acted is always said; of whom it was done to the name stays in their county.
    assert "邻县人" not in shown[0]
    assert f"{stranger.id} 号人员" in shown[0]
    assert "<a " not in shown[0]
    assert "<b>邻县人</b>" in shown[1]
    assert len(items(open_desk(Role.SUPERVISOR, EVERYWHERE).get(AUDIT))) == 5


def test_the_list_goes_on_behind_the_last_one(database, open_desk, people):
    for number in range(120):
        act(database, people[0], "paper.read", f"person:{people[1].id}", paper=str(number))
    desk = open_desk(Role.SUPERVISOR)
    seen, address = [], AUDIT
    while address:
        page = desk.get(address)
        seen += [each.split("材料：")[1].split("<")[0] for each in items(page)]
        more = page.text.split('rel="next" href="')
        address = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else None
    assert seen == [str(number) for number in reversed(range(120))]


def test_person_action_and_day_narrow_the_list(database, open_desk, people):
    first, second, _ = people
    late, early = china(2026, 5, 2, 23, 59), china(2026, 5, 3)
    act(database, first, "data.taken", f"person:{first.id}", at=late)
    act(database, first, "person.locked", f"person:{second.id}", at=early)
    act(database, second, "data.taken", f"person:{second.id}", at=early + timedelta(hours=1))
    desk = open_desk(Role.SUPERVISOR)

    def found(query):
        return len(items(desk.get(f"{AUDIT}?{query}")))

    assert found("") == 3
    assert found(f"person={first.id}") == 2
    assert found(f"person={second.id}") == 2
    assert found("action=data.taken") == 2
    assert found("day=2026-05-02") == 1
    assert found("day=2026-05-03") == 2
    assert found(f"day=2026-05-03&action=data.taken&person={second.id}") == 1
    assert "没有符合条件的操作" in desk.get(f"{AUDIT}?day=2026-05-04").text


@pytest.mark.parametrize("query", ["person=x", "before=-1", "day=2026-02-30", "action=" + "a" * 61])
def test_an_address_that_makes_no_sense_is_refused(open_desk, query):
    assert open_desk(Role.SUPERVISOR).get(f"{AUDIT}?{query}").status_code == 422


def test_an_act_of_old_that_has_no_words_is_shown_as_it_stands(database, open_desk, people):
    act(database, people[0], "tea.made", "teapot:1")
    assert "tea.made" in items(open_desk(Role.SUPERVISOR).get(AUDIT))[0]


def test_the_page_asks_few_questions_however_many_acts_there_are(database, open_desk, people):
    for person in people:
        for _ in range(20):
            act(database, person, "paper.read", f"person:{people[0].id}", paper="1")
    assert_few_statements(open_desk(Role.SUPERVISOR), database, AUDIT)


def test_the_end_of_the_chain_is_what_the_command_says(database, open_desk, people):
    act(database, people[0], "data.taken", f"person:{people[0].id}")
    answer = open_desk(Role.SUPERVISOR).get(HEAD)
    with database.snapshot() as session:
        head = audit.head(session)
    said = json.loads(answer.text)
    assert (said["entries"], said["head"]) == (head.number, head.hash)
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.fixture
def erased(database, settings, small):
    """Somebody who was erased, and the number."""
    with database.transaction() as session:
        clerk = make_staff(session, Role.ADMINISTRATOR)
        known = make_everything(session, keys_of(settings), clerk)
        close(session, known.own.person, china(2015, 3, 5))
        person_id = known.person_id
    with database.transaction() as session:
        assert service.erase(session, person_id, years=5, now=now(session)) is not None
    return person_id


def test_the_erased_are_numbers_with_counts(open_desk, erased):
    page = open_desk(Role.SUPERVISOR).get(ERASED).text
    row = page.split("<tbody>")[1].split("</tbody>")[0]
    assert f">{erased}</a>" in row
    assert "2015-03-05" in row
    assert "身份证号 1" in row
    assert "材料 1" in row
    assert "林秀芳" not in row
    other = open_desk(Role.SUPERVISOR, Scope(ScopeKind.COUNTY, NEIGHBOUR)).get(ERASED).text
    assert "还没有人被删除" in other


def test_an_erased_person_is_nobody_at_the_desks(database, open_desk, erased):
    desk = open_desk(Role.ADMINISTRATOR)
    assert desk.get(f"/staff/people/{erased}").status_code == 404
    assert desk.get(f"/staff/people/{erased}/facts").status_code == 404
    assert desk.post(f"/staff/people/{erased}/let-in").status_code == 404
    assert f'href="/staff/people/{erased}"' not in desk.get("/staff/people").text
    with database.snapshot() as session:
        assert session.get_one(Person, erased).state == "closed"
    [shown] = [each for each in items(desk.get(AUDIT)) if "全部个人信息" in each]
    assert "<a " not in shown
