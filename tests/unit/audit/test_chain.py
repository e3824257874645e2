"""What is hashed of an act."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lms.audit.domain import GENESIS, Act, canonical, chain_hash

AT = datetime(2026, 5, 18, 16, 0, 0, 123456, tzinfo=UTC)


def act(**overrides):
    values = {
        "number": 1,
        "at": AT,
        "actor_id": 7,
        "action": "role.granted",
        "subject": "person:9",
        "details": {"role": "administrator", "scope": "county:330822"},
    } | overrides
    return Act(**values)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"at": AT + timedelta(microseconds=1)},
        {"actor_id": None},
        {"action": "role.revoked"},
        {"subject": "person:10"},
        {"details": {"role": "administrator", "scope": "county:330881"}},
    ],
)
def test_any_change_to_an_act_changes_its_hash(change):
    assert chain_hash(GENESIS, act(**change)) != chain_hash(GENESIS, act())


def test_the_place_in_the_chain_changes_the_hash():
    assert chain_hash("1" * 64, act()) != chain_hash(GENESIS, act())


def test_neither_order_nor_time_zone_changes_the_hash():
    china = timezone(timedelta(hours=8))
    same = act(at=AT.astimezone(china), details={"scope": "county:330822", "role": "administrator"})
    assert canonical(same) == canonical(act())


def test_a_float_is_refused_because_databases_change_it():
    with pytest.raises(TypeError):
        canonical(act(details={"rows": [1.5]}))
