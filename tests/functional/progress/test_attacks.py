"""What a cheat would send: each earns what was really watched, and nothing else changes."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.progress.models import ItemCompletion, MaterialProgress, PlaybackLease, WatchSlice
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import MadeCourse
from tests.factories.enrollment import make_enrollment
from tests.functional.progress.conftest import Hands
from tests.support.site import Client

VIDEO = "A01/video"


def take(client: Client, course: MadeCourse, key: str = VIDEO) -> str:
    answer = client.post(f"/api/v1/items/{course.items[key].id}/lease")
    assert answer.status_code == 201
    return str(answer.json["lease"])


def send(client: Client, lease: str, seq: int, *played: tuple[float, float], **changed: Any) -> Any:
    body = {"seq": seq, "played": [list(pair) for pair in played], "position": 0, "rate": 1}
    body |= {"state": "playing"}
    return client.post(f"/api/v1/leases/{lease}/beats", json=body | changed)


def totals(database: Database) -> tuple[int, int]:
    """Return all seen and credited milliseconds there are, as the ledger has them."""
    with database.snapshot() as session:
        row = session.execute(
            select(func.sum(WatchSlice.seen_ms), func.sum(WatchSlice.credited_ms))
        ).one()
    return int(row[0] or 0), int(row[1] or 0)


def rows(database: Database, model: Any) -> int:
    with database.snapshot() as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def test_01_the_end_at_once_is_worth_the_time_that_passed(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    hands.seconds = 1
    answer = send(client, lease, 1, (0, 120), position=120, state="ended").json
    assert (answer["credited_seconds"], answer["watched"]) == (1, [[0, 4]])
    assert answer["completed"] is False
    assert rows(database, ItemCompletion) == 0


def test_02_the_end_again_and_again_with_new_leases_lends_the_slack_once(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    for turn in range(10):
        lease = take(client, course)
        hands.seconds += 0.1
        send(client, lease, 1, (turn * 10, turn * 10 + 10), state="ended")
    seen, credited = totals(database)
    assert credited <= 1_000
    assert seen <= 1_000 * 2 + 2_000


def test_03_fifty_equal_beats_at_once_have_one_effect(
    app: Flask, client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    hands.seconds = 15
    cookie = client.get_cookie("session")
    assert cookie is not None
    token, answers = client.csrf_token(), []

    def post() -> None:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        body = {"seq": 1, "played": [[0, 15]], "position": 15, "rate": 1, "state": "playing"}
        path = f"/api/v1/leases/{lease}/beats"
        answers.append(browser.post(path, json=body, headers={"X-CSRF-Token": token}, csrf=False))

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 50
    assert all(answer.json == answers[0].json for answer in answers)
    assert totals(database) == (15_000, 15_000)
    assert rows(database, WatchSlice) == 1


def test_04_fifty_different_beats_at_once_share_the_time_that_passed(
    app: Flask, client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    hands.seconds = 15
    cookie = client.get_cookie("session")
    assert cookie is not None
    token = client.csrf_token()

    def post(seq: int) -> None:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        body = {"seq": seq, "played": [[seq * 2, seq * 2 + 2]], "position": 0, "rate": 1}
        path, headers = f"/api/v1/leases/{lease}/beats", {"X-CSRF-Token": token}
        browser.post(path, json=body | {"state": "playing"}, headers=headers, csrf=False)

    threads = [threading.Thread(target=post, args=(seq,)) for seq in range(1, 51)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen, credited = totals(database)
    assert credited <= 15_000
    assert seen <= 15_000 * 2 + 2_000


def test_05_no_time_for_a_course_that_was_not_joined(
    client: Client, course: MadeCourse, database: Database
) -> None:
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    with capture_logs() as logs:
        answer = client.post(f"/api/v1/items/{course.items[VIDEO].id}/lease")
    assert (answer.status_code, answer.json["code"]) == (403, "not_enrolled")
    assert [line["code"] for line in logs if line["event"] == "refused"] == ["not_enrolled"]
    assert (rows(database, PlaybackLease), rows(database, MaterialProgress)) == (0, 0)


def test_06_no_time_once_the_course_was_left(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    with database.transaction() as session:
        session.execute(Enrollment.__table__.update().values(status="withdrawn"))
    hands.seconds = 15
    assert send(client, lease, 1, (0, 15)).json["credited_seconds"] == 0
    answer = client.post(f"/api/v1/items/{course.items[VIDEO].id}/lease")
    assert answer.status_code == 403


def test_07_a_number_below_is_refused_and_a_jump_brings_no_more_than_the_cap(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    hands.seconds = 15
    send(client, lease, 5, (0, 15))
    with capture_logs() as logs:
        answer = send(client, lease, 4, (15, 30))
    assert (answer.status_code, answer.json["code"]) == (409, "seq_out_of_order")
    assert [line["code"] for line in logs if line["event"] == "refused"] == ["seq_out_of_order"]
    assert totals(database) == (15_000, 15_000)
    hands.seconds = 315
    answer = send(client, lease, 500, (15, 120)).json
    assert answer["credited_seconds"] == 60
    assert {part["reason"] for part in answer["refused"]} == {"gap"}


def test_08_a_number_of_another_lease_answers_nothing_of_it(
    client: Client, course: MadeCourse, hands: Hands
) -> None:
    first = take(client, course)
    hands.seconds = 15
    send(client, first, 1, (0, 15))
    second = take(client, course)
    hands.seconds = 20
    assert send(client, second, 1, (15, 20)).json["watched"] == [[0, 20]]


def test_09_sixteen_times_the_speed_for_a_minute_counts_a_minute(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    for seq in range(1, 61):
        hands.seconds += 1
        begin = (seq - 1) * 16 % 120
        send(client, lease, seq, (begin, min(120, begin + 16)), rate=16)
    seen, credited = totals(database)
    assert credited <= 60_000
    assert seen <= 60_000 * 2 + 2_000


def test_10_many_tabs_share_one_clock(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    """Tabs on both items take the lease from each other every second for two minutes."""
    for turn in range(60):
        for key in (VIDEO, "A01/text"):
            lease = take(client, course, key)
            hands.seconds += 1
            send(client, lease, 1, (turn, turn + 1))
    assert totals(database)[1] <= 120_000


@pytest.mark.parametrize("how", ["signed out", "another person", "another device"])
def test_11_an_old_lease_earns_nothing_for_anybody(
    how: str, client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    if how == "another device":
        take(client, course, "A01/text")
        expected = {409}
    elif how == "signed out":
        client.delete("/api/v1/session")
        expected = {401}
    else:
        with database.transaction() as session:
            other = make_person(session)
            make_enrollment(session, person=other, course=course)
        sign_in(client, other)
        expected = {404}
    hands.seconds = 15
    assert send(client, lease, 1, (0, 15)).status_code in expected
    assert totals(database)[1] == 0


def test_12_what_time_the_phone_thinks_it_is_changes_nothing(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    hands.seconds = 5
    wrong = {"sent_at": "2030-01-01T00:00:00Z", "duration": 99_999, "elapsed": 3_600}
    send(client, lease, 1, (0, 120), **wrong)
    assert totals(database)[1] == 5_000


def test_13_fields_that_would_grant_something_are_ignored(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease = take(client, course)
    hands.seconds = 5
    extra = {"progress": 100, "hours": 24, "completed": True, "user_id": 1, "person_id": 1}
    extra |= {"role": "administrator", "passed": True, "credited_seconds": 9, "max_rate": 16}
    answer = send(client, lease, 1, (0, 120), **extra).json
    item = client.get(f"/api/v1/items/{course.items[VIDEO].id}/progress").json
    assert answer["credited_seconds"] == item["verified_seconds"] == 5
    assert (answer["completed"], item["completed_at"]) == (False, None)
    assert totals(database)[1] == 5_000


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE"])
def test_14_progress_cannot_be_written(
    method: str, client: Client, course: MadeCourse, database: Database
) -> None:
    for path in (
        f"/api/v1/items/{course.items[VIDEO].id}/progress",
        f"/api/v1/lessons/{course.lessons['A01'].id}/progress",
    ):
        answer = client.open(path, method=method, json={"completed_at": "2026-01-01T00:00:00Z"})
        assert answer.status_code == 405
    assert rows(database, MaterialProgress) == 0
