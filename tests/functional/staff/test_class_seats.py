"""Putting somebody into a class by hand: who is found, as what, and what one tap does."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass
from lms.notify.models import SmsMessage
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.support.site import Client
from tests.support.statements import assert_cheap

_ITEM = re.compile(r'<li class="two">(.*?)</li>', re.DOTALL)
_GIVES = re.compile(r'name="person" value="(\d+)"')


@dataclass
class Scene:
    """A class of three seats, and somebody of each kind whose name begins with 方."""

    class_id: int
    people: dict[str, int]

    @property
    def page(self) -> str:
        return f"/staff/classes/{self.class_id}"

    @property
    def at(self) -> str:
        return f"{self.page}/people/new"


@pytest.fixture
def scene(small: Small, database: Database) -> Scene:
    course = small.course
    with database.transaction() as session:
        row = make_class(session, course, title="秋季一班", capacity=3)
        other = make_class(session, course, title="冬季班")
        made = {
            name: make_person(session, name=name)
            for name in ("方新", "方独", "方别", "方这", "方毕", "方锁", "方外", "方邻")
        }
        make_enrollment(session, course=course, person=made["方独"])
        for name, class_id in (("方别", other.id), ("方这", row.id)):
            make_enrollment(session, course=course, person=made[name], training_class_id=class_id)
        make_enrollment(
            session, course=course, person=made["方毕"], status=EnrollmentStatus.COMPLETED
        )
        made["方锁"].state = "locked"
        made["方邻"].county_code = NEIGHBOUR
        theirs = make_class(session, course, title="邻县班", county_code=NEIGHBOUR)
        make_enrollment(session, course=course, person=made["方外"], training_class_id=theirs.id)
        return Scene(row.id, {name: person.id for name, person in made.items()})


def items(page: str) -> dict[str, str]:
    """Return what the page says of each person that was found, by name."""
    found = {}
    for each in _ITEM.findall(page):
        words = re.sub(r"<[^>]*>", " ", each).split()
        found[words[0]] = " ".join(words)
    return found


def seat_of(database: Database, person_id: int) -> int | None:
    with database.snapshot() as session:
        return session.scalar(
            select(Enrollment.training_class_id).where(
                Enrollment.person_id == person_id, Enrollment.status == "active"
            )
        )


def fill(database: Database, small: Small, scene: Scene) -> None:
    with database.transaction() as session:
        for _ in range(2):
            make_enrollment(session, course=small.course, training_class_id=scene.class_id)


def test_each_is_shown_as_what_they_are_with_one_button_at_most(
    open_desk: OpenDesk, scene: Scene
) -> None:
    page = open_desk().get(f"{scene.at}?q=方").text
    found = items(page)
    assert set(found) == set(scene.people) - {"方邻"}
    for name, words in {
        "方新": "还没报这门课 报进这个班",
        "方独": "自己在学，没有进班 报进这个班",
        "方别": "现在在“冬季班”，会转到这个班 报进这个班",
        "方这": "已经在这个班",
        "方毕": "已经结业",
        "方锁": "账户锁着或者已经注销",
        "方外": "在别处办的班里，要由那边转班",
    }.items():
        assert found[name].endswith(words), found[name]
    gives = {int(each) for each in _GIVES.findall(page)}
    assert gives == {scene.people[name] for name in ("方新", "方独", "方别")}
    assert "还有 2 个名额" in page
    assert "邻县班" not in page


def test_a_phone_number_finds_as_a_whole(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    with database.snapshot() as session:
        phone = session.get_one(Person, scene.people["方独"]).phone
    desk = open_desk()
    assert set(items(desk.get(f"{scene.at}?q={phone}").text)) == {"方独"}
    assert "没有找到人" in desk.get(f"{scene.at}?q={phone[:7]}").text
    assert _GIVES.findall(desk.get(scene.at).text) == []
    assert desk.get(f"{scene.at}?q={'方' * 81}").status_code == 422


@pytest.mark.parametrize("name", ["方新", "方独", "方别"])
def test_one_tap_gives_the_seat_and_shows_it(
    open_desk: OpenDesk, scene: Scene, database: Database, name: str
) -> None:
    desk, person_id = open_desk(), scene.people[name]
    for _ in range(2):
        answer = desk.post(scene.at, data={"person": person_id, "q": name})
        assert answer.status_code == 303
        page = desk.get(answer.location).text
        assert f"{name}在这个班里了" in page
        assert items(page)[name].endswith("已经在这个班")
    assert seat_of(database, person_id) == scene.class_id
    with database.snapshot() as session:
        phone = session.get_one(Person, person_id).phone
        [message] = session.scalars(select(SmsMessage).where(SmsMessage.phone == phone))
        assert "已给您报上“秋季一班”，9 月 1 日开班" in message.text
        acts = session.scalars(select(AuditEntry.actor_id)).all()
        assert len(acts) == 1
        assert acts[0] is not None
    assert "报进了班" in desk.get("/supervision/audit").text or name == "方别"


def test_a_full_class_offers_the_line_and_says_so(
    open_desk: OpenDesk, scene: Scene, small: Small, database: Database
) -> None:
    fill(database, small, scene)
    desk = open_desk()
    page = desk.get(f"{scene.at}?q=方").text
    assert "名额满了" in page
    found = items(page)
    assert found["方新"].endswith("还没报这门课 排队等名额")
    assert found["方别"].endswith("在“冬季班”，这个班报满了，转不过来")
    answer = desk.post(scene.at, data={"person": scene.people["方新"], "q": "方"})
    shown = desk.get(answer.location).text
    assert "这个班报满了，方新排上队了" in shown
    assert items(shown)["方新"].endswith("在排这个班的队")
    assert seat_of(database, scene.people["方新"]) is None
    with database.snapshot() as session:
        [wait] = session.scalars(select(ClassWait))
        assert wait.person_id == scene.people["方新"]
    refused = desk.post(scene.at, data={"person": scene.people["方别"], "q": "方"})
    assert refused.status_code == 409
    assert "原来班里的名额还在" in refused.text
    assert "方独" in items(refused.text)


@pytest.mark.parametrize("state", ["draft", "filed", "ended", "archived"])
def test_a_class_that_takes_nobody_in_says_so(
    open_desk: OpenDesk, scene: Scene, database: Database, state: str
) -> None:
    with database.transaction() as session:
        session.get_one(TrainingClass, scene.class_id).state = state
    desk = open_desk()
    page = desk.get(f"{scene.at}?q=方").text
    assert "这个班现在不收人" in page
    assert items(page) == {}
    assert scene.at not in desk.get(scene.page).text
    refused = desk.post(scene.at, data={"person": scene.people["方新"]})
    assert refused.status_code == 409
    assert seat_of(database, scene.people["方新"]) is None


def test_who_is_not_of_ones_places_is_nobody(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk = open_desk()
    for person in (scene.people["方邻"], 2**62, "x", ""):
        assert desk.post(scene.at, data={"person": person}).status_code == 404
    neighbour = open_desk(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    assert neighbour.get(f"{scene.at}?q=方").status_code == 404
    sent = {"person": scene.people["方邻"]}
    assert neighbour.post(scene.at, data=sent).status_code == 404
    assert seat_of(database, scene.people["方邻"]) is None


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSTRUCTOR])
def test_who_may_not_move_people_is_not_led_there(
    open_desk: OpenDesk, scene: Scene, role: Role
) -> None:
    desk: Client = open_desk(role, Scope(ScopeKind.CLASS, str(scene.class_id)))
    assert desk.get(scene.page).status_code == 200
    assert scene.at not in desk.get(scene.page).text
    assert desk.get(scene.at).status_code == 403
    assert desk.post(scene.at, data={"person": scene.people["方新"]}).status_code == 403
    assert scene.at in open_desk().get(scene.page).text


def test_nobody_gives_a_seat_to_themselves(
    open_desk: OpenDesk, scene: Scene, database: Database
) -> None:
    desk = open_desk(name="方自")
    with database.snapshot() as session:
        own = session.scalars(select(Person.id).where(Person.name == "方自")).one()
    assert items(desk.get(f"{scene.at}?q=方自").text)["方自"].endswith("请同事来办")
    assert desk.post(scene.at, data={"person": own}).status_code == 403
    assert seat_of(database, own) is None


@pytest.mark.parametrize("q", ["", "?q=方", "?q=13900002217"])
def test_the_page_stays_within_its_statements(
    open_desk: OpenDesk, scene: Scene, database: Database, q: str
) -> None:
    assert_cheap(open_desk(), database, f"{scene.at}{q}")
