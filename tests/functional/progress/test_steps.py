"""Reading, practice and quiz say what did not count, why and what helps, and take an appeal."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assessment.models import Attempt
from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.factories.assessment import make_quiz
from tests.factories.catalog import (
    MadeCourse,
    lesson,
    make_course,
    practice,
    quiz,
    reading,
)
from tests.factories.enrollment import make_enrollment
from tests.functional.progress.conftest import WORDS, Hands, Staff, newest
from tests.support.site import Client
from tests.support.statements import assert_cheap

LOST = "有 2 分 10 秒没有算"
HELP = {"text": "再看一会儿", "practice": "再练一会儿", "quiz": "再做一次就能补上"}
STEPS = sorted(HELP)


@dataclass
class Steps:
    """A learner's browser on a lesson without a video, and the clock it is counted by."""

    browser: Client
    course: MadeCourse
    hands: Hands

    def item_id(self, key: str) -> int:
        return self.course.items[f"A01/{key}"].id

    def page(self, key: str) -> str:
        return f"/learn/{self.course.course.slug}/A01.{key}"

    def study(self, key: str, *spans: list[int]) -> None:
        """Let each span of seconds pass and report it in one beat."""
        if key == "quiz":
            self.browser.post(f"/api/v1/items/{self.item_id(key)}/attempts")
        lease = self.browser.post(f"/api/v1/items/{self.item_id(key)}/lease").json["lease"]
        for seq, (begin, end) in enumerate(spans, 1):
            self.hands.seconds += end - begin
            body = {"seq": seq, "played": [[begin, end]], "state": "playing"}
            address = f"/api/v1/leases/{lease}/beats"
            assert self.browser.post(address, json=body).status_code == 200

    def lose(self, key: str) -> None:
        """Report 190 s after a silence: 60 count, 130 do not."""
        self.study(key, [0, 190])


@pytest.fixture
def steps(app: Flask, database: Database, hands: Hands) -> Steps:
    with database.transaction() as session:
        person = make_person(session, name="林秀芳")
        asked = make_quiz(session, max_attempts=1)
        made = make_course(
            session, lessons=[lesson("A01", reading(), practice(), quiz(quiz_id=asked.id))]
        )
        make_enrollment(session, person=person, course=made)
    browser: Client = app.test_client()
    sign_in(browser, person)
    return Steps(browser, made, hands)


@pytest.mark.parametrize("key", STEPS)
def test_each_says_what_did_not_count_why_and_what_helps(steps: Steps, key: str) -> None:
    assert 'id="why"' not in steps.browser.get(steps.page(key)).text
    steps.lose(key)
    page = steps.browser.get(steps.page(key)).text
    assert LOST in page
    assert "网络断了，没收到记录" in page
    assert HELP[key] in page
    assert "已核验 1 分 0 秒" in page
    assert "data-replay" not in page, "nothing here is played again"


@pytest.mark.parametrize("key", STEPS)
def test_each_takes_an_appeal_that_comes_back_to_it(
    steps: Steps, database: Database, staff: Staff, key: str
) -> None:
    steps.lose(key)
    address = f"/me/time/items/{steps.item_id(key)}/appeals"
    assert f'action="{address}"' in steps.browser.get(steps.page(key)).text
    answer = steps.browser.post(address, data={"words": WORDS})
    assert (answer.status_code, answer.location) == (302, f"{steps.page(key)}#why")
    assert WORDS in steps.browser.get(steps.page(key)).text
    shown = staff().get(f"/staff/time/appeals/{newest(database).id}").text
    assert "这不是视频" in shown
    sent = {"ruling": "granted", "reason": "记录对得上。"}
    staff().post(f"/staff/time/appeals/{newest(database).id}", data=sent)
    assert newest(database).granted_ms == 130_000
    page = steps.browser.get(steps.page(key)).text
    assert LOST not in page
    assert "已核验 3 分 10 秒" in page
    mine = steps.browser.get("/me/time").text
    assert "申请计入 2 分 10 秒" in mine
    assert "1:00" not in mine, "a place on the page means nothing"


def test_what_is_made_up_is_not_said_any_more(steps: Steps) -> None:
    steps.study("text", [0, 190], [60, 100])
    assert "有 1 分 30 秒没有算" in steps.browser.get(steps.page("text")).text


def test_several_reasons_stand_once_each_the_longest_first(steps: Steps) -> None:
    steps.study("text", [0, 190], [60, 100])
    lease = steps.browser.post(f"/api/v1/items/{steps.item_id('text')}/lease").json["lease"]
    body = {"seq": 1, "played": [[200, 230]], "state": "hidden"}
    steps.hands.seconds += 30
    steps.browser.post(f"/api/v1/leases/{lease}/beats", json=body)
    page = steps.browser.get(steps.page("text")).text
    assert "有 2 分 0 秒没有算" in page
    assert page.index("1 分 30 秒</b>") < page.index("30 秒</b><br>页面在后台")


def test_a_quiz_without_tries_left_points_to_a_person(steps: Steps, database: Database) -> None:
    steps.lose("quiz")
    with database.snapshot() as session:
        attempt_id = session.scalars(select(Attempt.id)).one()
    assert steps.browser.post(f"/attempts/{attempt_id}/submit").status_code == 302
    page = steps.browser.get(steps.page("quiz")).text
    assert LOST in page
    assert HELP["quiz"] not in page
    assert "可以请老师复查" in page


def test_a_quizs_first_page_takes_no_time_itself(steps: Steps) -> None:
    page = steps.browser.get(steps.page("quiz")).text
    assert "已核验 0 分 0 秒" in page
    assert "data-meter" not in page
    assert "progress/page.js" not in page


@pytest.mark.parametrize("key", STEPS)
def test_it_costs_no_more_statements_than_a_page_may(
    steps: Steps, database: Database, key: str
) -> None:
    steps.lose(key)
    steps.browser.post(f"/me/time/items/{steps.item_id(key)}/appeals", data={"words": WORDS})
    assert_cheap(steps.browser, database, steps.page(key))
