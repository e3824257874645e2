"""Reads what an unverified document claims; nothing in it is believed yet."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lms.credentials.domain.verdict import Stated

_BADGES = {"OpenBadgeCredential", "AchievementCredential"}
_ENDORSEMENT = "EndorsementCredential"
_SUITE = "eddsa-rdfc-2022"
_SHOWN = 200
_OUR_ID = re.compile(r"urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class _Repeated(ValueError):
    """A member stands twice: two readers would see two different documents."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a document says it is: of which kind, from whom, signed by which key, under which id."""

    kind_fault: str | None
    issuer: str | None
    method: str
    credential_id: str | None


def parse_json(text: str) -> dict[str, Any] | None:
    """Return the object in the text, ``None`` for anything else.

    Members that stand twice, values that are no JSON and depths nobody writes are refused.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def claims_of(document: Mapping[str, Any]) -> Claims:
    """Return what the document claims."""
    issuer = document.get("issuer")
    name = issuer.get("id") if isinstance(issuer, dict) else issuer
    proof = _only_proof(document)
    method = proof.get("verificationMethod") if proof else ""
    found = _OUR_ID.fullmatch(str(document.get("id", "")))
    return Claims(
        kind_fault=_kind_fault(document),
        issuer=name if isinstance(name, str) and name else None,
        method=method if isinstance(method, str) else "",
        credential_id=found.group(1) if found else None,
    )


def proof_fault(document: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the proof before it is checked."""
    listed = document.get("proof")
    proofs = listed if isinstance(listed, list) else [listed] if listed is not None else []
    if not proofs:
        return "no_proof"
    if len(proofs) > 1:
        return "several_proofs"
    (proof,) = proofs
    if not isinstance(proof, dict) or proof.get("cryptosuite") != _SUITE:
        return "unsupported_proof"
    return None


def window_fault(document: Mapping[str, Any], at: datetime) -> str | None:
    """Return ``expired`` or ``not_yet`` where the moment lies outside of what the document says."""
    until, since = (_moment(document.get(name)) for name in ("validUntil", "validFrom"))
    if until is not None and at > until:
        return "expired"
    if since is not None and at < since:
        return "not_yet"
    return None


def stated_of(document: Mapping[str, Any]) -> Stated:
    """Return the few words of a document that are shown as its own, cut to a line each."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    issuer = document.get("issuer")
    results = _results(subject)
    return Stated(
        title=_words(achievement, "name") or _words(document, "name"),
        issuer=_words(issuer, "name") or _words(issuer, "id") or _text(issuer),
        number=_words(subject, "licenseNumber"),
        hours=results.get("hours", ""),
        score=results.get("score", ""),
        issued_on=(_words(document, "validFrom") or _words(document, "issuanceDate"))[:10],
        good_until=_words(document, "validUntil")[:10],
    )


def _results(subject: object) -> dict[str, str]:
    """Return what was reached, by the last word of the address that describes it."""
    listed = subject.get("result") if isinstance(subject, Mapping) else None
    return {
        _words(each, "resultDescription").rpartition("#")[2]: _words(each, "value")
        for each in (listed if isinstance(listed, list) else ())
    }


def _kind_fault(document: Mapping[str, Any]) -> str | None:
    kinds = document.get("type")
    named = {kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if _text(kind)}
    if named & _BADGES:
        return None
    return "endorsement" if _ENDORSEMENT in named else "not_a_badge"


def _only_proof(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    listed = document.get("proof")
    proofs = listed if isinstance(listed, list) else [listed]
    return proofs[0] if len(proofs) == 1 and isinstance(proofs[0], dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(holder: object, name: str) -> str:
    return _text(holder.get(name)) if isinstance(holder, Mapping) else ""


def _text(value: object) -> str:
    return value[:_SHOWN] if isinstance(value, str) else ""
