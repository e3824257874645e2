"""Whoever looks sees one number: player, page, call, paper, supervision, desk and the ledger."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.progress.models import MaterialProgress, WatchSlice
from tests.factories.accounts import COUNTY, make_staff, sign_in
from tests.functional.learning.conftest import School
from tests.support.clock import move_clock
from tests.support.site import Client

# 08:00 in China, so that the whole study lies in one day.
START_MS = 1_795_996_800_000
# After so many seconds; what was played; at which speed and in which state.
VIDEO = (
    (15, [[0, 15]], 1, "playing"),
    (30, [[15, 37.5]], 1.5, "playing"),
    (45, [[37.5, 52.5]], 1, "hidden"),
    (60, [[0, 15]], 1, "playing"),
    (75, [[52.5, 67.5]], 1, "playing"),
    (76, [[67.5, 120]], 1, "ended"),
)
TEXT = tuple((136 + n * 60, [[n * 60, n * 60 + 60]], 1, "playing") for n in range(4))


@pytest.fixture
def supervisor(database: Database, app, school: School) -> Client:
    with database.transaction() as session:
        scope = Scope(ScopeKind.COUNTY, COUNTY)
        person = make_staff(session, Role.SUPERVISOR, scope, name="郑文英")
    browser = app.test_client()
    sign_in(browser, person)
    return browser


@dataclass(frozen=True, slots=True)
class Told:
    """What the player was told: the verified seconds, and what was refused by reason."""

    verified: float
    refused: dict[str, float]


@pytest.fixture
def told(learner: Client, school: School, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Play the beats through the public calls."""
    seconds = [0.0]
    move_clock(monkeypatch, lambda: START_MS + round(seconds[0] * 1000))
    refused: Counter[str] = Counter()
    verified = {}
    for name, beats in (("A01/video", VIDEO), ("A01/text", TEXT)):
        item = school.course.items[name].id
        lease = learner.post(f"/api/v1/items/{item}/lease").json["lease"]
        for seq, (at, played, rate, state) in enumerate(beats, start=1):
            seconds[0] = at
            body = {"seq": seq, "played": played, "position": 0, "rate": rate, "state": state}
            answer = learner.post(f"/api/v1/leases/{lease}/beats", json=body).json
            verified[name] = answer["verified_seconds"]
            for part in answer["refused"]:
                refused[part["reason"]] += part["seconds"]
    return Told(sum(verified.values()), dict(refused))


def in_words(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60} 分 {whole % 60} 秒" if whole >= 60 else f"{whole} 秒"


def by_reason(place: dict[str, Any]) -> dict[str, float]:
    return {each["reason"]: each["seconds"] for each in place["refused"]}


def test_the_player_was_told_what_the_rules_say(told: Told) -> None:
    assert told.verified == 61 + 240
    assert set(told.refused) == {"faster_than_clock", "hidden", "already_counted"}


def test_the_ledger_the_sets_and_their_sums_hold_it(told: Told, database: Database) -> None:
    with database.snapshot() as session:
        ledger = session.scalar(select(func.sum(WatchSlice.credited_ms)))
        sets = session.scalars(select(MaterialProgress)).all()
    assert ledger == sum(each.credited_ms for each in sets) == told.verified * 1000
    assert sum(end - begin for each in sets for begin, end in each.credited) == ledger
    refused: Counter[str] = Counter()
    for each in sets:
        refused.update(each.refused)
    assert {name: ms / 1000 for name, ms in refused.items()} == told.refused


def test_the_calls_tell_it(told: Told, learner: Client, school: School) -> None:
    call = learner.get("/api/v1/me/record").json
    (course,), (day,) = call["courses"], call["ledger"]["items"]
    assert course["verified_seconds"] == day["verified_seconds"] == told.verified
    assert sum(each["verified_seconds"] for each in course["lessons"]) == told.verified
    assert by_reason(course) == by_reason(day) == told.refused
    entries = learner.get(f"/api/v1/me/record/days/{day['day']}").json["items"]
    assert sum(each["verified_seconds"] for each in entries) == told.verified
    items = [school.course.items[name].id for name in ("A01/video", "A01/text")]
    progress = [learner.get(f"/api/v1/items/{item}/progress").json for item in items]
    assert sum(each["verified_seconds"] for each in progress) == told.verified


def test_the_pages_and_the_paper_show_it(
    told: Told, learner: Client, supervisor: Client, school: School
) -> None:
    everything = sum(told.refused.values())
    lost = everything - told.refused["already_counted"]
    own = learner.get("/me/record").text
    file = supervisor.get(f"/supervision/learners/{school.person.id}").text
    for page in (own, file, learner.get("/me/record/print").text):
        assert in_words(told.verified) in page
    assert in_words(lost) in own
    assert in_words(everything) in file


def test_the_desks_lines_show_it(told: Told, learner: Client, supervisor: Client) -> None:
    hours = f"{told.verified * 1000 // 270_000 / 10:.1f}"
    assert learner.get("/api/v1/me/record").json["courses"][0]["credit_hours"] == float(hours)
    for address in ("/supervision", "/staff/completions?status=active"):
        line = supervisor.get(address).text.split("林秀芳")[1].split("</tr>")[0]
        assert re.search(r'data-l="核验学时">([\d.]+)<', line)[1] == hours
