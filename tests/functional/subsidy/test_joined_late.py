"""Who joins a class that began before the day their answers speak of is told so, and asked anew."""

import re
from datetime import date

import pytest

from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.models import LearnerFact
from tests.factories.enrollment import make_class
from tests.factories.subsidy import Subsidised, make_fact
from tests.support.site import Client

TOLD = "这个班 2026-04-20 就开课了，您之前说的是 2026-05-01 以后的情况。"
IN_ENGLISH = "The class began on 2026-04-20, and what you said speaks of 2026-05-01 on."
HUKOU = {"kind": "hukou", "code": "330822"}


@pytest.fixture
def late(learner: Client, own: Subsidised, database: Database) -> Client:
    """She answered for 1 May, and then came into a class that began on 20 April."""
    learner.post("/me/facts/promise")
    learner.post("/me/facts/group", data={"group": ["hardship", "veteran"]})
    learner.post("/me/facts/ties", data={"kind": "hukou", "county": "330822"})
    learner.post("/me/facts/staff", data={"answer": "no"})
    learner.post("/me/facts/pension", data={"answer": "unknown"})
    learner.post("/me/facts/funding", data={"answer": "no"})
    with database.transaction() as session:
        county = own.person.county_code
        row = make_class(
            session, own.course, starts_on=date(2026, 4, 20), county_code=county, state="running"
        )
        session.get_one(Enrollment, own.enrollment.id).training_class_id = row.id
    return learner


def words(client: Client, address: str) -> str:
    """The page as it is read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", client.get(address).text))


def said(database: Database, own: Subsidised, key: FactKey) -> list[tuple[object, str]]:
    with database.snapshot() as session:
        rows = session.query(LearnerFact).filter_by(person_id=own.person.id, key=key)
        return [(row.value, str(row.valid_from)) for row in rows.order_by(LearnerFact.id)]


def clause(client: Client, name: str) -> tuple[str, str]:
    items = client.get("/api/v1/me/eligibility").json["items"][0]["clauses"]
    row = next(each for each in items if each["id"] == name)
    return row["verdict"], row["message"]


def test_the_meter_says_why_and_not_that_nobody_asked(late: Client) -> None:
    assert words(late, "/me/subsidy").count(TOLD) == 3
    assert clause(late, "GROUP") == (
        "unknown",
        f"{TOLD}请说说 2026-04-20 那天是怎样的。",
    )
    # She did not know it for the later day either, and school was never asked.
    assert clause(late, "NOT_PENSION")[1] == "还没问到您。"
    assert clause(late, "NOT_FULLTIME_STUDENT")[1] == "还没问到您。"
    # Other public money is judged as of today: that answer holds.
    assert clause(late, "NO_DOUBLE_FUND")[0] == "pass"
    late.get("/me/subsidy?lang=en")
    assert words(late, "/me/subsidy").count(IN_ENGLISH) == 3


def test_the_questions_come_again_with_the_day_and_nothing_filled_in(late: Client) -> None:
    overview = words(late, "/me/facts")
    assert TOLD in overview
    assert "您说过，2026-05-01 的时候是：否。" in overview
    page = words(late, "/me/facts/group")
    assert "2026-04-20" in page
    assert "您说过，2026-05-01 的时候是：就业困难人员、退役军人。" in page
    for step in ("group", "ties", "staff"):
        html = late.get(f"/me/facts/{step}").text
        assert " checked" not in html
        assert 'aria-pressed="true"' not in html
    assert 'value="same"' not in late.get("/me/facts/staff").text
    late.get("/me/facts?lang=en")
    assert IN_ENGLISH in words(late, "/me/facts")
    assert "For 2026-05-01 you said: Household register (hukou): 衢州常山." in words(
        late, "/me/facts/ties"
    )


def test_that_it_was_the_same_is_written_down_only_when_she_says_so(
    late: Client, own: Subsidised, database: Database
) -> None:
    late.get("/me/facts/ties")
    assert said(database, own, FactKey.TIES) == [([HUKOU], "2026-05-01")]
    answer = late.post("/me/facts/ties", data={"answer": "same"})
    assert answer.headers["Location"] == "/me/facts/staff"
    assert said(database, own, FactKey.TIES) == [([HUKOU], "2026-05-01"), ([HUKOU], "2026-04-20")]
    assert clause(late, "RESIDENCE")[0] == "pass"
    late.post("/me/facts/group", data={"group": "veteran"})
    assert said(database, own, FactKey.GROUPS)[-1] == (["veteran"], "2026-04-20")
    late.post("/me/facts/staff", data={"answer": "no"})
    assert TOLD not in words(late, "/me/subsidy")
    # Without an earlier day there is nothing that could be the same.
    assert late.post("/me/facts/student", data={"answer": "same"}).status_code == 422


def test_who_does_not_know_was_asked(late: Client) -> None:
    late.post("/me/facts/staff", data={"answer": "unknown"})
    assert clause(late, "NOT_STAFF") == ("unknown", "您选了“不清楚”，不会因此扣您的。")


def test_what_staff_found_for_later_days_is_told_as_theirs(
    late: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.FULL_TIME_STUDENT, value=False, since="2026-05-10")
    assert clause(late, "NOT_FULLTIME_STUDENT")[1].startswith(
        "这个班 2026-04-20 就开课了，核对过的是 2026-05-10 以后的情况。"
    )
    assert "核对过，2026-05-10 的时候是：否。" in words(late, "/me/facts/student")
