"""Judges badges and files: takes the credential out, checks it as an outsider would, says why.

Nothing is ever fetched and the work is bounded: strangers' documents go to the guarded verifier
of the library, with contexts, sizes and effort limited before any of it is processed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.credentials import queries
from lms.credentials.domain.reading import (
    Claims,
    claims_of,
    parse_json,
    proof_fault,
    stated_of,
    window_fault,
)
from lms.credentials.domain.states import KeyState, Standing
from lms.credentials.domain.verdict import Finding, Verdict
from lms.credentials.gateway import checking, pdf, png, svg
from lms.credentials.gateway.carriers import CarrierError
from lms.credentials.models import IssuerKey

# A picture saved again by a phone may have a few megabytes; no badge needs more.
MAX_JUDGED_BYTES = 4 * 1024 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_READERS: tuple[tuple[bytes, Callable[[bytes], str]], ...] = (
    (b"\x89PNG\r\n\x1a\n", png.read),
    (b"%PDF-", pdf.read),
)
# A drawing or sheet that is none is one more file without a badge.
_NO_CARRIER = {"not_an_image": "not_json", "not_a_sheet": "not_json"}
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Case:
    """One document under judgement."""

    session: Session
    document: Mapping[str, Any]
    claims: Claims
    at: datetime


def judge(session: Session, data: bytes, *, at: datetime) -> Finding:
    """Return what the file is: JSON, token, PNG, SVG or PDF, ours or a stranger's."""
    try:
        text = _credential_in(data)
    except CarrierError as error:
        return Finding(Verdict.UNREADABLE, (_NO_CARRIER.get(error.code, error.code),))
    if _TOKEN.fullmatch(text):
        return _judge_token(session, text, at)
    document = parse_json(text)
    if document is None:
        return Finding(Verdict.UNREADABLE, ("not_json",))
    return _judge_document(_Case(session, document, claims_of(document), at))


def worth(session: Session, badge: queries.Badge, *, at: datetime) -> Finding:
    """Return what our own stored badge is worth: its signature anew, then our books.

    A row whose words no longer carry our signature, or say other than what was signed, is never
    called valid.
    """
    document = parse_json(badge.document) or {}
    key = queries.key_named(session, claims_of(document).method)
    fault = _key_fault(key, "ed25519")
    if fault or key is None:
        return Finding(Verdict.BROKEN, (fault or "key_not_ours",), badge.id)
    stands = checking.stands(badge.document, key.public["publicKeyMultibase"])
    if not stands or not badge.agrees_with(document):
        return Finding(Verdict.BROKEN, ("altered",), badge.id)
    standing_now = badge.standing(at)
    if standing_now is Standing.VALID:
        return Finding(Verdict.VALID, (), badge.id)
    return Finding(Verdict(standing_now), (str(standing_now),), badge.id)


def _credential_in(data: bytes) -> str:
    """Return the credential's text, whatever carries it. Raises ``CarrierError``."""
    if len(data) > MAX_JUDGED_BYTES:
        raise CarrierError("too_large")
    for mark, read in _READERS:
        if data.startswith(mark):
            return read(data)
    head = data.removeprefix(_UTF8_MARK).lstrip()
    if not head:
        raise CarrierError("empty_file")
    if head.startswith(b"<"):
        return svg.read(data)
    return checking.plain_text(head)


def _judge_document(case: _Case) -> Finding:
    claims, stated = case.claims, stated_of(case.document)
    if claims.kind_fault:
        return Finding(Verdict.UNREADABLE, (claims.kind_fault,), stated=stated)
    fault = proof_fault(case.document)
    if claims.issuer is None:
        return Finding(Verdict.BROKEN, ("no_issuer",), stated=stated)
    if fault and fault != "unsupported_proof":
        return Finding(Verdict.BROKEN, (fault,), stated=stated)
    if queries.is_ours(case.session, claims.issuer):
        return (
            _not_ours_after_all(case.session, case.document, fault) if fault else _judge_ours(case)
        )
    if fault or not checking.contexts_trusted(case.document):
        # An older form, or words of its own: a stranger's badge this page cannot vouch for.
        reason = fault or "foreign_context"
        return Finding(Verdict.FOREIGN, ("foreign_issuer", reason), stated=stated)
    return _judge_foreign(case)


def _judge_ours(case: _Case) -> Finding:
    key = _key_named(case)
    if isinstance(key, str):
        return _not_ours_after_all(case.session, case.document, key)
    if not checking.contexts_trusted(case.document):
        return _not_ours_after_all(case.session, case.document, "foreign_context")
    fault = checking.document_fault(case.document, key.public["publicKeyMultibase"])
    if fault:
        return _not_ours_after_all(case.session, case.document, fault)
    return _in_our_books(case.session, case.claims, at=case.at)


