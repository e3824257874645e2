"""Presence checks: when they come, what waits for the answer, what a miss costs, and the proof."""

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.core.errors import InvalidInput, NotFound
from lms.db.session import Database
from lms.progress.domain import settings as counting
from lms.progress.models import PresenceCheck, StudyClock, WatchSlice
from lms.progress.service import checks, known, leases
from lms.progress.service.recounting import recount_person
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.study import Study


@pytest.fixture
def study(database: Database, clock: Clock, learner: Learner) -> Study:
    return Study(database, clock, learner)


@pytest.fixture(autouse=True)
def no_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_QUESTIONS", 0)


def credited(database: Database) -> int:
    with database.snapshot() as session:
        return int(session.scalar(select(func.sum(WatchSlice.credited_ms))) or 0) // 1000


def proven(database: Database, learner: Learner) -> None:
    """The sums kept ready are what the ledger says, and its chain is whole."""
    with database.transaction() as session:
        found = recount_person(session, learner.actor.person_id)
    assert (found.sets, found.broken) == ({}, ())


def test_a_check_comes_after_five_to_ten_credited_minutes(database: Database, study: Study) -> None:
    study.lease("B")
    study.play_until_asked()
    assert 300 <= credited(database) <= 615


def test_a_new_lease_puts_no_check_off(database: Database, study: Study) -> None:
    """Reloading the page again and again does not outrun the question."""
    study.lease("B")
    for turn in range(45):
        study.lease("B", position=15 * turn)
        if study.play(15).answer["prompt"]:
            break
    assert 300 <= credited(database) <= 615


def test_what_is_watched_while_a_check_waits_is_held_and_credited_by_the_answer(
    database: Database, study: Study, learner: Learner
) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    before = credited(database)
    waiting = study.play(30).answer
    assert (waiting["credited_seconds"], waiting["held_seconds"]) == (0, 30)
    assert waiting["prompt"]["id"] == prompt["id"]
    reply = study.answer(prompt)
    assert (reply.prompt, reply.was_missed) == (None, False)
    assert credited(database) == before + 30
    after = study.play(15).answer
    assert (after["credited_seconds"], after["prompt"]) == (15, None)
    proven(database, learner)


def test_a_missed_check_stops_the_clock_until_somebody_answers(
    database: Database, study: Study, learner: Learner
) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    before = credited(database)
    study.play(45)
    late = study.play(30).answer
    assert late["prompt"]["missed"] is True
    assert late["refused"] == [{"seconds": 30, "reason": "prompt_missed"}]
    assert study.answer(prompt).was_missed is True
    assert credited(database) == before
    # The refused parts count when they are played again.
    study.position -= 75
    assert study.play(45).answer["credited_seconds"] == 45
    proven(database, learner)


def test_more_time_is_given_once_if_asked_for_in_time(
    database: Database, study: Study, clock: Clock, learner: Learner
) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    study.play(50)
    extended = study.answer(prompt, None).prompt
    assert extended is not None
    assert extended["more_time"] is False
    again = study.answer(prompt, None).prompt
    assert again is not None
    assert again["answer_by_ms"] == extended["answer_by_ms"]
    study.play(60)
    assert study.answer(prompt).was_missed is False
    proven(database, learner)


def test_more_time_asked_for_too_late_is_not_given(study: Study) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    study.play(61)
    reply = study.answer(prompt, None)
    assert reply.was_missed is True
    assert reply.prompt is not None
    assert reply.prompt["missed"] is True


def test_the_check_is_shown_on_every_device_and_can_be_answered_there(
    database: Database, study: Study, learner: Learner
) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    reply = study.lease("A")
    assert reply.prompt is not None
    assert reply.prompt["id"] == prompt["id"]
    assert study.play(15).answer["held_seconds"] == 15
    study.answer(prompt)
    assert study.play(15).answer["credited_seconds"] == 15
    proven(database, learner)


def test_the_same_answer_twice_has_one_effect(database: Database, study: Study) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    study.play(30)
    study.answer(prompt)
    before = credited(database)
    assert study.answer(prompt).was_missed is False
    assert credited(database) == before
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(PresenceCheck)) == 1


def test_nobody_answers_for_somebody_else(
    database: Database, study: Study, learner: Learner
) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    study.actor = learner.stranger
    with pytest.raises(NotFound):
        study.answer(prompt)


def test_what_the_check_does_not_offer_is_no_answer(study: Study) -> None:
    study.lease("B")
    prompt = study.play_until_asked()
    with pytest.raises(InvalidInput):
        study.answer(prompt, "b")


def test_rewinding_takes_back_what_was_earned_since_the_last_answer(
    database: Database, study: Study, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = counting.CountingSettings(on_miss=counting.OnMiss.REWIND)
    for module in (known, leases):
        monkeypatch.setattr(module, "counting_of", lambda _programme: strict)
    study.lease("B")
    study.answer(study.play_until_asked())
    confirmed = credited(database)
    assert study.play(15).answer["credited_seconds"] == 15
    with database.transaction() as session:
        session.execute(text("UPDATE study_clock SET prompt_in_ms = 0"))
    prompt = study.play(15).answer["prompt"]
    assert prompt is not None
    missed = study.play(61).answer
    assert missed["prompt"]["missed"] is True
    assert credited(database) == confirmed
    proven(database, learner)


def test_an_answered_check_cannot_be_rewritten(database: Database, study: Study) -> None:
    study.lease("B")
    study.answer(study.play_until_asked())
    for change in ("SET answer = 'b'", "SET shown_at_ms = 1", "SET missed_at_ms = 1"):
        with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
            session.execute(text(f"UPDATE presence_check {change}"))


def test_only_one_check_a_person_can_wait(database: Database, study: Study) -> None:
    study.lease("B")
    study.play_until_asked()
    with database.snapshot() as session:
        row = session.scalars(select(PresenceCheck)).one()
        names = ("person_id", "lease_id", "material_id", "kind", "asked", "shown_at_ms")
        same: dict[str, Any] = {name: getattr(row, name) for name in (*names, "after_number")}
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.add(PresenceCheck(**same))


def test_blocking_the_call_earns_nothing(
    database: Database, study: Study, learner: Learner
) -> None:
    """A player that never answers goes on seeing and earns not one second more."""
    study.lease("B")
    study.play_until_asked()
    before = credited(database)
    for _ in range(20):
        study.play(15)
    assert credited(database) == before
    with database.snapshot() as session:
        clock = session.scalars(select(StudyClock)).one()
        assert clock.entries == session.scalar(select(func.count()).select_from(WatchSlice))
    proven(database, learner)
