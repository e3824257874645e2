"""Builds the documents that are signed: the Open Badges 3.0 credential, its token, lists, keys.

Plain values in, plain dicts out. Every member is a term of the pinned contexts, arrays stand
wherever the schema allows one (both editions of it pass then), and nothing names the person.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from lms.core.clock import rfc3339
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.value import Award, BadgeValue, Words
from lms.progress.domain.completion import credit_hours

Document = dict[str, Any]

VC2 = "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
# The order counts: a verifier may refuse any other.
CONTEXTS = [VC2, OB3, EXTENSIONS]
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
ISSUER_NAME = "乡播学堂 Xiangbo"
# Where the standards of occupations are published.
_STANDARDS = "http://www.osta.org.cn/"
NOT_A_STATE_CERTIFICATE = "本站的学习完成记录，不是职业资格证书，也不是职业技能等级证书。"
_LEVELS = {5: "五级", 4: "四级", 3: "三级", 2: "二级", 1: "一级"}
LIST_GOOD_FOR = timedelta(days=7)


def credential(value: BadgeValue, award: Award, site: Site) -> Document:
    """Return the unsigned Open Badges 3.0 credential."""
    page = site.badge(award.id)
    document: Document = {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{award.id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"结业徽章 · {_both(value.course_title)}",
        "description": f"{NOT_A_STATE_CERTIFICATE} A completion record, not a state certificate.",
        "issuer": {
            "id": site.did,
            "type": ["Profile"],
            "name": ISSUER_NAME,
            "url": site.base_url,
        },
        "validFrom": _moment(award.issued_at),
        "awardedDate": _moment(value.completed_at),
        "image": {"id": f"{page}.png", "type": "Image"},
        "credentialSubject": _subject(value, award, site),
        "evidence": [_evidence(value, page)],
        "credentialStatus": _status(award, site),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if award.valid_until is not None:
        document["validUntil"] = _moment(award.valid_until)
    return document


def token_payload(document: Mapping[str, Any]) -> Document:
    """Return the payload of the VC-JWT that says the same: the credential at the top level."""
    payload = {
        **document,
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": _seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        payload["exp"] = _seconds(document["validUntil"])
    return payload


def status_list(number: int, bits: str, site: Site, at: datetime) -> Document:
    """Return the unsigned list credential; ``bits`` is the encoded bit string.

    Verifiers may keep it for a week at most: a stale list cannot hide a revocation for ever.
    """
    address = site.status_list(number)
    return {
        "@context": [VC2],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": site.did,
        "validFrom": _moment(at),
        "validUntil": _moment(at + LIST_GOOD_FOR),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bits,
        },
    }


def did_document(site: Site, methods: Iterable[Mapping[str, Any]]) -> Document:
    """Return the DID document with the keys whose signatures stand.

    Assertion methods are strings: some resolvers cannot read objects there.
    """
    listed = [dict(method) for method in methods]
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": site.did,
        "alsoKnownAs": [site.base_url],
        "verificationMethod": listed,
        "assertionMethod": [method["id"] for method in listed],
    }


def holder_hash(number: str, salt: str) -> str:
    """Return a learner's number as badges carry it."""
    return "sha256$" + hashlib.sha256(f"{number}{salt}".encode()).hexdigest()


def _subject(value: BadgeValue, award: Award, site: Site) -> Document:
    subject: Document = {
        "id": f"urn:uuid:{award.subject_id}",
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityType": "systemId",
                "salt": award.salt,
                "identityHash": holder_hash(award.holder_number, award.salt),
            }
        ],
        "activityStartDate": _moment(value.started_at),
        "activityEndDate": _moment(value.completed_at),
        "licenseNumber": award.serial,
        "source": {
            "id": f"{site.base_url}/#{value.institution_slug}",
            "type": ["Profile"],
            "name": value.institution["zh"],
        },
        "achievement": _achievement(value, site),
        "result": _results(value, site),
    }
    if value.class_name:
        subject["term"] = value.class_name
    return subject


