"""Checks what strangers send: with the library's guarded verifier, in bounded work, off line."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from openbadgeslib.ob3 import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from lms.credentials.gateway import jsonld, keys, proofs, schema
from lms.credentials.gateway.carriers import MAX_CREDENTIAL_BYTES, CarrierError, to_text

_ALGORITHM = "RS256"
_PARTS = 3
# A list of ours has 16 KB; a bit string that unpacks to more is not one.
_MAX_LIST_BYTES = 1 << 20
# The window that makes zlib read gzip.
_GZIP = 16 + zlib.MAX_WBITS
# The dates are judged by the caller, who can say which of them is over; the library looks at
# them last, so nothing else is wrong with what it refuses in these words.
_ONLY_DATES = ("Credential has expired", "Credential is not yet valid")
# How the library says that it stops before the work grows out of bounds.
_TOO_MUCH = "refusing"


def plain_text(data: bytes) -> str:
    """Return a file that should be a credential by itself. Raises ``CarrierError``."""
    if len(data) > MAX_CREDENTIAL_BYTES:
        raise CarrierError("too_large")
    return to_text(data)


def contexts_trusted(document: Mapping[str, Any]) -> bool:
    """Tell whether every context is the address of a pinned one, none written into the file."""
    named = document.get("@context")
    contexts = named if isinstance(named, list) else [named]
    return all(isinstance(each, str) and each in jsonld.trusted_contexts() for each in contexts)


def document_fault(document: Mapping[str, Any], multikey: str) -> str | None:
    """Return what is wrong with a document whose proof should be the key's; dates left aside.

    ``key_unknown`` where the text names no Ed25519 key, ``too_complex`` where looking at it would
    take more work than any honest badge needs, ``altered`` where the signature does not fit,
    ``rewritten`` where a member is spelled otherwise than the contexts do, ``partly_unsigned``
    where one is that no context defines, and ``breaks_schema``.
    """
    key = keys.ed25519_of(multikey)
    if key is None:
        return "key_unknown"
    pem = keys.public_pem(key)
    try:
        verify_data_integrity_proof(dict(document), pem)
    except OB3VerificationError as error:
        return "too_complex" if str(error).startswith(_TOO_MUCH) else "altered"
    try:
        OB3LdpVerifier(pem).verify(dict(document))
    except OB3VerificationError as error:
        if not str(error).startswith(_ONLY_DATES):
            return "partly_unsigned" if _is_plain(document) else "rewritten"
    return "breaks_schema" if schema.faults(document) else None


def unverified(token: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the header and the payload of a token; ``None`` for a part that is no JSON object."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None, None
    header, payload = (_object(part) for part in parts[:2])
    return header, payload


def algorithm_taken(header: Mapping[str, Any]) -> bool:
    """Tell whether the token is signed the one way that is taken; never by what it asks for."""
    return header.get("alg") == _ALGORITHM


def token_fault(token: str, public: Mapping[str, Any]) -> str | None:
    """Return ``altered`` where the token is not the RSA key's."""
    try:
        payload = keys.open_token(token, public)
    except keys.BadToken:
        return "altered"
    # The names a reader may go by must be those of the credential inside.
    subject = payload.get("credentialSubject")
    inside = subject.get("id") if isinstance(subject, dict) else None
    agree = payload.get("sub") == inside and payload.get("jti") == payload.get("id")
    return None if agree else "rewritten"


@lru_cache(maxsize=512)
def stands(document: str, multikey: str) -> bool:
    """Tell whether our own stored document carries the key's proof; remembered by its words."""
    read = json.loads(document)
    return proofs.stands(read, multikey) and not schema.faults(read)


@lru_cache(maxsize=64)
def list_stands(document: str, multikey: str) -> bool:
    """Tell whether a stored status list carries the key's proof; remembered by its words."""
    try:
        return proofs.stands(json.loads(document), multikey)
    except (KeyError, ValueError, SyntaxError):
        return False


def bit_of(encoded: str, place: int) -> bool:
    """Return the bit of an encoded list at a place.

    Raises ``ValueError`` for what is no such list or has no such place.
    """
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        inflator = zlib.decompressobj(_GZIP)
        bits = inflator.decompress(packed, _MAX_LIST_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("no bit string") from error
    octet, bit = divmod(place, 8)
    if not 0 <= octet < len(bits):
        raise ValueError("no such place")
    return bool(bits[octet] >> (7 - bit) & 1)


def _is_plain(value: object) -> bool:
    """Tell whether every member is a plain name: none an address, none a keyword but the context.

    With pinned contexts a plain name means one thing only; it can be undefined, never renamed.
    """
    if isinstance(value, Mapping):
        names = all(name == "@context" or name.isalnum() for name in value)
        return names and all(_is_plain(each) for each in value.values())
    return all(map(_is_plain, value)) if isinstance(value, list) else True


def _object(part: str) -> dict[str, Any] | None:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
