"""Secures documents with an embedded proof (eddsa-rdfc-2022) and checks it independently."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.credentials.gateway import jsonld, keys

_KIND = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}


@dataclass(frozen=True, slots=True)
class ProofKey:
    """A private Ed25519 key and the address of its public half."""

    address: str
    private: Ed25519PrivateKey


def secured(document: Mapping[str, Any], key: ProofKey, created: str) -> dict[str, Any]:
    """Return the document with its proof; ``created`` is an RFC 3339 moment.

    Raises ``jsonld.UndefinedTerm`` for a member that would stay unsigned.
    """
    options = {
        **_KIND,
        "created": created,
        "verificationMethod": key.address,
        "proofPurpose": "assertionMethod",
    }
    names = tuple(document["@context"])
    data = _options_hash(names, created, key.address) + _hash(jsonld.canonical(document))
    proof = {**options, "proofValue": keys.sign(key.private, data)}
    return {**document, "proof": [proof]}


def stands(document: Mapping[str, Any], multikey: str) -> bool:
    """Tell whether the one proof of a document of ours is the key's and covers every statement.

    For documents whose contexts are trusted and which this site made; a stranger's file is
    judged by the library's guarded verifier instead.
    """
    (proof,) = document["proof"]
    body = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    described = _options_as_read(tuple(document["@context"]), tuple(sorted(options.items())))
    data = described + _hash(jsonld.canonical_as_read(body))
    return keys.is_signed(multikey, data, proof["proofValue"])


def statements(document: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the proof of a document of ours is made over: its options and the document.

    Both are canonical N-Quads; the proof signs the hash of the one before that of the other.
    """
    (proof,) = document["proof"]
    body = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    described = jsonld.canonical_as_read({**options, "@context": document["@context"]})
    return described.decode(), jsonld.canonical_as_read(body).decode()


# What is signed in one second shares its options: their hash is made once, by each of the two.


@lru_cache(maxsize=64)
def _options_hash(contexts: tuple[str, ...], created: str, address: str) -> bytes:
    options = {
        **_KIND,
        "created": created,
        "verificationMethod": address,
        "proofPurpose": "assertionMethod",
    }
    return _hash(jsonld.canonical({**options, "@context": list(contexts)}))


@lru_cache(maxsize=64)
def _options_as_read(contexts: tuple[str, ...], options: tuple[tuple[str, str], ...]) -> bytes:
    return _hash(jsonld.canonical_as_read({**dict(options), "@context": list(contexts)}))


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