def _achievement(value: BadgeValue, site: Site) -> Document:
    course = site.course(value.course_slug)
    achievement: Document = {
        "id": f"{course}#badge",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": _both(value.course_title),
        "description": value.course_summary["zh"],
        "inLanguage": "zh-CN",
        "version": str(value.course_version),
        "criteria": {"id": course, "narrative": _criteria(value)},
        "image": {
            "id": f"{site.base_url}/credentials/art/{value.cover}.svg",
            "type": "Image",
            "caption": "结业徽章",
        },
        "resultDescription": _descriptions(value, course),
    }
    if value.training is not None:
        achievement["alignment"] = [_alignment(value)]
    return achievement


def _criteria(value: BadgeValue) -> str:
    said = "学完全部必学内容，只算真正看过、练过的时间"
    if value.pass_percent is None:
        return f"{said}。"
    return f"{said}；结业测验 {value.pass_percent} 分及格。"


def _alignment(value: BadgeValue) -> Document:
    training = value.training
    if training is None:
        raise ValueError("this course trains for no occupation")
    level = _LEVELS[training.level]
    return {
        "type": ["Alignment"],
        "targetName": f"{training.work_type} {level}",
        "targetCode": f"{training.occupation_code}/L{training.level}",
        "targetFramework": f"{training.standard_name} {training.standard_code}",
        "targetType": "ext:OccupationalStandard",
        "targetDescription": "课程内容参照这个标准编写；有没有达到标准，由评价机构考核。",
        "targetUrl": _STANDARDS,
    }


def _descriptions(value: BadgeValue, course: str) -> list[Document]:
    hours: Document = {
        "id": f"{course}#hours",
        "type": ["ResultDescription"],
        "name": "核验学时（1 学时 45 分钟）",
        "resultType": "ext:ContactHours",
        "valueMin": "0",
        "valueMax": hours_words(value.planned_ms),
    }
    outcome: Document = {
        "id": f"{course}#outcome",
        "type": ["ResultDescription"],
        "name": "学习结果",
        "resultType": "Status",
    }
    if value.score_percent is None:
        return [hours, outcome]
    score: Document = {
        "id": f"{course}#score",
        "type": ["ResultDescription"],
        "name": "结业测验",
        "resultType": "Percent",
        "valueMin": "0",
        "valueMax": "100",
    }
    if value.pass_percent is not None:
        score["requiredValue"] = str(value.pass_percent)
    return [hours, score, outcome]


def _results(value: BadgeValue, site: Site) -> list[Document]:
    course = site.course(value.course_slug)
    results: list[Document] = [
        {
            "type": ["Result"],
            "resultDescription": f"{course}#hours",
            "value": hours_words(value.verified_ms),
        },
        {"type": ["Result"], "resultDescription": f"{course}#outcome", "status": "Completed"},
    ]
    if value.score_percent is not None:
        score = str(value.score_percent)
        results.append({"type": ["Result"], "resultDescription": f"{course}#score", "value": score})
    return results


def _evidence(value: BadgeValue, page: str) -> Document:
    kept = value.evidence
    return {
        "id": page,
        "type": ["Evidence"],
        "name": "学习记录 Watch ledger",
        "narrative": (
            f"发出时学习记录共 {kept.entries} 条，逐条相连，最后一条的校验值是 sha256:{kept.head}。"
        ),
        "genre": "Learning record",
    }


def _status(award: Award, site: Site) -> Document:
    address = site.status_list(award.status_list)
    return {
        "id": f"{address}#{award.status_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(award.status_index),
        "statusListCredential": address,
    }


def hours_words(verified_ms: int) -> str:
    """Return credit hours with one decimal, never rounded up."""
    tenths = credit_hours(verified_ms)
    return f"{tenths // 10}.{tenths % 10}"


def _both(words: Words) -> str:
    english = words.get("en")
    return f"{words['zh']} / {english}" if english else words["zh"]


def _moment(at: datetime) -> str:
    shown = rfc3339(at.replace(microsecond=0))
    if shown is None:
        raise ValueError("a signed moment is missing")
    return shown


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
