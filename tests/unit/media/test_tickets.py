from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lms.core.access import Actor
from lms.core.errors import Forbidden
from lms.media.domain.tickets import Right, Ticket, check_ticket, ticket_from_payload

NOW = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
LIN = Actor(person_id=7, name="林秀芳", grants=(), sign_in_id=70)
TICKET = Ticket("a", "v", 7, 70, Right.WATCH, NOW + timedelta(hours=6))


def refusal(actor, at):
    with pytest.raises(Forbidden) as raised:
        check_ticket(TICKET, actor, at=at)
    return raised.value.code


def test_a_ticket_works_for_its_person_until_it_expires():
    check_ticket(TICKET, LIN, at=NOW)
    check_ticket(TICKET, LIN, at=NOW + timedelta(hours=6, microseconds=-1))
    assert refusal(LIN, NOW + timedelta(hours=6)) == "ticket_expired"


@pytest.mark.parametrize("actor", [None, replace(LIN, person_id=8), replace(LIN, sign_in_id=71)])
def test_a_ticket_is_refused_to_anyone_else_and_to_another_sign_in(actor):
    assert refusal(actor, NOW) == "ticket_not_yours"


def test_a_ticket_survives_being_written_down():
    assert ticket_from_payload(TICKET.to_payload()) == TICKET


@pytest.mark.parametrize(
    "payload",
    [
        None,
        7,
        "abcdef",
        [],
        {"asset": "a"},
        ["a", "v", 7, 70, "watch"],
        ["a", "v", "x", 70, "watch", 1],
        ["a", "v", 7, 70, "own", 1],
        ["a", "v", 7, 70, "watch", 10**30],
        ["a", "v", None, 70, "watch", 1],
    ],
)
def test_a_payload_of_another_shape_is_refused(payload):
    with pytest.raises(Forbidden):
        ticket_from_payload(payload)
