"""Who may ask and rule about time, once, and what the database itself refuses."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import ConfirmationNeeded, Conflict, Forbidden, NotFound
from lms.db.session import Database, now
from lms.progress.service import appeals
from tests.integration.progress.appealing import COUNT_IT, ask, rule
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.studying import (
    Player,
    assert_in_step,
    make_administrator,
)

NEIGHBOUR = "330881"


@pytest.fixture
def player(database: Database, clock: Clock, learner: Learner) -> Player:
    """The learner lost 240 of 300 seconds of B to a bad line."""
    made = Player(database, clock, learner.actor)
    made.lose(learner.items["B"], 300)
    return made


def test_it_is_ruled_once_and_nothing_is_granted_twice(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    first, second = (make_administrator(database, name) for name in ("周敏", "程晓红"))
    rule(database, first, request.id, COUNT_IT)
    with pytest.raises(Conflict):
        rule(database, second, request.id, COUNT_IT)
    assert_in_step(database, learner.actor.person_id)
    with pytest.raises(Conflict):
        ask(player, learner.items["B"])  # nothing is left to ask for


def test_whose_time_it_is_does_not_rule(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    county = Scope(ScopeKind.COUNTY, "330822")
    with database.transaction() as session:
        session.execute(
            text("UPDATE sign_in SET confirmed_at = created_at WHERE id = :id"),
            {"id": learner.actor.sign_in_id},
        )
    own = replace(learner.actor, grants=(Grant(Role.ADMINISTRATOR, county),))
    with pytest.raises(Forbidden):
        rule(database, own, request.id, COUNT_IT)
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(
            text(
                "UPDATE time_request SET ruling = 'granted', reason = 'x', "
                "ruled_by_id = asked_by_id, ruled_at = asked_at"
            )
        )


def test_another_county_a_reader_and_who_is_not_sure_rule_nothing(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    with pytest.raises(NotFound):
        rule(database, make_administrator(database, "毛国平", NEIGHBOUR), request.id, COUNT_IT)
    here = make_administrator(database, "周敏")
    reader = Grant(Role.SUPERVISOR, Scope(ScopeKind.COUNTY, "330822"))
    elsewhere = Grant(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    with pytest.raises(NotFound):
        rule(database, replace(here, grants=(reader, elsewhere)), request.id, COUNT_IT)
    with database.transaction() as session:
        session.execute(text("UPDATE sign_in SET confirmed_at = NULL"))
    with pytest.raises(ConfirmationNeeded):
        rule(database, here, request.id, COUNT_IT)


def test_withdrawn_by_oneself_alone_and_only_while_it_waits(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    with pytest.raises(NotFound), database.transaction() as session:
        appeals.withdraw(session, actor=learner.stranger, request_id=request.id, now=now(session))
    with database.transaction() as session:
        appeals.withdraw(session, actor=learner.actor, request_id=request.id, now=now(session))
    with pytest.raises(Conflict):
        rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    ask(player, learner.items["B"])


def test_a_strangers_item_is_not_found(player: Player, learner: Learner) -> None:
    other = Player(player.database, player.clock, learner.stranger)
    with pytest.raises(NotFound):
        ask(other, learner.items["B"])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE time_request SET granted_ms = 1",
        "UPDATE time_request SET reason = 'other', granted_at = asked_at",
        "UPDATE time_request SET ruling = NULL, granted_at = asked_at",
        "DELETE FROM time_request",
    ],
)
def test_what_was_ruled_is_not_rewritten(
    player: Player, learner: Learner, database: Database, change: str
) -> None:
    request = ask(player, learner.items["B"])
    rule(database, make_administrator(database, "周敏"), request.id, COUNT_IT)
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(change))


def test_two_who_rule_at_the_same_time_grant_once(
    player: Player, learner: Learner, database: Database
) -> None:
    request = ask(player, learner.items["B"])
    people = [make_administrator(database, name) for name in ("周敏", "程晓红")]
    start, refused = threading.Barrier(len(people)), []

    def decide(actor: Actor) -> None:
        start.wait()
        try:
            rule(database, actor, request.id, COUNT_IT)
        except Conflict as error:
            refused.append(error.code)

    threads = [threading.Thread(target=decide, args=(each,)) for each in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == ["request_ruled"]
    assert_in_step(database, learner.actor.person_id)
