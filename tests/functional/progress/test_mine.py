"""What a learner does about their own time: ask, take back, say what it was; all without script."""

import pytest
from sqlalchemy import func, select

from lms.db.session import Database
from lms.progress.models import StudyFlag, TimeRequest
from tests.factories.accounts import make_person, sign_in
from tests.functional.progress.conftest import WORDS, Case, Staff, newest
from tests.support.site import Client
from tests.support.statements import assert_cheap


@pytest.fixture
def stranger(client: Client, database: Database) -> Client:
    with database.transaction() as session:
        person = make_person(session, name="王小二")
    sign_in(client, person)
    return client


def test_under_the_lost_seconds_a_form_asks_for_another_look(case: Case) -> None:
    page = case.browser.get(case.page).text
    assert "请老师复查" in page
    assert f'action="/me/time/items/{case.item_id}/appeals"' in page


def test_asking_leads_back_to_the_lesson_which_says_so(case: Case, database: Database) -> None:
    answer = case.browser.post(f"/me/time/items/{case.item_id}/appeals", data={"words": WORDS})
    assert (answer.status_code, answer.location) == (302, f"{case.page}#why")
    page = case.browser.get(case.page).text
    assert WORDS in page
    assert "您请老师复查了" in page
    assert "撤回" in page
    [*_, last] = newest(database).spans or []
    assert last[1] == 100_000
    assert case.ask() == 409


def test_the_answer_stands_where_it_was_asked_and_on_a_page_of_its_own(
    case: Case, database: Database, staff: Staff
) -> None:
    case.ask()
    sent = {"ruling": "declined", "reason": "时间对不上，请补看。"}
    staff().post(f"/staff/time/appeals/{newest(database).id}", data=sent)
    for address in (case.page, "/me/time"):
        page = case.browser.get(address).text
        assert "时间对不上，请补看。" in page
        assert "没有改" in page
    assert "请老师复查" in case.browser.get(case.page).text, "it may be asked anew"


def test_it_can_be_taken_back(case: Case, database: Database) -> None:
    case.ask()
    request_id = newest(database).id
    address = f"/me/time/appeals/{request_id}/withdrawal"
    assert case.browser.post(address).location == "/me/time"
    assert case.browser.post(address).status_code == 409
    assert newest(database).ruling == "withdrawn"
    assert case.ask() == 302


@pytest.mark.parametrize("words", ["", "   ", "长" * 501])
def test_words_that_are_none_or_too_many_are_refused(
    case: Case, database: Database, words: str
) -> None:
    assert case.ask(words) == 422
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(TimeRequest)) == 0


def test_a_strangers_things_are_not_found(
    case: Case, stranger: Client, database: Database, flag: int
) -> None:
    case.ask()
    request_id = newest(database).id
    sent = {"words": "我的"}
    for address in (
        f"/me/time/items/{case.item_id}/appeals",
        f"/me/time/appeals/{request_id}/withdrawal",
        f"/me/time/flags/{flag}/words",
        f"/me/time/appeals/{2**63 - 1}/withdrawal",
        f"/me/time/flags/{2**70}/words",
    ):
        assert stranger.post(address, data=sent).status_code == 404, address
    shown = stranger.get("/me/time").text
    assert WORDS not in shown
    assert "还没有提过复查" in shown
    assert newest(database).ruling is None


def test_without_the_forms_token_nothing_happens(case: Case, database: Database) -> None:
    answer = case.browser.post(
        f"/me/time/items/{case.item_id}/appeals", data={"words": WORDS}, csrf=False
    )
    assert answer.status_code == 400
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(TimeRequest)) == 0


def test_what_was_noticed_is_told_kindly_and_can_be_answered(
    case: Case, database: Database, flag: int
) -> None:
    page = case.browser.get("/me/time").text
    assert "学时一分不少" in page
    assert page.index("学时一分不少") < page.index("记录来得像钟一样准")
    assert "每隔约 15.0 秒" in page
    case.browser.post(f"/me/time/flags/{flag}/words", data={"words": "家里网好。"})
    assert "家里网好。" in case.browser.get("/me/time").text
    with database.snapshot() as session:
        kept = session.get_one(StudyFlag, flag)
    assert (kept.words, kept.ruling) == ("家里网好。", None)


def test_the_page_says_it_in_english_too(case: Case, flag: int) -> None:
    case.ask()
    page = case.browser.get("/me/time?lang=en").text
    assert "Looked at again" in page
    assert "It takes nothing away" in page


def test_the_pages_stay_within_their_statements(case: Case, database: Database, flag: int) -> None:
    case.ask()
    assert_cheap(case.browser, database, "/me/time")
    assert_cheap(case.browser, database, case.page)


def test_what_a_learner_writes_is_shown_as_text(
    case: Case, database: Database, staff: Staff
) -> None:
    case.ask("<script>alert(1)</script>")
    for page in (
        case.browser.get(case.page).text,
        staff().get(f"/staff/time/appeals/{newest(database).id}").text,
        staff().get("/staff/time").text,
    ):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
