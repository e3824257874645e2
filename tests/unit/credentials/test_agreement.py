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


# The facts of a badge as this site first signed them. Badges stand for years: never change this.
FIRST_EDITION = {
    "id": "urn:uuid:0b1c",
    "validFrom": "2026-06-15T01:41:07Z",
    "awardedDate": "2026-06-15T01:41:07Z",
    "issuer": {"url": "https://xiangbo.example"},
    "credentialSubject": {
        "activityStartDate": "2026-06-15T01:41:07Z",
        "activityEndDate": "2026-06-15T01:41:07Z",
        "licenseNumber": "XB26-8C2F-71KD",
        "term": "2026 乡播 直播销售员 五级 1",
        "source": {"name": "常山县村播学院"},
        "achievement": {
            "name": "直播之星 / Live Streaming Stars",
            "alignment": [{"targetCode": "4-01-06-02/L5"}],
        },
        "result": [
            {
                "resultDescription": "https://xiangbo.example/courses/live-streaming-stars#hours",
                "value": "23.9",
            },
            {
                "resultDescription": "https://xiangbo.example/courses/live-streaming-stars#outcome",
                "status": "Completed",
            },
            {
                "resultDescription": "https://xiangbo.example/courses/live-streaming-stars#score",
                "value": "80",
            },
        ],
    },
}


def test_badges_of_the_first_edition_agree_whatever_is_signed_today() -> None:
    assert agrees(FIRST_EDITION, VALUE, AWARD)
