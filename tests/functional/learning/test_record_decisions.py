"""On paper stands what was asked about time and decided, apart from what the clock measured."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.core.clock import day_bounds
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.progress.models import TimeRequest
from tests.factories.accounts import make_person
from tests.factories.progress import Entry, begin_of, make_day
from tests.functional.learning.conftest import School
from tests.support.site import Client
from tests.support.statements import assert_cheap

PAPER = "/me/record/print"
DAY = date(2026, 5, 18)
ASKED = day_bounds(DAY)[0] + timedelta(hours=21)
RULED = ASKED + timedelta(days=2)
OUTAGE = begin_of(DAY)


def request(session: Any, asker_id: int, ruler_id: int, **given: Any) -> int:
    """Return a request about time; an appeal where it names a material, else an outage."""
    row = TimeRequest(
        **{"aim": "appeal", "asked_by_id": asker_id, "asked_at": ASKED, **given},
    )
    if row.ruling:
        row.ruled_by_id, row.ruled_at = ruler_id, row.ruled_at or RULED
    session.add(row)
    session.flush()
    return row.id


def appeals(session: Any, school: School, ruler_id: int) -> int:
    """Make an appeal that was granted, one declined and one that waits; return the first."""
    own_id = school.person.id
    video, text = (school.course.materials[f"A01/{each}"].id for each in ("video", "text"))
    appeal = {"person_id": own_id, "spans": [[0, 9_000]]}
    granted = {"ruling": "granted", "granted_ms": 9_000, "granted_at": RULED}
    first = request(
        *(session, own_id, ruler_id),
        **{**appeal, **granted, "material_id": video, "words": "在车上看的"},
        reason="记录对得上",
    )
    request(
        *(session, own_id, ruler_id),
        **{**appeal, "material_id": text, "words": "手机没电了", "ruling": "declined"},
        reason="时间对不上",
    )
    request(
        *(session, own_id, ruler_id),
        **{**appeal, "material_id": text, "words": "再看一次"},
        asked_at=ASKED + timedelta(days=9),
    )
    return first


@pytest.fixture
def decided(database: Database, learner: Client, school: School) -> Client:
    """40 s were measured; of the rest 9 s were granted to an appeal and 90 s for an outage."""
    with database.transaction() as session:
        mine = select(Enrollment).where(Enrollment.person_id == school.person.id)
        first, second = (make_person(session, name=each).id for each in ("周敏", "程晓红"))
        granted = appeals(session, school, first)
        outage = request(
            *(session, first, second),
            aim="compensation",
            county_code="330822",
            words="机房停电",
            wall_from_ms=OUTAGE,
            wall_to_ms=OUTAGE + 600_000,
            ruling="granted",
            reason="看过停机通知",
            granted_at=RULED,
        )
        entries = [
            Entry(credited=40, refused={"gap": 99}),
            Entry(credited=9, kind="appeal", request_id=granted),
            Entry(credited=90, kind="compensation", request_id=outage),
        ]
        own = session.scalars(mine).one()
        make_day(session, own, school.course, "A01/video", DAY, entries)
    return learner


def paper(browser: Client, query: str = "") -> str:
    return browser.get(PAPER + query).text.split("<main")[1]


def line(text: str, words: str) -> str:
    """Return the line of the table that holds the words."""
    [found] = [row for row in text.split("<tr>") if words in row]
    return found.split("</tr>")[0]


def test_an_appeal_stands_with_answer_reason_and_minutes(decided: Client) -> None:
    text = paper(decided)
    granted = line(text, "在车上看的")
    for words in ("2026-05-18", "学员申请 9 秒", "2026-05-20", "算上了", "记录对得上", ">9 秒<"):
        assert words in granted
    declined = line(text, "手机没电了")
    for words in ("维持不变", "时间对不上", '<td class="n">0</td>'):
        assert words in declined
    assert "等待答复" in line(text, "再看一次")


def test_an_outage_stands_with_its_time_and_what_it_gave_this_person(decided: Client) -> None:
    made_good = line(paper(decided), "机房停电")
    for words in ("2026-05-18 19:00", "05-18 19:10", "看过停机通知", "1 分 30 秒"):
        assert words in made_good


def test_what_was_decided_is_told_apart_from_what_was_measured(decided: Client) -> None:
    text = paper(decided)
    assert "共算了 2 分 19 秒" in text
    assert "其中系统计时 40 秒，人工核定 1 分 39 秒" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?to=2026-05-17", []),
        ("?from=2026-05-19&to=2026-05-19", ["在车上看的", "手机没电了", "机房停电"]),
        ("?from=2026-05-21", ["再看一次"]),
        ("?course=no-such", None),
    ],
)
def test_the_paper_of_a_period_holds_what_was_open_in_it(
    decided: Client, query: str, shown: list[str] | None
) -> None:
    if shown is None:
        assert decided.get(PAPER + query).status_code == 404
        return
    text = paper(decided, query)
    every = ("在车上看的", "手机没电了", "机房停电", "再看一次")
    assert [words for words in every if words in text] == shown


def test_who_asked_for_nothing_has_no_such_part(learner: Client) -> None:
    assert "申请和核定" not in paper(learner)


def test_another_persons_requests_are_not_there(
    decided: Client, database: Database, school: School
) -> None:
    with database.transaction() as session:
        request(
            *(session, school.stranger.id, school.stranger.id),
            person_id=school.stranger.id,
            spans=[[0, 5_000]],
            words="别人的",
            material_id=school.course.materials["A01/video"].id,
        )
    assert "别人的" not in paper(decided)


def test_the_paper_stays_within_its_statements_and_reads_no_large_table_through(
    decided: Client, database: Database
) -> None:
    assert_cheap(decided, database, PAPER)
