"""What pages say and what was signed are the same facts, whatever words the document uses."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lms.credentials.domain.agreement import agrees
from tests.unit.credentials.test_document import AT, AWARD, SITE, VALUE, documents

SIGNED = documents.credential(VALUE, AWARD, SITE)


def test_the_value_a_badge_was_made_from_agrees_with_it() -> None:
    assert agrees(SIGNED, VALUE, AWARD)


@pytest.mark.parametrize(
    "change",
    [
        {"course_title": {"zh": "别的课"}},
        {"institution": {"zh": "别的学校"}},
        {"class_name": None},
        {"training": None},
        {"verified_ms": VALUE.verified_ms + 2_700_000},
        {"score_percent": 81},
        {"score_percent": None},
        {"started_at": AT - timedelta(days=1)},
        {"completed_at": AT + timedelta(days=1)},
    ],
)
def test_a_value_that_says_other_facts_does_not(change: dict[str, Any]) -> None:
    assert not agrees(SIGNED, replace(VALUE, **change), AWARD)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"serial": "XB26-0000-0000"},
        {"issued_at": AT + timedelta(days=1)},
        {"valid_until": AT + timedelta(days=1)},
    ],
)
def test_a_row_with_another_id_number_or_date_does_not(change: dict[str, Any]) -> None:
    assert not agrees(SIGNED, VALUE, replace(AWARD, **change))


def test_sentences_may_be_worded_otherwise_one_day() -> None:
    reworded = deepcopy(SIGNED)
    reworded["description"] = "A completion record."
    reworded["evidence"][0]["narrative"] = "420"
    reworded["credentialSubject"]["result"].reverse()
    assert agrees(reworded, VALUE, AWARD)