def _judge_foreign(case: _Case) -> Finding:
    """Judge a stranger's badge by the key it names: that shows a change, never who signed."""
    stated = stated_of(case.document)
    multikey = case.claims.method.partition("#")[2] or case.claims.method.rpartition(":")[2]
    fault = checking.document_fault(case.document, multikey)
    if fault in ("altered", "rewritten", "breaks_schema"):
        return Finding(Verdict.BROKEN, (fault, "foreign_issuer"), stated=stated)
    reasons = ["foreign_issuer", fault or "intact_by_its_key"]
    window = window_fault(case.document, case.at)
    if window:
        reasons.append(window)
    return Finding(Verdict.FOREIGN, tuple(reasons), stated=stated)


def _judge_token(session: Session, token: str, at: datetime) -> Finding:
    header, payload = checking.unverified(token)
    if payload is None or header is None:
        return Finding(Verdict.UNREADABLE, ("not_json",))
    inner = payload.get("vc")
    document = inner if isinstance(inner, dict) else payload
    claims, stated = claims_of(document), stated_of(document)
    if claims.kind_fault:
        return Finding(Verdict.UNREADABLE, (claims.kind_fault,), stated=stated)
    if not checking.algorithm_taken(header):
        return Finding(Verdict.BROKEN, ("algorithm_refused",), stated=stated)
    if not queries.is_ours(session, claims.issuer or ""):
        return Finding(Verdict.FOREIGN, ("foreign_issuer", "key_unknown"), stated=stated)
    fault = _token_fault(session, token, str(header.get("kid", "")))
    if fault:
        return _not_ours_after_all(session, document, fault)
    return _in_our_books(session, claims, at=at)


def _not_ours_after_all(session: Session, document: Mapping[str, Any], fault: str) -> Finding:
    """Return that a file is none of ours, and what it says otherwise than the one it imitates."""
    stated, imitated = stated_of(document), claims_of(document).credential_id
    genuine = queries.badge(session, imitated) if imitated else None
    real = stated_of(parse_json(genuine.document) or {}) if genuine else stated
    return Finding(
        Verdict.BROKEN,
        (fault,),
        stated=stated,
        imitates=genuine.id if genuine else None,
        differences=stated.differs_from(real),
    )


def _token_fault(session: Session, token: str, address: str) -> str | None:
    key = queries.key_named(session, address)
    fault = _key_fault(key, "rsa")
    if fault or key is None:
        return fault or "key_not_ours"
    return checking.token_fault(token, key.public)


def _key_named(case: _Case) -> IssuerKey | str:
    """Return our key the proof names, or what is wrong with it.

    The issuer of the document must be the key's own controller: a key of ours signs for nobody
    else.
    """
    key = queries.key_named(case.session, case.claims.method)
    fault = _key_fault(key, "ed25519")
    if fault or key is None or key.controller != case.claims.issuer:
        return fault or "key_not_ours"
    return key


def _key_fault(key: IssuerKey | None, kind: str) -> str | None:
    if key is None or key.kind != kind:
        return "key_not_ours"
    return "key_withdrawn" if key.state == KeyState.WITHDRAWN else None


def _in_our_books(session: Session, claims: Claims, *, at: datetime) -> Finding:
    """Return what our books and the signed list say of a badge whose file is sound."""
    badge = queries.badge(session, claims.credential_id) if claims.credential_id else None
    if badge is None:
        return Finding(Verdict.BROKEN, ("not_in_our_books",))
    finding = worth(session, badge, at=at)
    fault = _list_fault(session, badge.id, at) if finding.verdict is Verdict.VALID else None
    if fault:
        verdict = Verdict.REVOKED if fault == "revoked" else Verdict.UNSURE
        return Finding(verdict, (fault,), badge.id)
    return finding


def _list_fault(session: Session, credential_id: str, at: datetime) -> str | None:
    """Return what the signed list says against the badge, or what is wrong with the list."""
    place, text = queries.place_of(session, credential_id)
    listed = parse_json(text)
    if listed is None:
        return "list_forged"
    key = queries.key_named(session, claims_of(listed).method)
    if _key_fault(key, "ed25519") or key is None:
        return "list_forged"
    if not checking.list_stands(text, key.public["publicKeyMultibase"]):
        return "list_forged"
    if window_fault(listed, at):
        return "list_stale"
    is_set = checking.bit_of(listed["credentialSubject"]["encodedList"], place)
    return "revoked" if is_set else None
