"""An appeal: one stands at a time, another person rules, a grant is an entry of its own."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry
from lms.core.errors import Conflict
from lms.db.bus import Bus
from lms.db.session import Database
from lms.notify.models import SmsMessage
from lms.progress import queries
from lms.progress.events import TimeGranted
from lms.progress.models import ItemCompletion, WatchSlice
from lms.wiring import EVENTS
from tests.integration.progress.appealing import COUNT_IT, IT_STAYS, ask, rule
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.studying import (
    Player,
    assert_in_step,
    make_administrator,
    sets_of,
)


@pytest.fixture
def player(database: Database, clock: Clock, learner: Learner) -> Player:
    """The learner lost 240 of 300 seconds of B to a bad line."""
    made = Player(database, clock, learner.actor)
    made.lose(learner.items["B"], 300)
    return made


def test_it_names_what_does_not_count_yet(player: Player, learner: Learner) -> None:
    request = ask(player, learner.items["B"])
    assert request.spans == [[60_000, 300_000]]


def test_a_grant_is_an_entry_of_its_own_and_the_old_ones_stand(
    player: Player, learner: Learner, database: Database
) -> None:
    material = learner.course.materials["B/video"].id
    with database.snapshot() as session:
        before = session.execute(select(WatchSlice.id, WatchSlice.chain_hash)).all()
    request = ask(player, learner.items["B"])
    ruled = rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    assert (ruled.granted_ms, ruled.granted_people) == (240_000, 1)
    row = sets_of(database, learner.actor.person_id)[material]
    assert (row.credited_ms, row.granted_ms) == (300_000, 240_000)
    with database.snapshot() as session:
        assert session.execute(select(WatchSlice.id, WatchSlice.chain_hash)).all()[:-1] == before
        entry = session.scalars(select(WatchSlice).order_by(WatchSlice.id.desc())).first()
    assert entry is not None
    assert (entry.kind, entry.request_id, entry.lease_id) == ("appeal", request.id, None)
    assert entry.credited == [[60_000, 300_000]]
    assert (entry.wall_from_ms, entry.wall_to_ms) == (None, None)
    assert_in_step(database, learner.actor.person_id)


def test_granted_time_spends_no_wall_time_and_no_day(
    player: Player, learner: Learner, clock: Clock, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    with database.snapshot() as session:
        before = session.execute(text("SELECT credit_mark_ms FROM study_clock")).scalar()
    rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    with database.snapshot() as session:
        assert session.execute(text("SELECT credit_mark_ms FROM study_clock")).scalar() == before
    clock.seconds += 15
    player.play(300, 315)
    assert_in_step(database, learner.actor.person_id)
    material = learner.course.materials["B/video"].id
    assert sets_of(database, learner.actor.person_id)[material].credited_ms == 315_000


def test_only_what_does_not_count_by_then_is_granted(
    player: Player, learner: Learner, clock: Clock, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    clock.seconds += 30
    player.play(60, 90)
    ruled = rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    assert ruled.granted_ms == 210_000
    assert_in_step(database, learner.actor.person_id)


def test_stretches_that_were_never_seen_count_as_seen_once_granted(
    database: Database, clock: Clock, learner: Learner
) -> None:
    player = Player(database, clock, learner.actor)
    player.open(learner.items["A"])
    clock.seconds = 1
    player.play(0, 100)
    request = ask(player, learner.items["A"])
    ruled = rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    assert ruled.granted_ms == 99_000
    row = sets_of(database, learner.actor.person_id)[learner.course.materials["A/video"].id]
    assert (row.seen_ms, row.credited_ms) == (100_000, 100_000)
    assert_in_step(database, learner.actor.person_id)
    with database.snapshot() as session:
        done = session.execute(select(ItemCompletion.lesson_key, ItemCompletion.item_key)).all()
    assert [tuple(each) for each in done] == [("A", "video")], "coverage is reached by the grant"


def test_the_chosen_stretches_alone_are_granted(
    player: Player, learner: Learner, clock: Clock, database: Database
) -> None:
    clock.seconds += 15
    player.play(100, 115)
    request = ask(player, learner.items["B"])
    assert request.spans == [[60_000, 100_000], [115_000, 300_000]]
    some = replace(COUNT_IT, stretches=frozenset({0}))
    assert (
        rule(database, make_administrator(database, "周敏"), request.id, some).granted_ms == 40_000
    )


def test_a_declined_one_writes_no_entry_and_may_be_asked_anew(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    with pytest.raises(Conflict):
        ask(player, learner.items["B"])
    rule(database, make_administrator(database, "周敏"), request.id, IT_STAYS)
    with database.snapshot() as session:
        assert session.scalars(select(WatchSlice.kind)).all() == ["beat"]
        [message] = session.scalars(select(SmsMessage.template)).all()
    assert message == "time_stays"
    ask(player, learner.items["B"])


def test_the_learner_is_told_and_the_act_is_written_down(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    with database.snapshot() as session:
        assert "算上了" in session.scalars(select(SmsMessage.text)).one()
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        [own] = queries.appeals_of(session, learner.actor.person_id)
    assert acts == ["time.appeal_asked", "time.appeal_granted"]
    assert (own.ruling, own.reason, own.granted_ms) == ("granted", COUNT_IT.reason, 240_000)


def test_decisions_about_subsidies_become_due(
    player: Player, learner: Learner, database: Database
) -> None:
    heard: list[TimeGranted] = []

    def listen(_session: Session, happened: TimeGranted) -> None:
        heard.append(happened)

    own = Database(
        database.url.render_as_string(hide_password=False),
        bus=Bus({**EVENTS, TimeGranted: (*EVENTS[TimeGranted], listen)}),
    )
    request = ask(player, learner.items["B"])
    rule(own, make_administrator(database, "周敏"), request.id, COUNT_IT)
    own.dispose()
    assert [each.person_id for each in heard] == [learner.actor.person_id]


def test_a_beat_at_the_same_time_and_the_grant_keep_the_chain(
    player: Player, learner: Learner, clock: Clock, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    administrator = make_administrator(database, "周敏")
    for step in range(3):
        clock.seconds += 15
        player.play(300 + 15 * step, 315 + 15 * step)
        if step == 1:
            rule(database, administrator, request.id, COUNT_IT)
    assert_in_step(database, learner.actor.person_id)
