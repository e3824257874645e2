"""Many people who study in one browser, each after the one before signed out, are each asked."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person, SignIn
from lms.db.session import Database
from lms.progress.models import MaterialProgress, StudyFlag
from lms.progress.service.looking import look
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.catalog import MadeCourse
from tests.factories.enrollment import make_enrollment
from tests.functional.progress.conftest import Hands, Staff
from tests.support.site import Client

DAY = date(2026, 11, 30)
PASSWORD = "blue-pomelo-42"
FIVE = 5


@pytest.fixture
def villagers(database: Database, settings: Settings, course: MadeCourse) -> list[Person]:
    known = keys_of(settings).passwords.hash(PASSWORD)
    with database.transaction() as session:
        people = [make_person(session, name=f"村民{n}", password_hash=known) for n in range(FIVE)]
        for person in people:
            make_enrollment(session, person=person, course=course)
    return people


def come_in(browser: Client, person: Person) -> None:
    sent = {"phone": person.phone, "password": PASSWORD}
    assert browser.post("/sign-in", data=sent).status_code == 303


def play(browser: Client, course: MadeCourse, hands: Hands, *played: list[int]) -> int:
    """Open the video, report after a quarter of a minute; return the seconds that counted."""
    item_id = course.items["A01/video"].id
    lease = browser.post(f"/api/v1/items/{item_id}/lease").json["lease"]
    hands.seconds += 15
    body = {"seq": 1, "played": played, "position": 15, "rate": 1, "state": "playing"}
    answer = browser.post(f"/api/v1/leases/{lease}/beats", json=body)
    return int(answer.json["credited_seconds"])


def study(browser: Client, person: Person, course: MadeCourse, hands: Hands) -> None:
    """Sign in with the number, watch a quarter of a minute, sign out."""
    come_in(browser, person)
    assert play(browser, course, hands, [0, 15]) == 15
    assert browser.post("/sign-out").status_code == 303


@pytest.fixture
def noticed(
    app: Flask, database: Database, villagers: list[Person], course: MadeCourse, hands: Hands
) -> Client:
    """The browser in which five people studied, the first of them signed in again."""
    phone: Client = app.test_client()
    for person in villagers:
        study(phone, person, course, hands)
    look(database, DAY)
    come_in(phone, villagers[0])
    return phone


def flagged(database: Database) -> dict[int, tuple[str, int]]:
    with database.snapshot() as session:
        flags = session.scalars(select(StudyFlag)).all()
    return {each.person_id: (each.kind, each.evidence["people"]) for each in flags}


def credited(database: Database) -> int:
    with database.snapshot() as session:
        return int(session.scalar(select(func.sum(MaterialProgress.credited_ms))) or 0)


def test_five_people_one_after_the_other_in_one_browser_are_each_asked(
    app: Flask, database: Database, villagers: list[Person], course: MadeCourse, hands: Hands
) -> None:
    phone = app.test_client()
    for person in villagers:
        study(phone, person, course, hands)
    assert look(database, DAY) == FIVE
    assert flagged(database) == {each.id: ("shared_device", FIVE) for each in villagers}
    assert credited(database) == FIVE * 15_000, "it takes nothing"
    assert look(database, DAY) == 0


def test_the_same_people_with_browsers_of_their_own_are_not(
    app: Flask, database: Database, villagers: list[Person], course: MadeCourse, hands: Hands
) -> None:
    for person in villagers:
        study(app.test_client(), person, course, hands)
    assert look(database, DAY) == 0


def test_a_family_of_four_that_takes_turns_all_day_is_not(
    app: Flask, database: Database, villagers: list[Person], course: MadeCourse, hands: Hands
) -> None:
    phone = app.test_client()
    for person in villagers[:4] * 2:
        come_in(phone, person)
        phone.post("/sign-out")
    for person in villagers[:4]:
        study(phone, person, course, hands)
    come_in(phone, villagers[4])
    assert play(phone, course, hands) == 0
    assert look(database, DAY) == 0, "who signed in and earned nothing does not make it five"


def without_a_number(database: Database) -> None:
    with database.transaction() as session:
        for row in session.scalars(select(SignIn)):
            row.browser_hash = None


def test_sign_ins_from_before_there_were_numbers_show_no_more_than_they_did(
    app: Flask, database: Database, villagers: list[Person], course: MadeCourse, hands: Hands
) -> None:
    phone = app.test_client()
    for person in villagers:
        study(phone, person, course, hands)
    without_a_number(database)
    assert look(database, DAY) == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ("学时一分不少", "农家书屋", "这天有 5 个人在同一个浏览器里各自登录、都学了。"),
        ),
        (
            "en",
            (
                "It takes nothing away",
                "reading room",
                "5 people studied in the same browser on this day, each with a sign-in of",
            ),
        ),
    ],
)
def test_the_desk_and_the_learner_read_the_harmless_reasons_and_what_was_looked_at(
    noticed: Client, staff: Staff, database: Database, language: str, words: tuple[str, ...]
) -> None:
    kind, harmless, said = words
    own = noticed.get(f"/me/time?lang={language}").text
    assert own.index(kind) < own.index(said)
    with database.snapshot() as session:
        flag_id = session.scalars(select(StudyFlag.id)).first()
    desk = staff().get(f"/staff/flags/{flag_id}?lang={language}").text
    assert desk.index(harmless) < desk.index(said)
    assert harmless in own
