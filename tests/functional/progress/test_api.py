"""The player's calls: shapes of the public API, strangers, malformed bodies."""

from typing import Any

import pytest
from sqlalchemy import select

from lms.accounts.models import Person
from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import MadeCourse
from tests.support.site import Client

_LEASE_FIELDS = {
    *("lease", "beat_seconds", "seq", "duration", "resume_at", "watched", "verified_seconds"),
    *("max_rate", "prompt"),
}
_BEAT_FIELDS = {
    *("seq", "credited_seconds", "held_seconds", "verified_seconds", "coverage", "watched"),
    *("refused", "prompt", "completed"),
}
GOOD = {"seq": 1, "played": [[0, 1]], "position": 1, "rate": 1, "state": "playing"}


def take(client: Client, course: MadeCourse, key: str = "A01/video") -> dict[str, Any]:
    answer = client.post(f"/api/v1/items/{course.items[key].id}/lease")
    assert answer.status_code == 201
    return dict(answer.json)


def test_a_lease_tells_the_player_all_it_needs(client: Client, course: MadeCourse) -> None:
    lease = take(client, course)
    assert set(lease) >= _LEASE_FIELDS
    assert (lease["duration"], lease["beat_seconds"], lease["max_rate"]) == (120, 15, 2)
    assert lease["watched"] == []


def test_a_beat_counts_at_most_the_time_that_passed(client: Client, course: MadeCourse) -> None:
    lease = take(client, course)
    body = {**GOOD, "played": [[0, 120]], "state": "ended"}
    answer = client.post(f"/api/v1/leases/{lease['lease']}/beats", json=body)
    assert answer.status_code == 200
    assert set(answer.json) >= _BEAT_FIELDS
    assert answer.json["credited_seconds"] < 10
    assert answer.json["completed"] is False
    assert {part["reason"] for part in answer.json["refused"]} == {"faster_than_clock"}
    assert all(part["message"] for part in answer.json["refused"])


def test_the_same_beat_gets_the_same_answer(client: Client, course: MadeCourse) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}/beats"
    first = client.post(path, json=GOOD)
    again = client.post(path, json={**GOOD, "played": [[50, 60]]})
    assert (again.status_code, again.json) == (200, first.json)


def test_an_older_sequence_number_is_a_conflict(client: Client, course: MadeCourse) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}/beats"
    client.post(path, json={**GOOD, "seq": 7})
    answer = client.post(path, json={**GOOD, "seq": 6})
    assert (answer.status_code, answer.json["code"]) == (409, "seq_out_of_order")
    assert answer.content_type == "application/problem+json"


def test_a_newer_lease_stops_the_older_player_with_its_figures(
    client: Client, course: MadeCourse
) -> None:
    old = take(client, course)
    take(client, course, "A01/text")
    answer = client.post(f"/api/v1/leases/{old['lease']}/beats", json=GOOD)
    assert (answer.status_code, answer.json["code"]) == (409, "lease_superseded")
    assert set(answer.json) >= _BEAT_FIELDS


def test_a_lease_given_back_answers_lease_ended(client: Client, course: MadeCourse) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}"
    assert client.delete(path).status_code == 204
    answer = client.post(f"{path}/beats", json=GOOD)
    assert (answer.status_code, answer.json["code"]) == (409, "lease_ended")


def test_a_stranger_finds_neither_lease_nor_progress(
    client: Client, course: MadeCourse, database: Database
) -> None:
    lease = take(client, course)
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    item = course.items["A01/video"].id
    unknown = client.post("/api/v1/leases/unknown/beats", json=GOOD)
    foreign = client.post(f"/api/v1/leases/{lease['lease']}/beats", json=GOOD)
    assert (foreign.status_code, foreign.json) == (404, unknown.json)
    assert client.delete(f"/api/v1/leases/{lease['lease']}").status_code == 404
    assert client.get(f"/api/v1/items/{item}/progress").status_code == 404
    refused = client.post(f"/api/v1/items/{item}/lease")
    assert (refused.status_code, refused.json["code"]) == (403, "not_enrolled")


def test_nobody_counts_without_signing_in(client: Client, course: MadeCourse) -> None:
    client.delete_cookie("session")
    answer = client.post("/api/v1/leases/any/beats", json=GOOD)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "change",
    [
        {"seq": -1},
        {"seq": "1"},
        {"seq": 2**40},
        {"seq": None},
        {"played": [[5, 1]]},
        {"played": [[0]]},
        {"played": "all"},
        {"played": [[0, 1e9]]},
        {"played": [[-3, 1]]},
        {"played": [[0, 1]] * 501},
        {"state": "sleeping"},
        {"rate": 99},
        {"position": "end"},
    ],
)
def test_a_beat_that_does_not_fit_is_refused_and_changes_nothing(
    client: Client, course: MadeCourse, change: dict[str, Any]
) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}/beats"
    answer = client.post(path, json={**GOOD, **change})
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == list(change)
    assert client.post(path, json=GOOD).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"seq": NaN}', b"\xff\xfe", b"1"])
def test_a_body_that_is_no_beat_is_refused(client: Client, course: MadeCourse, body: bytes) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}/beats"
    answer = client.post(path, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_input"


def test_fields_that_would_grant_something_are_ignored(client: Client, course: MadeCourse) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}/beats"
    extra = {"completed": True, "credited_seconds": 3600, "person_id": 1, "role": "administrator"}
    answer = client.post(path, json={**GOOD, **extra})
    assert answer.json["completed"] is False
    assert answer.json["verified_seconds"] < 10


def test_a_change_needs_the_form_token(client: Client, course: MadeCourse) -> None:
    item = course.items["A01/video"].id
    answer = client.post(f"/api/v1/items/{item}/lease", csrf=False)
    assert (answer.status_code, answer.json["code"]) == (400, "csrf_failed")


def test_progress_of_item_and_lesson_show_the_same_seconds(
    client: Client, course: MadeCourse
) -> None:
    lease = take(client, course)
    body = {**GOOD, "played": [[0, 3]]}
    beat = client.post(f"/api/v1/leases/{lease['lease']}/beats", json=body).json
    item = client.get(f"/api/v1/items/{course.items['A01/video'].id}/progress").json
    lesson_row = client.get(f"/api/v1/lessons/{course.lessons['A01'].id}/progress").json
    assert item["verified_seconds"] == lesson_row["verified_seconds"] == beat["verified_seconds"]
    assert item["watched"] == lesson_row["watched"] == beat["watched"]
    assert item["completed_at"] is None


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 30])
def test_an_unknown_item_is_not_found(client: Client, course: MadeCourse, number: str) -> None:
    assert client.get(f"/api/v1/items/{number}/progress").status_code == 404
    assert client.post(f"/api/v1/items/{number}/lease").status_code == 404


def test_signing_out_ends_the_lease(client: Client, course: MadeCourse, database: Database) -> None:
    path = f"/api/v1/leases/{take(client, course)['lease']}/beats"
    with database.snapshot() as session:
        person = session.scalars(select(Person)).first()
    client.delete("/api/v1/session")
    assert client.post(path, json=GOOD).status_code == 401
    sign_in(client, person)
    answer = client.post(path, json=GOOD)
    assert (answer.status_code, answer.json["code"]) == (409, "lease_ended")
