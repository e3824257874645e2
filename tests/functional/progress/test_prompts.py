"""The calls about presence checks: what the player is shown, told and may say."""

from typing import Any

import pytest
from sqlalchemy import select, text

from lms.db.session import Database
from lms.progress.models import PresenceCheck
from lms.progress.service import checks
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import MadeCourse, lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset, make_caption
from tests.functional.progress.conftest import Hands
from tests.support.site import Client

_CAPTIONS = "WEBVTT\n\n" + "\n\n".join(
    f"00:{at // 60:02d}:{at % 60:02d}.000 --> 00:{at // 60:02d}:{at % 60 + 4:02d}.000\n"
    f"这是第{at}秒讲的一句话"
    for at in range(0, 1_200, 10)
)


@pytest.fixture
def course(database: Database, client: Client) -> MadeCourse:
    with database.transaction() as session:
        person = make_person(session)
        asset = make_asset(session, duration_ms=1_200_000)
        captions = {"zh": make_caption(session, asset, text=_CAPTIONS).id}
        made = make_course(
            session,
            lessons=[
                lesson("A01", video(asset_id=asset.id, duration_ms=1_200_000, captions=captions))
            ],
        )
        make_enrollment(session, person=person, course=made)
    sign_in(client, person)
    return made


@pytest.fixture(params=[0, 1], ids=["tap", "question"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(checks, "_QUESTIONS", request.param)
    return "question" if request.param else "tap"


def play(client: Client, lease: str, hands: Hands, seq: int) -> dict[str, Any]:
    hands.seconds += 15
    end = seq * 15
    body = {"seq": seq, "played": [[end - 15, end]], "position": end, "rate": 1}
    answer = client.post(f"/api/v1/leases/{lease}/beats", json=body | {"state": "playing"})
    assert answer.status_code == 200
    return dict(answer.json)


def until_asked(
    client: Client, course: MadeCourse, hands: Hands
) -> tuple[str, int, dict[str, Any]]:
    taken = client.post(f"/api/v1/items/{course.items['A01/video'].id}/lease").json
    assert taken["prompt"] is None
    for seq in range(1, 45):
        answer = play(client, taken["lease"], hands, seq)
        if answer["prompt"]:
            return taken["lease"], seq, answer["prompt"]
    raise AssertionError("no presence check came")


def test_a_check_tells_the_player_all_it_shows_and_no_answer(
    kind: str, client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    _, _, prompt = until_asked(client, course, hands)
    assert set(prompt) == {
        *("id", "kind", "text", "options", "seconds_left", "more_time", "missed")
    }
    assert prompt["kind"] == kind
    assert (prompt["seconds_left"], prompt["more_time"], prompt["missed"]) == (60, True, False)
    assert [set(option) for option in prompt["options"]] == (
        [{"id", "text"}] * 3 if kind == "question" else []
    )
    assert prompt["text"] == ("刚才讲的是哪一句？" if kind == "question" else None)


def test_an_answer_in_time_counts_what_was_held(
    kind: str, client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease, seq, prompt = until_asked(client, course, hands)
    held = play(client, lease, hands, seq + 1)
    assert (held["held_seconds"], held["credited_seconds"]) == (15, 0)
    assert held["prompt"]["seconds_left"] == 45
    with database.snapshot() as session:
        right = session.scalars(select(PresenceCheck)).one().asked["right"]
    said = {"answer": right or "here"}
    answer = client.post(f"/api/v1/leases/{lease}/prompts/{prompt['id']}", json=said).json
    assert (answer["prompt"], answer["missed"]) == (None, False)
    assert answer["right"] is (True if kind == "question" else None)
    assert answer["verified_seconds"] == (seq + 1) * 15
    assert answer["held_seconds"] == 0


def test_a_wrong_answer_is_an_answer(
    client: Client,
    course: MadeCourse,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
) -> None:
    """A person was there; what they said is kept as evidence."""
    monkeypatch.setattr(checks, "_QUESTIONS", 1)
    lease, seq, prompt = until_asked(client, course, hands)
    play(client, lease, hands, seq + 1)
    with database.snapshot() as session:
        right = session.scalars(select(PresenceCheck)).one().asked["right"]
    wrong = next(option["id"] for option in prompt["options"] if option["id"] != right)
    path = f"/api/v1/leases/{lease}/prompts/{prompt['id']}"
    answer = client.post(path, json={"answer": wrong}).json
    assert (answer["right"], answer["missed"], answer["verified_seconds"]) == (
        *(False, False),
        (seq + 1) * 15,
    )
    with database.snapshot() as session:
        kept = session.scalars(select(PresenceCheck)).one()
    assert (kept.answer, kept.is_right) == (wrong, False)


def test_more_time_is_told_and_given_once(
    client: Client, course: MadeCourse, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_QUESTIONS", 0)
    lease, _, prompt = until_asked(client, course, hands)
    path = f"/api/v1/leases/{lease}/prompts/{prompt['id']}"
    hands.seconds += 50
    for _ in range(2):
        given = client.post(path, json={"more_time": True}).json["prompt"]
        assert (given["seconds_left"], given["more_time"]) == (70, False)
    hands.seconds += 71
    late = client.post(path, json={"more_time": True}).json
    assert (late["missed"], late["prompt"]["seconds_left"]) == (True, None)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"answer": ""}, {"answer": 1}, {"answer": "d"}, {"more_time": "yes"}]
)
def test_what_is_no_answer_is_refused_and_changes_nothing(
    body: Any, client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease, _, prompt = until_asked(client, course, hands)
    path = f"/api/v1/leases/{lease}/prompts/{prompt['id']}"
    assert client.post(path, json=body).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(PresenceCheck)).one().answered_at_ms is None


def test_a_stranger_finds_no_check(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    lease, _, prompt = until_asked(client, course, hands)
    with database.transaction() as session:
        stranger = make_person(session)
        make_enrollment(session, person=stranger, course=course)
    sign_in(client, stranger)
    own = client.post(f"/api/v1/items/{course.items['A01/video'].id}/lease").json
    said = {"answer": "here"}
    for held in (lease, own["lease"]):
        foreign = client.post(f"/api/v1/leases/{held}/prompts/{prompt['id']}", json=said)
        unknown = client.post(f"/api/v1/leases/{held}/prompts/999999", json=said)
        assert (foreign.status_code, foreign.json) == (404, unknown.json)


def test_no_check_comes_in_the_last_minute_of_a_lesson(
    client: Client, course: MadeCourse, hands: Hands, database: Database
) -> None:
    taken = client.post(f"/api/v1/items/{course.items['A01/video'].id}/lease").json
    with database.transaction() as session:
        session.execute(text("UPDATE study_clock SET prompt_in_ms = 0"))
    hands.seconds = 15
    body = {"seq": 1, "played": [[1_141, 1_156]], "position": 1_156, "rate": 1}
    path = f"/api/v1/leases/{taken['lease']}/beats"
    answer = client.post(path, json=body | {"state": "playing"}).json
    assert (answer["credited_seconds"], answer["prompt"]) == (15, None)
