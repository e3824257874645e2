"""The learner's own file: the page, a day's entries, the paper and the call."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.db.session import Database
from lms.enrollment.models import Enrollment
from tests.factories.accounts import sign_in
from tests.factories.assessment import make_graded_attempt
from tests.factories.progress import Entry, begin_of, make_check, make_day
from tests.functional.learning.conftest import School
from tests.support.site import Client
from tests.support.statements import assert_cheap

PAGE, PAPER, CALL = "/me/record", "/me/record/print", "/api/v1/me/record"
DAY = date(2026, 5, 18)
BYTES = 30_000


def enrollment_of(session: Any, school: School) -> Enrollment:
    wanted = select(Enrollment).where(Enrollment.person_id == school.person.id)
    return session.scalars(wanted).one()


def study(database: Database, school: School, *days: date, entries: int = 1) -> None:
    with database.transaction() as session:
        own = enrollment_of(session, school)
        some = [Entry(credited=20, refused={"hidden": 9}), *[Entry(credited=1)] * (entries - 1)]
        for day in days:
            make_day(session, own, school.course, "A01/video", day, some)


@pytest.fixture
def busy(database: Database, learner: Client, school: School) -> Client:
    """The learner's browser after an evening with everything a file holds."""
    with database.transaction() as session:
        own, course, at = enrollment_of(session, school), school.course, begin_of(DAY)
        entries = [
            Entry(credited=45),
            Entry(credited=15, refused={"hidden": 9}),
            Entry(held=15),
            Entry(held=-15, refused={"prompt_missed": 15}, kind="held_refused"),
            Entry(refused={"already_counted": 75}),
        ]
        lease = make_day(session, own, course, "A01/video", DAY, entries)
        make_check(session, own, lease, shown_at_ms=at)
        make_check(session, own, lease, shown_at_ms=at + 60_000, missed_at_ms=at + 120_001)
        for number, percent in ((1, 40), (2, 80)):
            make_graded_attempt(
                session, own, course, "A01/quiz", number=number, percent=percent, passed=number > 1
            )
    return learner


def test_the_page_says_what_each_day_brought_and_why_some_did_not_count(
    busy: Client, school: School
) -> None:
    text = busy.get(PAGE).text
    assert f"{school.person.phone[:3]}****{school.person.phone[-4:]}" in text
    assert school.person.phone not in text
    assert f'href="{PAGE}/days/2026-05-18"' in text
    assert "1 分钟" in text  # 60 counted seconds
    assert "24 秒" in text  # 9 in the background and 15 without an answer
    assert "没有回答“您还在看吗”" in text
    assert "页面在后台" in text
    assert "重复看的 1 分 15 秒" in text


def test_the_page_tells_every_try_and_every_check(busy: Client) -> None:
    text = busy.get(PAGE).text
    assert "第 1 次" in text
    assert "40 分" in text
    assert "没通过" in text
    assert "80 分" in text
    assert "问了 2 次，没回答 1 次" in text
    assert "没及时回答" in text


def test_a_day_unfolds_to_its_entries_in_plain_words(busy: Client) -> None:
    text = busy.get(f"{PAGE}/days/2026-05-18").text
    assert "19:00:00–<wbr>19:00:45" in text
    assert "等回答 15 秒" in text
    assert "没有回答“您还在看吗”" in text
    assert "安卓手机" in text
    assert "ab12cd34" not in text  # the hash of the device is evidence, not news to its owner


def test_a_day_is_read_a_page_at_a_time(
    learner: Client, school: School, database: Database
) -> None:
    study(database, school, DAY, entries=5)
    first = learner.get(f"{PAGE}/days/{DAY}?limit=3").text
    assert first.count('class="n2 n1"') == 3
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert learner.get(address).text.count('class="n2 n1"') == 2


@pytest.mark.parametrize("day", ["2026-05-19", "2031-01-01"])
def test_a_day_without_entries_says_so(busy: Client, day: str) -> None:
    assert "没有记录" in busy.get(f"{PAGE}/days/{day}").text


@pytest.mark.parametrize("path", ["days/yesterday", "days/2026-13-01", "days/%00"])
def test_a_day_that_is_none_is_not_found(learner: Client, path: str) -> None:
    assert learner.get(f"{PAGE}/{path}").status_code == 404


@pytest.mark.parametrize("query", ["after=x", "limit=0", "from=2026-06-01&to=2026-05-01"])
@pytest.mark.parametrize("path", [PAGE, CALL])
def test_what_is_no_part_of_a_file_is_refused(learner: Client, path: str, query: str) -> None:
    assert learner.get(f"{path}?{query}").status_code == 422


def test_the_paper_says_what_it_is_and_holds_nothing_to_press(busy: Client) -> None:
    text = busy.get(PAPER).text
    paper = text.split("<main")[1]
    for words in ("常山县", "乡播学堂", "打印时间", "共 5 条记录", "管理部门可以核验", "学员签名"):
        assert words in paper
    assert "<a " not in paper
    assert "<button" not in paper
    assert "css/print.css" in text
    assert "第 1 次" not in paper
    assert "40 分" in paper


