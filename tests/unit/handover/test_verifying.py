"""The offline program writes what it hashes exactly as the site does."""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from lms.audit.domain import Act
from lms.audit.domain import canonical as of_act
from lms.handover.offline import signatures, subsidies, verify
from lms.progress.domain import ledger

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
WHOLE = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = st.recursive(
    WHOLE, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


@given(VALUES)
def test_its_text_of_a_value_is_that_of_the_ledger(value: object) -> None:
    assert verify.canonical(value) == to_json(value)


@given(st.dictionaries(TEXTS, WHOLE | st.lists(WHOLE)), TEXTS)
def test_its_text_of_an_act_is_that_of_the_log(details, action: str) -> None:
    act = Act(7, datetime(2026, 5, 1, tzinfo=UTC), None, action, "person:1", details)
    text = of_act(act).encode()
    assert verify.canonical(json.loads(text), by_name=True) == text


def test_it_hashes_the_same_members_of_an_entry_as_the_site() -> None:
    entry = dict.fromkeys(ledger.COLUMNS, 5) | {
        "refused": {"b": [], "a": []},
        "day_used": {"9": 1, "10": 2},
    }
    for number in (1, None):
        own = {**entry, "number": number}
        made = verify.digest(b"x\n" + verify.canonical(verify.hashed(own)))
        assert made == ledger.chain_hash("x", own)


@pytest.mark.parametrize("module", [verify, signatures, subsidies])
def test_it_runs_on_the_oldest_python_it_promises(module) -> None:
    source = Path(module.__file__).read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))
