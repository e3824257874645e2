"""The documents that are signed: defined terms alone, the schema kept, hours never rounded up."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.credentials.domain import document as documents
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.value import Award, BadgeValue, Evidence, Training
from lms.credentials.gateway import jsonld, schema

SITE = Site("https://xiangbo.example")
AT = datetime(2026, 6, 15, 1, 41, 7, 900, tzinfo=UTC)
VALUE = BadgeValue(
    course_slug="live-streaming-stars",
    course_title={"zh": "直播之星", "en": "Live Streaming Stars"},
    course_summary={"zh": "不用会拍视频。"},
    course_version=3,
    cover="noodle",
    institution_slug="xiangbo",
    institution={"zh": "常山县村播学院"},
    class_name="2026 乡播 直播销售员 五级 1",
    training=Training(
        {"zh": "直播销售员 五级"}, "4-01-06-02", "直播销售员", 5, "互联网营销师标准", "4-01-02-07"
    ),
    verified_ms=64_799_999,
    planned_ms=64_800_000,
    score_percent=80,
    pass_percent=60,
    started_at=AT,
    completed_at=AT,
    evidence=Evidence(420, "ab" * 32),
)
AWARD = Award("0b1c", "7d2e", "XB26-8C2F-71KD", "ABCD", "salt", AT, None, 2, 4711)


def made(value: BadgeValue = VALUE, award: Award = AWARD) -> dict[str, Any]:
    plain = documents.credential(value, award, SITE)
    plain["id"] = "urn:uuid:697ad60b-2a8a-420a-931f-bb71aa8d0aac"
    return plain


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"class_name": None},
        {"training": None},
        {"score_percent": None, "pass_percent": None},
        {"course_title": {"zh": "只有中文"}},
    ],
)
def test_whatever_a_course_has_or_lacks_the_badge_keeps_the_schema_and_defined_terms(
    changes: dict[str, Any],
) -> None:
    plain = made(replace(VALUE, **changes))
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}
    assert schema.faults({**plain, "proof": [proof]}) == []
    assert jsonld.canonical(plain) == jsonld.canonical_as_read(plain)


def test_the_class_institution_and_list_entry_stand_in_it() -> None:
    plain = made()
    assert plain["credentialSubject"]["term"] == "2026 乡播 直播销售员 五级 1"
    assert plain["credentialSubject"]["source"]["name"] == "常山县村播学院"
    assert plain["credentialStatus"] == {
        "id": "https://xiangbo.example/credentials/status/2#4711",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "4711",
        "statusListCredential": "https://xiangbo.example/credentials/status/2",
    }
    assert "validUntil" not in plain
    assert plain["validFrom"] == "2026-06-15T01:41:07Z"


def test_two_forms_of_one_value_share_dates_and_names() -> None:
    until = datetime(2029, 6, 15, 1, 41, 7, tzinfo=UTC)
    plain = made(award=replace(AWARD, valid_until=until))
    payload = documents.token_payload(plain)
    assert (payload["nbf"], payload["exp"]) == (int(AT.timestamp()), int(until.timestamp()))
    assert payload["iss"] == plain["issuer"]["id"]
    assert payload["sub"] == plain["credentialSubject"]["id"]


@given(st.integers(0, 10**9))
def test_hours_are_never_rounded_up(verified_ms: int) -> None:
    shown = float(documents.hours_words(verified_ms))
    assert shown * 45 * 60_000 <= verified_ms + 1e-6
    assert verified_ms - shown * 45 * 60_000 < 270_000 + 1e-6


def test_a_value_is_kept_and_read_back_whole() -> None:
    assert BadgeValue.from_json(VALUE.as_json()) == VALUE
    bare = replace(VALUE, training=None, class_name=None, score_percent=None)
    assert BadgeValue.from_json(bare.as_json()) == bare


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://xiangbo.example", "did:web:xiangbo.example"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://county.example/learn", "did:web:county.example:learn"),
    ],
)
def test_the_name_of_the_issuer_follows_the_address(address: str, did: str) -> None:
    assert Site(address).did == did


def test_a_member_no_context_defines_is_refused_before_it_is_signed() -> None:
    with pytest.raises(jsonld.UndefinedTerm):
        jsonld.canonical({**made(), "subsidyAmount": "600"})