def test_the_paper_of_a_period_holds_its_days_alone(
    learner: Client, school: School, database: Database
) -> None:
    study(database, school, *(DAY - timedelta(days=ago) for ago in range(4)))
    text = learner.get(f"{PAPER}?from=2026-05-16&to=2026-05-17").text.split("<main")[1]
    assert "2026-05-16 至 2026-05-17" in text
    assert ">2026-05-17<" in text
    assert ">2026-05-18<" not in text
    assert ">2026-05-15<" not in text
    assert "以上 2 个学习日，共算了 40 秒" in text


def test_a_course_that_is_not_in_the_file_makes_no_paper(busy: Client, school: School) -> None:
    assert busy.get(f"{PAPER}?course={school.slug}").status_code == 200
    assert busy.get(f"{PAPER}?course=of-somebody-else").status_code == 404


def test_the_call_tells_the_same_file_with_a_paged_ledger(busy: Client, school: School) -> None:
    found = busy.get(CALL).json
    (course,) = found["courses"]
    assert (course["course"], course["verified_seconds"]) == (school.slug, 60)
    lesson = course["lessons"][0]
    assert (lesson["key"], lesson["verified_seconds"], lesson["completed"]) == ("A01", 60, False)
    (day,) = found["ledger"]["items"]
    assert (day["day"], day["verified_seconds"], day["held_seconds"]) == ("2026-05-18", 60, 0)
    refused = {each["reason"]: each["seconds"] for each in day["refused"]}
    assert refused == {"already_counted": 75, "prompt_missed": 15, "hidden": 9}
    assert found["ledger"]["next"] is None
    assert found["presence_checks"]["missed"] == 1
    assert found["presence_checks"]["items"][1]["shown_at"] == "2026-05-18T11:00:00Z"
    assert [each["percent"] for each in found["attempts"]] == [80, 40]
    # As callers knew it before: one line a day and lesson.
    (line,) = found["days"]
    assert (line["day"], line["verified_seconds"]) == ("2026-05-18", 60)
    assert line["refused_seconds"] == 99


def test_the_call_goes_on_where_a_page_ended(
    learner: Client, school: School, database: Database
) -> None:
    study(database, school, *(DAY - timedelta(days=ago) for ago in range(3)))
    first = learner.get(f"{CALL}?limit=2").json["ledger"]
    assert [each["day"] for each in first["items"]] == ["2026-05-18", "2026-05-17"]
    rest = learner.get(f"{CALL}?limit=2&after={first['next']}").json["ledger"]
    assert ([each["day"] for each in rest["items"]], rest["next"]) == (["2026-05-16"], None)


def test_the_call_lists_the_entries_of_a_day(busy: Client) -> None:
    found = busy.get(f"{CALL}/days/2026-05-18?limit=2").json
    assert [each["kind"] for each in found["items"]] == ["beat", "beat"]
    assert found["items"][0]["from"] == "2026-05-18T11:00:00Z"
    assert found["items"][0]["to"] == "2026-05-18T11:00:45Z"
    rest = busy.get(f"{CALL}/days/2026-05-18?after={found['next']}").json
    assert [each["kind"] for each in rest["items"]] == ["beat", "held_refused", "beat"]
    assert rest["items"][1]["refused"][0]["reason"] == "prompt_missed"


def test_a_stranger_reads_nothing_of_it(busy: Client, client: Client, school: School) -> None:
    sign_in(client, school.stranger)
    for path in (PAGE, PAPER, f"{PAGE}/days/2026-05-18"):
        text = client.get(path).text
        assert "林秀芳" not in text
        assert "24 秒" not in text
    assert client.get(CALL).json["courses"] == []
    assert client.get(f"{CALL}/days/2026-05-18").json == {"items": [], "next": None}


@pytest.mark.parametrize("path", [PAGE, PAPER, f"{PAGE}/days/2026-05-18"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_speaks_both_languages(busy: Client, path: str, language: str) -> None:
    text = busy.get(f"{path}?lang={language}").text
    words = {"zh": "没算", "en": "Refused"}
    assert words[language] in text
    assert words["en" if language == "zh" else "zh"] not in text


def test_a_long_ledger_makes_no_heavy_page(
    learner: Client, school: School, database: Database
) -> None:
    study(database, school, *(DAY - timedelta(days=ago) for ago in range(450)), entries=3)
    assert len(learner.get(PAGE).data) < BYTES
    assert learner.get(PAGE).text.count('<th scope="row" class="n2">') == 14
    paper = learner.get(PAPER).text
    assert paper.count('<th scope="row" class="n2">') == 400
    assert "只有最近 400 个学习日" in paper
    assert_cheap(learner, database, PAPER)
    assert_cheap(learner, database, f"{PAGE}?after=2026-01-01")


@pytest.mark.parametrize("path", [PAGE, PAPER, f"{PAGE}/days/2026-05-18", CALL])
def test_the_file_stays_within_its_statements(busy: Client, database: Database, path: str) -> None:
    assert_cheap(busy, database, path)
